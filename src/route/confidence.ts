/** Folds the logprobs of a draft's tokens as they come; pure. */
import type { TokenLogprob } from '../kernel/engine';
import type { DraftFacts } from './after';
import type { FirstToken, WholeDraft } from './calibration';

export interface Confidence {
  add(logprobs: readonly TokenLogprob[]): void;
  facts(): Pick<DraftFacts, 'firstLogprob' | 'worstLogprob' | 'meanLogprob' | 'firstToken'>;
}

/** Tokens in a row whose mean counts as one place in the draft. */
const WINDOW = 8;

export function createConfidence(): Confidence {
  let first: number | undefined;
  let firstToken: FirstToken | undefined;
  let isBegun = false;
  const said: number[] = [];
  return {
    add(logprobs) {
      for (const one of logprobs) {
        const { token, logprob } = one;
        // Only a token without text can be a verdict; hidden steps after it count like any other token.
        if (!isBegun && token === '') first = logprob;
        else {
          said.push(logprob);
          if (/[\p{L}\d]/u.test(token)) firstToken ??= firstTokenOf(one);
        }
        isBegun = true;
      }
    },
    facts() {
      const whole = wholeOf(said);
      return {
        ...(first === undefined ? {} : { firstLogprob: first }),
        ...(whole === undefined
          ? {}
          : {
              worstLogprob: said.reduce((worst, one) => Math.min(worst, one), 0),
              meanLogprob: whole.mean,
            }),
        ...(firstToken === undefined ? {} : { firstToken: { ...firstToken, ...(whole ? { whole } : {}) } }),
      };
    },
  };
}

/** Undefined without alternatives: a margin to nothing would look sure. */
function firstTokenOf({ logprob, alternatives }: TokenLogprob): FirstToken | undefined {
  const chances = alternatives.map((one) => Math.exp(one.logprob)).sort((a, b) => b - a);
  const [best, second] = chances;
  if (best === undefined || second === undefined) return undefined;
  // Among the likeliest alone, as the options were in the rows that this was fitted on.
  const total = Math.max(
    Math.exp(logprob),
    chances.reduce((sum, one) => sum + one, 0),
  );
  const entropy = -chances.reduce(
    (sum, one) => sum + (one / total) * Math.log(Math.max(one / total, 1e-12)),
    0,
  );
  return { logprob: logprob - Math.log(total), margin: (best - second) / total, entropy };
}

function wholeOf(said: readonly number[]): WholeDraft | undefined {
  if (said.length === 0) return undefined;
  const mean = said.reduce((sum, one) => sum + one, 0) / said.length;
  const sorted = said.toSorted((a, b) => a - b);
  let worst = Infinity;
  let sum = 0;
  for (const [at, one] of said.entries()) {
    sum += one - (said[at - WINDOW] ?? 0);
    if (at >= Math.min(WINDOW, said.length) - 1) worst = Math.min(worst, sum / Math.min(WINDOW, said.length));
  }
  return { mean, tenth: sorted[Math.floor(0.1 * (sorted.length - 1))] as number, worst };
}
