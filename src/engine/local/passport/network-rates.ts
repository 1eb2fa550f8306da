/** How fast model files come, from the first parts of each download on. */
import type { ModelOffer } from '../../../kernel/app-state';
import type { NetworkRates } from '../../../kernel/passport';
import { hostOf } from './forecast';

/** Before so much time the figure would jump about: parts come a second apart … */
const LEAST_MS = 4_000;
/** … but of a download that was over sooner it is all there is. */
const LEAST_WHOLE_MS = 250;

/** A download under way. */
interface Coming {
  readonly began: { readonly ms: number; readonly bytes: number };
  last: { readonly ms: number; readonly bytes: number };
  /** What came last. */
  partBytes: number;
}

export interface RateWatch {
  /** Of each place, the newest last. */
  readonly rates: NetworkRates;
  /** Something of the models changed. Whether a rate did. */
  look(offers: readonly ModelOffer[], nowMs: number): boolean;
}

/** `known`: of visits before. */
export function watchRates(known: NetworkRates): RateWatch {
  let rates = known;
  const coming = new Map<string, Coming>();
  /** `underWayBytes`: what came of parts that are not whole, and so are not counted. */
  const learn = (url: string, { began, last }: Coming, underWayBytes: number, leastMs: number): boolean => {
    const ms = last.ms - began.ms;
    if (ms < leastMs) return false;
    const host = hostOf(url);
    const { [host]: _, ...others } = rates;
    rates = { ...others, [host]: ((last.bytes - began.bytes + underWayBytes) * 1_000) / ms };
    return true;
  };
  return {
    get rates() {
      return rates;
    },
    look(offers, nowMs) {
      let isNew = false;
      for (const { card, state } of offers) {
        const seen = coming.get(card.id);
        if (state.kind !== 'fetching' || card.engine === 'builtin') {
          if (seen) isNew = learn(card.url, seen, 0, LEAST_WHOLE_MS) || isNew;
          coming.delete(card.id);
          continue;
        }
        const last = { ms: nowMs, bytes: state.doneBytes };
        // What came damaged is taken back: then it begins anew.
        if (!seen || last.bytes < seen.last.bytes) coming.set(card.id, { began: last, last, partBytes: 0 });
        else if (last.bytes > seen.last.bytes) {
          seen.partBytes = last.bytes - seen.last.bytes;
          seen.last = last;
          // Three come at once: when one is whole the other two are half so, as a rule.
          isNew = learn(card.url, seen, seen.partBytes, LEAST_MS) || isNew;
        }
      }
      return isNew;
    },
  };
}
