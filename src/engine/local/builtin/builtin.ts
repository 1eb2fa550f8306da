/** The browser's own model as one of ours: its card, its engine, and how it gets here. */
import type { ModelCard } from '../../../kernel/config';
import type { LocalEngine } from '../../../kernel/engine';
import { Fault } from '../../../kernel/fault';
import { createLocalEngine } from '../local-engine';
import type { ModelFiles } from '../model-files';
import { createBuiltinDownload, type BuiltinDownloadOptions } from './builtin-download';
import { createBuiltinFiles, type BuiltinFilesOptions } from './builtin-files';
import { startBuiltin } from './builtin-runtime';
import type { FoundBuiltin } from './find-builtin';

/** Before a session says what it has: 9,216 in Chrome (chrome-ai-dev-preview-discuss, 2026-01). */
const CONTEXT_TOKENS = 8_192;
/** The browser takes some gigabytes into memory, and says nothing meanwhile. */
const SILENT_START_MS = 90_000;
/** Its memory is the browser's. */
const NO_RECYCLER = { begin: () => undefined, isDue: async () => false };

export interface Builtin {
  readonly card: ModelCard;
  readonly files: ModelFiles;
  createEngine(card: ModelCard): LocalEngine;
  /** Has the browser fetch it where that is still to be done; from a click. */
  fetch(): void;
}

export type BuiltinOptions = Pick<BuiltinDownloadOptions, 'newChannel' | 'lookEveryMs'> &
  Pick<BuiltinFilesOptions, 'keyValue' | 'isWished' | 'now'>;

export function createBuiltin(
  id: string,
  { api, core, availability, browser }: FoundBuiltin,
  options: BuiltinOptions,
): Builtin {
  const download = createBuiltinDownload({ ...options, api, core });
  const files = createBuiltinFiles({ ...options, api, core });
  return {
    card: cardOf(id, browser, availability === 'available'),
    files,
    fetch: () => void download.begin(),
    createEngine(card) {
      /** Learnt when it is first started. */
      let windowTokens: number | undefined;
      const engine = createLocalEngine({
        id: `builtin:${card.id}`,
        contextTokens: card.contextTokens,
        silentStartMs: SILENT_START_MS,
        recycler: NO_RECYCLER,
        async start(signal, tell) {
          await download.untilHere(signal, (share) =>
            tell({ step: 'fetch', doneBytes: share, totalBytes: 1 }),
          );
          tell({ step: 'start' });
          const onWindow = (tokens: number) => (windowTokens = tokens);
          const runtime = await startBuiltin(
            { api, core, contextTokens: card.contextTokens, onWindow },
            signal,
          );
          if (signal.aborted) {
            runtime.exit(new Fault('cancelled'));
            throw new Fault('cancelled');
          }
          await files.use();
          return runtime;
        },
      });
      return {
        ...engine,
        get contextTokens() {
          return windowTokens ?? card.contextTokens;
        },
      };
    },
  };
}

/** The API does not tell which model it is. */
function cardOf(id: string, browser: string | undefined, isHere: boolean): ModelCard {
  const whose = browser ?? 'Your browser';
  return {
    id,
    name: browser ? `${browser}’s built-in model` : 'The browser’s built-in model',
    engine: 'builtin',
    url: `${id}:`,
    sizeBytes: 0,
    contextTokens: CONTEXT_TOKENS,
    licence: `${browser ?? 'the browser'}’s terms`,
    about: isHere
      ? 'Already in this browser: nothing to download.'
      : `${whose} has a model of its own, and fetches it once for all sites.`,
    ...(browser === 'Chrome' ? { source: 'https://developer.chrome.com/docs/ai/prompt-api' } : {}),
  };
}
