/** The WebGPU engine: web-llm in a worker of its own, on weights that we keep. */
import type { LocalEngine } from '../../../kernel/engine';
import { Fault, faultOf } from '../../../kernel/fault';
import { createLocalEngine } from '../local-engine';
import type { ModelFiles } from '../model-files';

export interface WebllmOptions {
  readonly id: string;
  readonly modelId: string;
  /** The folder; ends in `/`. */
  readonly modelUrl: string;
  readonly libUrl: string;
  readonly contextTokens: number;
  readonly canThink: boolean;
  readonly files: Pick<ModelFiles, 'open'>;
}

/** Shaders are compiled last, and take long the first time: web-llm counts them in brackets, `[12/52]`. */
const SHADERS = /shader modules?\[(\d+)\/(\d+)\]/i;

export function createWebllmEngine({ id, files, ...options }: WebllmOptions): LocalEngine {
  return createLocalEngine({
    id,
    contextTokens: options.contextTokens,
    async start(signal, tell) {
      try {
        const opened = await files.open({
          signal,
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
      } catch (error) {
        throw faultOf(error, 'engine_load');
      }
    },
  });
}
