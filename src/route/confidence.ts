/** Folds the logprobs of a draft's tokens as they come; pure. */
import type { TokenLogprob } from '../kernel/engine';
import type { DraftFacts } from './after';

export interface Confidence {
  add(logprobs: readonly TokenLogprob[]): void;
  facts(): Pick<DraftFacts, 'firstLogprob' | 'worstLogprob' | 'meanLogprob' | 'firstToken'>;
}

export function createConfidence(): Confidence {
  let first: number | undefined;
  let firstToken: DraftFacts['firstToken'];
  let worst = 0;
  let sum = 0;
  let count = 0;
  let isBegun = false;
  return {
    add(logprobs) {
      for (const one of logprobs) {
        const { token, logprob } = one;
        // Only a token without text can be a verdict; hidden steps after it count like any other token.
        if (!isBegun && token === '') first = logprob;
        else {
          worst = Math.min(worst, logprob);
          sum += logprob;
          count++;
          if (/[\p{L}\d]/u.test(token)) firstToken ??= firstTokenOf(one);
        }
        isBegun = true;
      }
    },
    facts: () => ({
      ...(first === undefined ? {} : { firstLogprob: first }),
      ...(count === 0 ? {} : { worstLogprob: worst, meanLogprob: sum / count }),
      ...(firstToken === undefined ? {} : { firstToken }),
    }),
  };
}

/** Undefined without alternatives: a margin to nothing would look sure. */
function firstTokenOf({ logprob, alternatives }: TokenLogprob): DraftFacts['firstToken'] {
  const chances = alternatives.map((one) => Math.exp(one.logprob)).sort((a, b) => b - a);
  const [best, second] = chances;
  if (best === undefined || second === undefined) return undefined;
  const total = chances.reduce((sum, one) => sum + one, 0);
  const entropy = -chances.reduce(
    (sum, one) => sum + (one / total) * Math.log(Math.max(one / total, 1e-12)),
    0,
  );
  return { logprob, margin: best - second, entropy };
}
