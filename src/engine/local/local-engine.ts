/** What all engines on this device share: one load for all who wait, one request at a time, and a stop that leaves at once. */
import type { Chunk, GenerateOptions, LoadProgress, LocalEngine } from '../../kernel/engine';
import { Fault, faultOf } from '../../kernel/fault';
import type { Message } from '../../kernel/message';
import { createQueue, untilAborted } from '../../kernel/queue';

/** How long a stop may wait for the step under way before the worker is thrown away. */
const RESTART_AFTER_MS = 5_000;

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
}

/** One load, shared by everyone who waits for it; it goes on when one of them leaves. */
interface Load {
  readonly runtime: Promise<Runtime>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: LoadProgress) => void>;
}

/** Nothing is fetched or allocated before the first `load` or `generate`. */
export function createLocalEngine({ id, contextTokens, start }: LocalEngineOptions): LocalEngine {
  const queue = createQueue();
  let current: Load | undefined;
  let ownFiles: readonly string[] = [];

  const forget = (load: Load) => {
    if (current === load) current = undefined;
  };

  const begin = (): Load => {
    const abort = new AbortController();
    const listeners: Load['listeners'] = new Set();
    const tell = (progress: LoadProgress) => listeners.forEach((listener) => listener(progress));
    const load: Load = { runtime: start(abort.signal, tell), abort, listeners };
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
    const leave = await queue.enter(request.signal);
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
        leave();
      });
    }
  }

  return { id, place: 'local', contextTokens, generate, load, unload, ownFiles: () => ownFiles };
}
