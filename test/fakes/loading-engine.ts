/** A local engine whose loading a test moves by hand; it keeps to kernel/engine.ts and says nothing but "ok". */
import type { LoadOptions, LoadProgress, LocalEngine } from '../../src/kernel/engine';
import { Fault } from '../../src/kernel/fault';
import './with-resolvers';

export interface LoadingEngine extends LocalEngine {
  readonly isLoaded: boolean;
  readonly isLoading: boolean;
  /** How often a load began. */
  readonly loads: number;
  progress(progress: LoadProgress): void;
  finish(): void;
  fail(error: unknown): void;
}

export function createLoadingEngine(id: string, contextTokens = 512): LoadingEngine {
  let loading: PromiseWithResolvers<void> | undefined;
  let isLoaded = false;
  let loads = 0;
  const listeners = new Set<(progress: LoadProgress) => void>();

  const load = async ({ onProgress }: LoadOptions = {}) => {
    if (isLoaded) return;
    if (!loading) loads++;
    const shared = (loading ??= Promise.withResolvers<void>());
    if (onProgress) listeners.add(onProgress);
    try {
      await shared.promise;
    } finally {
      if (onProgress) listeners.delete(onProgress);
    }
  };
  const end = (isDone: boolean, error?: unknown) => {
    const ended = loading;
    loading = undefined;
    isLoaded = isDone;
    if (isDone) ended?.resolve();
    else ended?.reject(error);
  };

  return {
    id,
    place: 'local',
    contextTokens,
    load,
    async unload() {
      end(false, new Fault('cancelled', 'unloaded'));
    },
    async *generate() {
      await load();
      yield { text: 'ok', finish: 'stop' };
    },
    ownFiles: () => [],
    get isLoaded() {
      return isLoaded;
    },
    get isLoading() {
      return loading !== undefined;
    },
    get loads() {
      return loads;
    },
    progress: (progress) => listeners.forEach((listener) => listener(progress)),
    finish: () => end(true),
    fail: (error) => end(false, error),
  };
}
