/** One model on offer, with its files, its engine and what they are doing now. */
import type { ModelOffer, ModelState } from '../../kernel/app-state';
import type { ModelCard } from '../../kernel/config';
import type { LocalEngine } from '../../kernel/engine';
import { faultRecordOf, type Fault } from '../../kernel/fault';
import { NOTHING, type ModelFiles, type ModelFilesState } from './model-files';
import type { ModelsDeps } from './models';

/** A model from the page's own site and not above this is fetched without asking. */
const BUNDLED_BYTES = 16 * 1024 * 1024;

export interface Entry {
  readonly card: ModelCard;
  readonly url: string;
  readonly isBundled: boolean;
  readonly files: ModelFiles;
  /** Another one where it was started anew with another context. */
  engine: LocalEngine;
  readonly refusal: Fault | undefined;
  /** What is here of its files, as it was last looked up. */
  kept: ModelFilesState;
  /** How many are being answered by it or wait for it. */
  requestCount: number;
  state: ModelState;
}

export function createEntry(
  card: ModelCard,
  { baseUrl, createFiles, createEngine, refusalOf }: ModelsDeps,
): Entry {
  const url = new URL(card.url, baseUrl).href;
  const files = createFiles(card, url);
  return {
    card,
    url,
    isBundled: new URL(url).origin === baseUrl.origin && card.sizeBytes <= BUNDLED_BYTES,
    files,
    engine: createEngine(card, files),
    refusal: refusalOf?.(card),
    kept: NOTHING,
    requestCount: 0,
    state: { kind: 'absent' },
  };
}

export function offerOf({ card, state, isBundled, kept, refusal }: Entry): ModelOffer {
  return {
    card,
    state,
    isBundled,
    kept,
    ...(refusal ? { refusal: faultRecordOf(refusal) } : {}),
  };
}
