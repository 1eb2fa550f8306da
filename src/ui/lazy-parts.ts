/** Elements that no first load needs: each is fetched when it is first wanted, or ahead of that, when the page has nothing to do. */
import type { AnswerReceipt } from './answer-receipt';
import type { BackupDialog } from './backup-dialog';
import type { ChatSearch } from './chat-search';
import type { DepartureDialog } from './departure-dialog';
import type { MeterPanel } from './meter-panel';
import type { ModelGate } from './model-gate';
import type { PrivacyDialog } from './privacy-dialog';

interface Parts {
  'backup-dialog': BackupDialog;
  'chat-search': ChatSearch;
  'meter-panel': MeterPanel;
  'smallfirst-answer-receipt': AnswerReceipt;
  'smallfirst-privacy-dialog': PrivacyDialog;
  'smallfirst-departure-dialog': DepartureDialog;
  'smallfirst-model-gate': ModelGate;
}

/** In the order in which they are fetched ahead. */
const LOADERS: Record<keyof Parts, () => Promise<unknown>> = {
  'meter-panel': () => import('./meter-panel'),
  'smallfirst-answer-receipt': () => import('./answer-receipt'),
  'smallfirst-departure-dialog': () => import('./departure-dialog'),
  'smallfirst-model-gate': () => import('./model-gate'),
  'chat-search': () => import('./chat-search'),
  'backup-dialog': () => import('./backup-dialog'),
  'smallfirst-privacy-dialog': () => import('./privacy-dialog'),
};

/** The element of that tag in `root`, its program loaded; undefined where that cannot be fetched, of which the page hears by `vite:preloadError`. */
export async function partIn<Tag extends keyof Parts>(
  root: ParentNode,
  tag: Tag,
): Promise<Parts[Tag] | undefined> {
  try {
    await LOADERS[tag]();
  } catch {
    return undefined;
  }
  const part = root.querySelector(tag) as unknown as Parts[Tag] | null;
  await part?.updateComplete;
  return part ?? undefined;
}

/** Fetches them all, one after the other, whenever nothing else is to be done. */
export async function loadParts(): Promise<void> {
  for (const load of Object.values(LOADERS)) {
    await idle();
    await load().catch(() => undefined);
  }
}

/** Safari has no `requestIdleCallback`: https://developer.mozilla.org/docs/Web/API/Window/requestIdleCallback */
function idle(): Promise<unknown> {
  return new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(resolve, { timeout: 2_000 });
    else setTimeout(resolve, 300);
  });
}
