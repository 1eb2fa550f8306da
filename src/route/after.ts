/** Gate B: after the draft, whether it is good enough, from how sure the model was of it; pure. */
import type { TokenLogprob } from '../kernel/engine';
import type { EscalationReason } from '../kernel/route';

/** A draft, as far as it tells of its own quality. Logarithms are natural. */
export interface DraftFacts {
  readonly text: string;
  readonly isHandOver: boolean;
  readonly cut?: 'length' | 'repetition';
  /** Of a hidden first token, with which a model says that this is an answer. */
  readonly firstLogprob?: number;
  /** Of the least likely token after it. */
  readonly worstLogprob?: number;
  readonly meanLogprob?: number;
}

/**
 * At the middle of the dial. A model with a hidden first token is judged by that and its least likely token; the threshold was chosen on the
 * questions in `test/starter/seen`, and the starter's card says how often an answer above it is wrong. Other models are judged by the mean
 * of their tokens, a threshold chosen by hand.
 */
export const SURE = { verdictAndWorst: -0.25, mean: -0.8 } as const;
/** The dial multiplies the threshold by up to this, or divides it. */
const DIAL_SPAN = 8;

/** Why the large model had better answer; undefined where the draft will do. `dial`: from 0, save, to 1, best. */
export function judgeAfter(draft: DraftFacts, dial: number): EscalationReason | undefined {
  const { text, isHandOver, cut, firstLogprob, worstLogprob, meanLogprob } = draft;
  if (isHandOver) return 'hand_over';
  if (text.trim() === '' || cut === 'repetition') return 'broken';
  if (dial <= 0) return undefined;
  // At 1 an answer has to be nearly certain; towards 0 nearly anything passes.
  const strictness = DIAL_SPAN ** (2 * dial - 1);
  const [sureness, threshold] =
    firstLogprob === undefined
      ? [meanLogprob, SURE.mean]
      : [firstLogprob + (worstLogprob ?? 0), SURE.verdictAndWorst];
  return sureness !== undefined && sureness < threshold / strictness ? 'unsure' : undefined;
}

export interface Confidence {
  add(logprobs: readonly TokenLogprob[]): void;
  facts(): Pick<DraftFacts, 'firstLogprob' | 'worstLogprob' | 'meanLogprob'>;
}

/** Folds the tokens' logprobs as they come. */
export function createConfidence(): Confidence {
  let first: number | undefined;
  let worst = 0;
  let sum = 0;
  let count = 0;
  let isBegun = false;
  return {
    add(logprobs) {
      for (const { token, logprob } of logprobs) {
        // Only a token without text can be a verdict; hidden steps after it count like any other token.
        if (!isBegun && token === '') first = logprob;
        else {
          worst = Math.min(worst, logprob);
          sum += logprob;
          count++;
        }
        isBegun = true;
      }
    },
    facts: () => ({
      ...(first === undefined ? {} : { firstLogprob: first }),
      ...(count === 0 ? {} : { worstLogprob: worst, meanLogprob: sum / count }),
    }),
  };
}
