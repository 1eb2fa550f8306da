/** The CPU engine: llama.cpp in WebAssembly. */
import type { LoadProgress, LocalEngine } from '../../../kernel/engine';
import { Fault, faultOf } from '../../../kernel/fault';
import type { Request } from '../../../kernel/network';
import { createLocalEngine, type Runtime } from '../local-engine';
import { onlyFileOf, type ModelFiles } from '../model-files';

export interface WllamaOptions {
  readonly id: string;
  readonly contextTokens: number;
  /** 1 where the page is not cross-origin isolated. */
  readonly threads: number;
  /** How long its start may say nothing once the file is here. */
  readonly silentStartMs?: number;
  /** Where a request names none. */
  readonly temperature?: number;
  /** The id of a hidden token with which the model begins an answer that hands the question over. */
  readonly handOverToken?: number;
  readonly request: Request;
  /** The GGUF file. */
  readonly files: Pick<ModelFiles, 'open'>;
}

export function createWllamaEngine(options: WllamaOptions): LocalEngine {
  return createLocalEngine({ ...options, start: (signal, tell) => start(options, signal, tell) });
}

async function start(
  options: WllamaOptions,
  signal: AbortSignal,
  tell: (progress: LoadProgress) => void,
): Promise<Runtime> {
  if (typeof WebAssembly === 'undefined') throw new Fault('no_wasm');
  const onProgress = (doneBytes: number, totalBytes: number) =>
    tell({ step: 'fetch', doneBytes, totalBytes });
  const [{ startRuntime }, files] = await Promise.all([
    import('./runtime').catch((error: unknown) => {
      throw new Fault('worker_load', undefined, { cause: error });
    }),
    options.files.open({ signal, onProgress }),
  ]).catch((error: unknown) => {
    throw faultOf(error, 'engine_load');
  });
  tell({ step: 'start' });
  return startRuntime(onlyFileOf(files), options, signal).catch((error: unknown) => {
    throw faultOf(error, 'engine_load');
  });
}
