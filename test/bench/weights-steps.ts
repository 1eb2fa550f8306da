/** In the browser: the same bytes by our weights and by the shortest way there is, timed. */
import { openDatabase } from '../../src/store/database';
import { CHUNK_BYTES } from '../../src/weights/chunk-store';
import { createWeights } from '../../src/weights/weights';

export interface Timing {
  readonly ours: number;
  readonly bare: number;
}

async function open() {
  const { weights: keyValue } = await openDatabase({
    name: 'weights-bench',
    version: 1,
    storeNames: ['weights'],
    onBlocked: () => undefined,
    onOutdated: () => undefined,
  });
  const weights = createWeights({
    keyValue,
    request: (url, init) => fetch(url, init),
    random: Math.random,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: Date.now,
  });
  return { keyValue, weights };
}

const options = () => ({ signal: new AbortController().signal, onProgress: () => undefined });

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Milliseconds to fetch and keep, against a bare `fetch` whose bytes are kept in the same chunks. */
export async function download(url: string, sizeBytes: number): Promise<Timing> {
  const { keyValue, weights } = await open();
  await weights.remove(url);
  const bare = await timed(async () => {
    const content = await (await fetch(url, { cache: 'no-store' })).blob();
    for (let at = 0; at < sizeBytes; at += CHUNK_BYTES)
      await keyValue.set(`bare:${String(at).padStart(12, '0')}`, content.slice(at, at + CHUNK_BYTES));
  });
  const ours = await timed(() => weights.open({ url, sizeBytes }, options()));
  return { ours, bare };
}

/** Milliseconds until every byte is in memory. `isFirst`: of the visit, when every chunk is held to its digest. */
export async function readBack(url: string, sizeBytes: number): Promise<Timing & { readonly first: number }> {
  const { keyValue, weights } = await open();
  const bare = await timed(async () => {
    for (const chunk of await keyValue.list<Blob>('bare:')) await chunk.arrayBuffer();
  });
  const first = await timed(async () => (await weights.open({ url, sizeBytes }, options())).arrayBuffer());
  const ours = await timed(async () => (await weights.open({ url, sizeBytes }, options())).arrayBuffer());
  return { ours, bare, first };
}

export async function fetchOnly(url: string, sizeBytes: number): Promise<void> {
  const { weights } = await open();
  await weights.remove(url);
  await weights.open({ url, sizeBytes }, options());
}
