/** What all engines on this device share: one load for all who wait, one request at a time, and a stop that leaves at once. */
import type { Chunk, GenerateOptions, LoadProgress, LocalEngine } from '../../kernel/engine';
import { Fault, faultOf } from '../../kernel/fault';
import type { Message } from '../../kernel/message';
import { createQueue, untilAborted } from '../../kernel/queue';
import { createRecycler, measurePage, type Recycler } from './recycle';

/** How long a stop may wait for the step under way before the worker is thrown away. */
const RESTART_AFTER_MS = 5_000;
/** A start that says nothing for so long, in a tab that is looked at, hangs; larger files are given longer. */
const SILENT_START_MS = 20_000;

/** A model in its worker, loaded and ready. */
export interface Runtime {
  /** Resolves when the worker is no more: thrown away or crashed. */
  readonly gone: Promise<Fault>;
  readonly ownFiles: readonly string[];
  /** `settled` resolves once the worker is free for the next one; leaving `chunks` early stops it. */
  complete(
    prompt: readonly Message[],
    options: GenerateOptions,
  ): { chunks: AsyncIterable<Chunk>; settled: Promise<void> };
  /** Ends the worker; what it was doing fails with `why`. */
  exit(why: Fault): void;
}

export interface LocalEngineOptions {
  readonly id: string;
  readonly contextTokens: number;
  /** Fetches what it needs and starts it. */
  readonly start: (signal: AbortSignal, tell: (progress: LoadProgress) => void) => Promise<Runtime>;
  /** How long the start may say nothing once its files are here. */
  readonly silentStartMs?: number;
  readonly recycler?: Recycler;
}

/** One load, shared by everyone who waits for it; it goes on when one of them leaves. */
interface Load {
  readonly runtime: Promise<Runtime>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: LoadProgress) => void>;
}

/** Nothing is fetched or allocated before the first `load` or `generate`. */
export function createLocalEngine({
  id,
  contextTokens,
  start,
  silentStartMs = SILENT_START_MS,
  recycler = createRecycler(measurePage),
}: LocalEngineOptions): LocalEngine {
  const queue = createQueue();
  let requests = 0;
  let current: Load | undefined;
  let ownFiles: readonly string[] = [];

  const forget = (load: Load) => {
    if (current === load) current = undefined;
  };

  const begin = (): Load => {
    const abort = new AbortController();
    const listeners: Load['listeners'] = new Set();
    const silence = createSilence(silentStartMs);
    const tell = (progress: LoadProgress) => {
      if (progress.step === 'start') silence.hear();
      listeners.forEach((listener) => listener(progress));
    };
    const starting = start(abort.signal, tell).finally(silence.end);
    const runtime = Promise.race([starting, silence.broken]);
    // Its worker, should it come to itself after all.
    silence.broken.catch(() => abort.abort());
    starting.catch(() => undefined);
    recycler.begin();
    const load: Load = { runtime, abort, listeners };
    load.runtime.then(
      (runtime) => {
        ownFiles = runtime.ownFiles;
        void runtime.gone.then(() => forget(load));
      },
      () => forget(load),
    );
    return load;
  };

  const load: LocalEngine['load'] = async ({ signal, onProgress } = {}) => {
    const shared = (current ??= begin());
    if (onProgress) shared.listeners.add(onProgress);
    try {
      await untilAborted(shared.runtime, signal);
    } finally {
      if (onProgress) shared.listeners.delete(onProgress);
    }
  };

  const unload = async () => {
    const unloading = current;
    current = undefined;
    unloading?.abort.abort();
    const runtime = await unloading?.runtime.catch(() => undefined);
    runtime?.exit(new Fault('cancelled', 'unloaded'));
  };

  async function* generate(prompt: readonly Message[], request: GenerateOptions): AsyncGenerator<Chunk> {
    let settled: Promise<unknown> = Promise.resolve();
    requests++;
    const leave = await queue.enter(request.signal).catch((error: unknown) => {
      requests--;
      throw error;
    });
    try {
      const shared = (current ??= begin());
      const runtime = await untilAborted(shared.runtime, request.signal);
      const completion = runtime.complete(prompt, request);
      settled = completion.settled;
      yield* completion.chunks;
    } catch (error) {
      throw faultOf(error, 'engine_failed');
    } finally {
      // The caller leaves at once; the next request waits for the step under way, or for a new worker.
      const timer = setTimeout(() => void unload(), RESTART_AFTER_MS);
      void settled.finally(() => {
        clearTimeout(timer);
        requests--;
        leave();
        void recycle(current);
      });
    }
  }

  /** A worker whose memory creeps is ended while nobody needs it; the next request starts a new one. */
  const recycle = async (load: Load | undefined) => {
    const isDue = await recycler.isDue();
    if (isDue && requests === 0 && current === load) await unload();
  };

  return { id, place: 'local', contextTokens, generate, load, unload, ownFiles: () => ownFiles };
}

/** Breaks with `worker_gone` when nothing was heard for `limitMs`; begins with the first `hear`. */
function createSilence(limitMs: number) {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = () => clearTimeout(timer);
  const hear = () => {
    end();
    // A tab in the background may be put to sleep, worker and all.
    const isSeen = () => globalThis.document?.visibilityState !== 'hidden';
    timer = setTimeout(() => (isSeen() ? reject(new Fault('worker_gone', 'silent start')) : hear()), limitMs);
  };
  return { broken, hear, end };
}
