/** Gate B: whether the draft is good enough, from its words, its sums and how sure the model was of it; pure. */
import type { EscalationReason, Evidence } from '../kernel/route';
import { wrongSumIn } from './arithmetic-check';
import {
  familyOf,
  secondEvidenceOf,
  textInputsOf,
  textLogitOf,
  tokenEvidenceOf,
  type Calibration,
  type TokenFacts,
} from './calibration';
import { draftNumbersOf } from './draft-features';
import { featuresOf } from './question-features';
import { scriptOf } from './turn-facts';

/** A draft, as far as it tells of its own quality. Logarithms are natural. */
export interface DraftFacts {
  /** What was asked, a short reply resolved. */
  readonly question: string;
  readonly text: string;
  readonly isHandOver: boolean;
  readonly cut?: 'length' | 'repetition';
  /** Of a hidden first token, with which a model says that this is an answer. */
  readonly firstLogprob?: number;
  /** Of the least likely token after it. */
  readonly worstLogprob?: number;
  readonly meanLogprob?: number;
  /** The first token of the answer that has letters or digits, and what is known of all. */
  readonly firstToken?: TokenFacts;
  /** Whether a second, short sample came to the same answer. */
  readonly isSameTwice?: boolean;
}

export interface AfterOptions {
  /** From 0, save, to 1, best. */
  readonly dial: number;
  /** What gate A found. */
  readonly before: Evidence;
  /** Absent until they are loaded. */
  readonly calibration?: Calibration | undefined;
  readonly formFaultIn?: ((question: string, text: string) => string | undefined) | undefined;
  readonly modelName: string;
}

export interface Verdict {
  /** Why the large model had better answer; absent where the draft will do. */
  readonly wanted?: EscalationReason;
  readonly evidence: Evidence;
  /** Whether a second sample could turn the verdict: only then is one worth its time. */
  readonly isClose?: true;
}

/**
 * At the middle of the dial. A model with a hidden first token is judged by that and its least likely token; the threshold was chosen on the
 * questions in `test/starter/seen`, and the starter's card says how often an answer above it is wrong. Other models are judged by what was
 * fitted on labelled drafts, or, until that is loaded, by the mean of their tokens, a threshold chosen by hand.
 */
export const SURE = { verdictAndWorst: -0.25, mean: -0.8 } as const;
/** The dial multiplies the threshold by up to this, or divides it. */
const DIAL_SPAN = 8;
const REFUSAL =
  /^\W*(?:(?:i'?m |i am )?(?:sorry|afraid)\b.{0,40}\b(?:can(?:no|')t|unable|don't|not able)|as an ai\b|i (?:can(?:no|')t|am unable to|'m unable to|do not|don't) (?:help|assist|answer|provide|know|have (?:access|enough|information)))/i;
const TRANSLATION =
  /\b(translate|in (french|german|spanish|italian|english|russian|chinese|japanese|korean|arabic|hindi|greek)|into)\b/i;
const MIN_LETTERS = 12;

export function judgeAfter(draft: DraftFacts, options: AfterOptions): Verdict {
  const { text, isHandOver, cut } = draft;
  const { dial, before } = options;
  if (isHandOver) return { wanted: 'hand_over', evidence: before };
  if (text.trim() === '' || cut === 'repetition') return { wanted: 'broken', evidence: before };
  const fault = faultIn(draft);
  if (dial <= 0) return { evidence: before };
  if (fault) return { wanted: fault, evidence: before };
  if (options.formFaultIn?.(draft.question, text)) return { wanted: 'wrong_form', evidence: before };
  return draft.firstLogprob === undefined ? judgeWords(draft, options) : judgeVerdict(draft, options);
}

/** What is plainly wrong with a draft, whole or not: then reading on is not worth the wait. */
export function faultIn({
  question,
  text,
}: Pick<DraftFacts, 'question' | 'text'>): EscalationReason | undefined {
  if (wrongSumIn(text)) return 'wrong_sum';
  if (REFUSAL.test(text.replaceAll('’', "'"))) return 'refused';
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const isOther = letters >= MIN_LETTERS && scriptOf(text) !== scriptOf(question) && /\p{L}/u.test(question);
  return isOther && !TRANSLATION.test(question) && scriptOf(question) !== 'Latin'
    ? 'other_language'
    : undefined;
}

/** Of a model that says itself whether it answers. */
function judgeVerdict(
  { firstLogprob = 0, worstLogprob = 0 }: DraftFacts,
  { dial, before }: AfterOptions,
): Verdict {
  const sureness = firstLogprob + worstLogprob;
  const isUnsure = sureness < SURE.verdictAndWorst / strictnessOf(dial);
  return {
    ...(isUnsure ? { wanted: 'unsure' } : {}),
    evidence: { ...before, draftRight: Math.exp(sureness) },
  };
}

/** Of any other model: gate A's chance, moved by the draft's words, its tokens and a second sample. */
function judgeWords(draft: DraftFacts, { dial, before, calibration, modelName }: AfterOptions): Verdict {
  const { question, text, meanLogprob, firstToken, cut, isSameTwice } = draft;
  const { smallRight, gain, price } = before;
  if (!calibration || smallRight === undefined || gain === undefined || price === undefined) {
    const isUnsure = meanLogprob !== undefined && meanLogprob < SURE.mean / strictnessOf(dial);
    return { ...(isUnsure ? { wanted: 'unsure' } : {}), evidence: before };
  }
  const family = familyOf(modelName);
  const prior = Math.log(smallRight / (1 - smallRight));
  const inputs = textInputsOf(draftNumbersOf(text), prior, featuresOf(question).kind);
  const tokens = firstToken ? tokenEvidenceOf(calibration, firstToken, family) : 0;
  const logit = textLogitOf(calibration, inputs, family) + tokens;
  const secondOf = (isSame: boolean) => secondEvidenceOf(calibration, isSame, family);
  const rightOf = (second: number) => 1 / (1 + Math.exp(-(logit + second)));
  const isWorthIt = (right: number) => gain + smallRight - right > price;
  const draftRight = rightOf(isSameTwice === undefined ? 0 : secondOf(isSameTwice));
  const wanted = cut === 'length' ? 'broken' : 'unsure';
  const isClose =
    isSameTwice === undefined && isWorthIt(rightOf(secondOf(false))) !== isWorthIt(rightOf(secondOf(true)));
  return {
    ...(isWorthIt(draftRight) ? { wanted } : {}),
    evidence: { ...before, draftRight, ...(isSameTwice === undefined ? {} : { isSameTwice }) },
    ...(isClose ? { isClose } : {}),
  };
}

/** At 1 an answer has to be nearly certain; towards 0 nearly anything passes. */
function strictnessOf(dial: number): number {
  return DIAL_SPAN ** (2 * dial - 1);
}
