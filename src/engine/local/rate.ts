/** How fast bytes arrive, over the last few seconds. */

const WINDOW_MS = 5_000;
/** Before this much time the figure would jump about. */
const LEAST_MS = 500;

/** Give it the bytes so far and the time; it gives bytes per second, or `undefined` while it is too early to say. */
export function createRate(): (doneBytes: number, nowMs: number) => number | undefined {
  const samples: { doneBytes: number; nowMs: number }[] = [];
  return (doneBytes, nowMs) => {
    samples.push({ doneBytes, nowMs });
    while (samples.length > 2 && nowMs - (samples[0]?.nowMs ?? 0) > WINDOW_MS) samples.shift();
    const first = samples[0];
    if (!first || nowMs - first.nowMs < LEAST_MS) return undefined;
    return ((doneBytes - first.doneBytes) / (nowMs - first.nowMs)) * 1_000;
  };
}
