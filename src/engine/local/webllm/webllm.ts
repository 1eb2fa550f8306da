/** The WebGPU engine: web-llm in a worker of its own, on weights that we keep. */
import type { LocalEngine } from '../../../kernel/engine';
import { Fault, faultOf } from '../../../kernel/fault';
import { createLocalEngine, type LocalEngineOptions } from '../local-engine';
import type { ModelFiles } from '../model-files';

export interface WebllmOptions {
  readonly id: string;
  readonly modelId: string;
  /** The folder; ends in `/`. */
  readonly modelUrl: string;
  readonly libUrl: string;
  readonly contextTokens: number;
  readonly canThink: boolean;
  /** How long the start may say nothing; see `local-engine`. */
  readonly silentStartMs?: number;
  readonly files: Pick<ModelFiles, 'open'>;
}

/** Shaders are compiled last, and take long the first time: web-llm counts them in brackets, `[12/52]`. */
const SHADERS = /shader modules?\[(\d+)\/(\d+)\]/i;

export function createWebllmEngine({ id, files, silentStartMs, ...options }: WebllmOptions): LocalEngine {
  const start: LocalEngineOptions['start'] = async (signal, tell) => {
    const attempt = async (isSuspect: boolean) => {
      const opened = await files.open({
        signal,
        isSuspect,
        onProgress: (doneBytes, totalBytes) => tell({ step: 'fetch', doneBytes, totalBytes }),
      });
      tell({ step: 'start' });
      const { startWebllm } = await import('./webllm-runtime').catch((error: unknown) => {
        throw new Fault('worker_load', undefined, { cause: error });
      });
      return await startWebllm({
        load: { ...options, files: [...opened] },
        signal,
        onProgress: (text) => {
          const [, done, total] = SHADERS.exec(text) ?? [];
          tell({ step: 'start', ...(total ? { share: Number(done) / Number(total) } : {}) });
        },
      });
    };
    try {
      return await attempt(false).catch((error: unknown) => {
        // What was kept is damaged: that part is fetched again, once.
        if (faultOf(error, 'engine_load').code === 'integrity') return attempt(true);
        throw error;
      });
    } catch (error) {
      throw faultOf(error, 'engine_load');
    }
  };
  return createLocalEngine({
    id,
    contextTokens: options.contextTokens,
    start,
    ...(silentStartMs === undefined ? {} : { silentStartMs }),
  });
}
