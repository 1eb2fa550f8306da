/** Facts about what all local engines share: a start that hangs, and a worker that has lived long enough. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLocalEngine, type Runtime } from '../../../src/engine/local/local-engine';
import { createRecycler } from '../../../src/engine/local/recycle';
import type { LoadProgress } from '../../../src/kernel/engine';
import '../../fakes/with-resolvers';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function runtimeOf(): Runtime & { readonly exits: number } {
  const { promise: gone, resolve } = Promise.withResolvers<Parameters<Runtime['exit']>[0]>();
  let exits = 0;
  return {
    gone,
    ownFiles: [],
    exit(why) {
      exits++;
      resolve(why);
    },
    complete: () => ({
      chunks: (async function* () {
        yield { text: 'ok', finish: 'stop' as const };
      })(),
      settled: Promise.resolve(),
    }),
    get exits() {
      return exits;
    },
  };
}

test('a start that goes silent is the fault worker_gone, is told to end, and can be tried again', async () => {
  const signals: AbortSignal[] = [];
  let tell: (progress: LoadProgress) => void = () => {};
  const engine = createLocalEngine({
    id: 'e',
    contextTokens: 1,
    silentStartMs: 1_000,
    start: (signal, own) => {
      signals.push(signal);
      tell = own;
      tell({ step: 'start' });
      return new Promise(() => {});
    },
  });
  const loading = engine.load();
  const failed = expect(loading).rejects.toMatchObject({ code: 'worker_gone' });
  await vi.advanceTimersByTimeAsync(900);
  tell({ step: 'start', share: 0.5 });
  await vi.advanceTimersByTimeAsync(900);
  expect(signals[0]?.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  await failed;
  expect(signals[0]?.aborted).toBe(true);
  void engine.load().catch(() => undefined);
  expect(signals).toHaveLength(2);
});

test('a fetch may take as long as it takes', async () => {
  const engine = createLocalEngine({
    id: 'e',
    contextTokens: 1,
    silentStartMs: 1_000,
    start: async (_signal, tell) => {
      tell({ step: 'fetch', doneBytes: 0, totalBytes: 9 });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      tell({ step: 'start' });
      return runtimeOf();
    },
  });
  const loading = engine.load();
  await vi.advanceTimersByTimeAsync(60_000);
  await expect(loading).resolves.toBeUndefined();
  // Nothing is left that could end it afterwards.
  expect(vi.getTimerCount()).toBe(0);
});

async function ask(engine: ReturnType<typeof createLocalEngine>) {
  for await (const _ of engine.generate([], { signal: new AbortController().signal }));
  await vi.advanceTimersByTimeAsync(1);
}

test('a worker whose memory creeps is replaced between two answers, and no sooner', async () => {
  const MB = 1024 * 1024;
  let bytes = 500 * MB;
  const runtimes: ReturnType<typeof runtimeOf>[] = [];
  const engine = createLocalEngine({
    id: 'e',
    contextTokens: 1,
    recycler: createRecycler(async () => bytes),
    start: async () => {
      const runtime = runtimeOf();
      runtimes.push(runtime);
      return runtime;
    },
  });
  for (let answer = 0; answer < 25; answer++) await ask(engine);
  expect(runtimes.map(({ exits }) => exits)).toEqual([0]);
  bytes = 760 * MB;
  for (let answer = 0; answer < 10; answer++) await ask(engine);
  expect(runtimes.map(({ exits }) => exits)).toEqual([1, 0]);
});

test('where memory cannot be measured a worker answers two hundred times', async () => {
  let starts = 0;
  const engine = createLocalEngine({
    id: 'e',
    contextTokens: 1,
    recycler: createRecycler(async () => undefined),
    start: async () => {
      starts++;
      return runtimeOf();
    },
  });
  for (let answer = 0; answer < 201; answer++) await ask(engine);
  expect(starts).toBe(1);
  await ask(engine);
  expect(starts).toBe(2);
});
