/** The CPU engine: llama.cpp in WebAssembly, loaded when first needed, one request at a time. */
import type { Chunk, GenerateOptions, LoadProgress, LocalEngine } from '../../../kernel/engine';
import { Fault, faultOf } from '../../../kernel/fault';
import type { Message } from '../../../kernel/message';
import type { Request } from '../../../kernel/network';
import { createQueue, untilAborted } from '../../../kernel/queue';
import type { Runtime } from './runtime';

/** How long a stop may wait for the step under way before the worker is thrown away. */
const RESTART_AFTER_MS = 5_000;

export interface WllamaOptions {
  readonly id: string;
  readonly contextTokens: number;
  /** 1 where the page is not cross-origin isolated. */
  readonly threads: number;
  /** Where a request names none. */
  readonly temperature?: number;
  /** The id of a hidden token with which the model begins an answer that hands the question over. */
  readonly handOverToken?: number;
  readonly request: Request;
  /** The GGUF file: kept, or fetched now. */
  readonly openModel: (
    signal: AbortSignal,
    onProgress: (doneBytes: number, totalBytes: number) => void,
  ) => Promise<Blob>;
}

/** One load, shared by everyone who waits for it; it goes on when one of them leaves. */
interface Load {
  readonly runtime: Promise<Runtime>;
  readonly abort: AbortController;
  readonly listeners: Set<(progress: LoadProgress) => void>;
}

/** Nothing is fetched or allocated before the first `load` or `generate`. */
export function createWllamaEngine(options: WllamaOptions): LocalEngine {
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
    const load: Load = { runtime: start(options, abort.signal, tell), abort, listeners };
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

  return {
    id: options.id,
    place: 'local',
    contextTokens: options.contextTokens,
    generate,
    load,
    unload,
    ownFiles: () => ownFiles,
  };
}

async function start(
  options: WllamaOptions,
  signal: AbortSignal,
  tell: (progress: LoadProgress) => void,
): Promise<Runtime> {
  if (typeof WebAssembly === 'undefined') throw new Fault('no_wasm');
  const [{ startRuntime }, file] = await Promise.all([
    import('./runtime').catch((error: unknown) => {
      throw new Fault('worker_load', undefined, { cause: error });
    }),
    options.openModel(signal, (doneBytes, totalBytes) => tell({ step: 'fetch', doneBytes, totalBytes })),
  ]).catch((error: unknown) => {
    throw faultOf(error, 'engine_load');
  });
  tell({ step: 'start' });
  return startRuntime(file, options, signal).catch((error: unknown) => {
    throw faultOf(error, 'engine_load');
  });
}
