/** In the browser: loads a model by our engine and by web-llm as it comes. */
import type { ModelUnderTest } from '../webgpu/engine-steps';

export { load, unload } from '../webgpu/engine-steps';

/** Milliseconds, from the worker's start on; what was kept before is used. */
export async function loadOwn(model: ModelUnderTest): Promise<number> {
  const startedAt = performance.now();
  const worker = new Worker(new URL('webllm-load-worker.ts', import.meta.url), { type: 'module' });
  try {
    await new Promise<void>((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<number | string>) =>
        typeof data === 'number' ? resolve() : reject(new Error(data)),
      );
      worker.addEventListener('error', (event) => reject(new Error(event.message)));
      worker.postMessage(model);
    });
    return performance.now() - startedAt;
  } finally {
    worker.terminate();
  }
}
