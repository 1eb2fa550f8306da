/** How many threads the CPU engine takes here. */

/**
 * Without isolation there is no shared memory, hence no threads. One core is left to the page: llama.cpp's threads wait for each other
 * in a spin, and where one of them has to share its core all of them stand still.
 */
export function threadsHere(): number {
  const cores = navigator.hardwareConcurrency || 1;
  return crossOriginIsolated ? Math.min(8, Math.max(1, cores > 4 ? Math.ceil(cores / 2) : cores - 1)) : 1;
}
