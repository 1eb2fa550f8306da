/** In a worker, as the engine's: reads a kept file into memory, by our reader and the shortest way there is, timed. */
import { readFile } from '../../src/engine/local/webllm/worker/read-file';
import type { OpenFile } from '../../src/engine/local/model-files';

export interface Reading {
  readonly ours: number;
  readonly bare: number;
}

self.addEventListener('message', ({ data }: MessageEvent<OpenFile>) => {
  void (async () => {
    const startedAt = performance.now();
    await data.content.arrayBuffer();
    const bareAt = performance.now();
    await readFile('bench', data);
    const reading: Reading = { bare: bareAt - startedAt, ours: performance.now() - bareAt };
    self.postMessage(reading);
  })();
});
