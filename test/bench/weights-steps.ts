/** In the browser: the same bytes by our weights and by the shortest way there is, timed. */
import { CHUNK_BYTES } from '../../src/weights/chunk-store';
import { openWeights } from '../page-weights';
import type { Reading } from './weights-reader';

export interface Timing {
  readonly ours: number;
  readonly bare: number;
}

const options = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Milliseconds to fetch and keep, against a bare `fetch` whose bytes are kept in the same chunks. */
export async function download(url: string, sizeBytes: number): Promise<Timing> {
  const { keyValue, weights } = await openWeights('weights-bench');
  await weights.remove(url);
  const bare = await timed(async () => {
    const content = await (await fetch(url, { cache: 'no-store' })).blob();
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES)
      await keyValue.set(`bare:${String(at).padStart(12, '0')}`, content.slice(at, at + CHUNK_BYTES));
  });
  await keyValue.remove(await keyValue.keys('bare:'));
  const ours = await timed(() => weights.open({ url, sizeBytes }, options()));
  return { ours, bare };
}

/**
 * Milliseconds until every byte of the kept file is in a worker's memory, against one read of the same Blobs. Each time at the first load of a
 * visit, when every chunk is held to its digest.
 */
export async function readBack(url: string, sizeBytes: number): Promise<Reading> {
  const { weights } = await openWeights('weights-bench');
  const file = await weights.openUnchecked({ url, sizeBytes }, options());
  const worker = new Worker(new URL('weights-reader.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }: MessageEvent<Reading>) => resolve(data));
      worker.addEventListener('error', (event) => reject(new Error(event.message)));
      worker.postMessage(file);
    });
  } finally {
    worker.terminate();
  }
}

export async function fetchOnly(url: string, sizeBytes: number): Promise<void> {
  const { weights } = await openWeights('weights-bench');
  await weights.remove(url);
  await weights.open({ url, sizeBytes }, options());
}
