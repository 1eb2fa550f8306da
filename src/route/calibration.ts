/** From what a draft tells of itself to how likely it is right, for each family of models; pure. */
import { draftInputsOf } from './draft-features';
import { KINDS, type Kind } from './question-features';

/** What `npm run fit:router` writes; all in logits of being right. */
export interface Calibration {
  /** Of the draft's own words: the prior's weight for all kinds and each, then the inputs' for all kinds and each, with an intercept. */
  readonly text: { readonly weights: readonly number[]; readonly families: Readonly<Record<string, number>> };
  /** By model or family: weights of `tokenInputsOf`, as many as were fitted; and the share that was right. */
  readonly tokens: Readonly<Record<string, { readonly weights: readonly number[]; readonly usual: number }>>;
  /** By family: what it tells that a second sample says the same, and that it says something else. */
  readonly second: Readonly<Record<string, SecondSample>>;
}

export interface SecondSample {
  readonly same: number;
  readonly other: number;
}

/** The first token that says something, natural logarithms. */
export interface FirstToken {
  readonly logprob: number;
  /** Between the probabilities of the likeliest and the second. */
  readonly margin: number;
  /** Of the likeliest tokens, normalised; nats. */
  readonly entropy: number;
}

/** Logprobs of all tokens of a draft. */
export interface WholeDraft {
  readonly mean: number;
  /** A tenth of the tokens are at most so likely. */
  readonly tenth: number;
  /** The least mean of eight tokens in a row. */
  readonly worst: number;
}

export interface TokenFacts extends FirstToken {
  readonly whole?: WholeDraft;
}

const WIDTH = draftInputsOf([]).length;
export const TEXT_INPUTS = KINDS.length + 1 + (KINDS.length + 1) * (WIDTH + 1);

/** The inputs of the text's calibration. `prior`: the logit that gate A gives the small model. */
export function textInputsOf(
  numbers: readonly number[],
  prior: number,
  kind: Kind,
): { readonly at: number[]; readonly values: number[] } {
  const own = KINDS.indexOf(kind) + 1;
  const base = KINDS.length + 1;
  const inputs = [...draftInputsOf(numbers), 1];
  const placesOf = (block: number) => inputs.map((_, place) => base + block * (WIDTH + 1) + place);
  return { at: [0, own, ...placesOf(0), ...placesOf(own)], values: [prior, prior, ...inputs, ...inputs] };
}

/** The logit that the draft is right, from gate A's `prior` and the draft's words. */
export function textLogitOf(
  { text: { weights, families } }: Calibration,
  inputs: ReturnType<typeof textInputsOf>,
  family: string,
): number {
  const sum = inputs.at.reduce(
    (total, at, k) => total + (weights[at] as number) * (inputs.values[k] as number),
    0,
  );
  return sum + (families[family] ?? families.usual ?? 0);
}

/** How many times likelier a right answer is than a wrong one by its tokens, as a logarithm. */
export function tokenEvidenceOf({ tokens }: Calibration, facts: TokenFacts, family: string): number {
  const own = family in tokens ? family : Object.keys(tokens).find((name) => familyOf(name) === family);
  const { weights, usual } = tokens[own ?? 'usual'] ?? { weights: [], usual: 0.5 };
  return tokenLogitOf(weights, facts) - Math.log(usual / (1 - usual));
}

/** The same of a second sample. */
export function secondEvidenceOf({ second }: Calibration, isSame: boolean, family: string): number {
  const { same, other } = second[family] ?? second.usual ?? { same: 0, other: 0 };
  return isSame ? same : other;
}

export function tokenLogitOf(weights: readonly number[], facts: TokenFacts): number {
  return tokenInputsOf(facts).reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
}

/** Below this a chance is as good as none. */
const LEAST = 1e-4;
/** Where more spread among the unlikely begins to tell something else; chosen by folds of train rows. */
const SPREADS = [0.9, 1.1, 1.25] as const;
const SPREAD_WEIGHT = 4;

/**
 * Of the first token its numbers, a constant, how many times likelier it is than the second, what is left for all others and how
 * that is spread among them; then the numbers of the whole draft, 0 where they are not known.
 */
export function tokenInputsOf({ logprob, margin, entropy, whole }: TokenFacts): number[] {
  const first = Math.min(1, Math.max(LEAST, Math.exp(logprob)));
  const second = Math.max(LEAST, first - margin);
  const rest = Math.max(LEAST, 1 - first - second);
  const among = (entropy + first * Math.log(first) + second * Math.log(second)) / rest + Math.log(rest);
  const spread = Math.min(1.5, Math.max(0, among));
  return [
    logprob,
    margin,
    entropy,
    1,
    Math.log(first / second),
    Math.log(rest),
    SPREAD_WEIGHT * spread,
    ...SPREADS.map((knot) => SPREAD_WEIGHT * Math.max(0, spread - knot)),
    whole?.mean ?? 0,
    whole?.tenth ?? 0,
    whole?.worst ?? 0,
  ];
}

/** `Qwen2.5-7B-Instruct` and `wllama:qwen2.5-0.5b` are of the family `qwen`; a model of no family that is known is one of its own. */
export function familyOf(model: string): string {
  return (
    /qwen|llama|gemma|phi|mistral|mixtral|ministral|smollm|yi/i.exec(model)?.[0].toLowerCase() ??
    model.toLowerCase().replace(/[^\p{L}\d]+/gu, '-')
  );
}
