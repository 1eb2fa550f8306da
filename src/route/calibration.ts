/** From what a draft tells of itself to how likely it is right, for each family of models; pure. */
import { draftInputsOf } from './draft-features';
import { KINDS, type Kind } from './question-features';

/** What `npm run fit:router` writes; all in logits of being right. */
export interface Calibration {
  /** Of the draft's own words: the prior's weight for all kinds and each, then the inputs' for all kinds and each, with an intercept. */
  readonly text: { readonly weights: readonly number[]; readonly families: Readonly<Record<string, number>> };
  /** Of the first answer token: logprob, margin to the second, entropy of the likeliest, then an intercept; and the share that was right. */
  readonly tokens: Readonly<Record<string, { readonly weights: readonly number[]; readonly usual: number }>>;
}

/** The first token that says something, natural logarithms. */
export interface FirstToken {
  readonly logprob: number;
  /** Between the probabilities of the likeliest and the second. */
  readonly margin: number;
  /** Of the likeliest tokens, normalised; nats. */
  readonly entropy: number;
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

/** How many times likelier a right answer is than a wrong one by its first token, as a logarithm. */
export function tokenEvidenceOf({ tokens }: Calibration, first: FirstToken, family: string): number {
  const own = Object.keys(tokens).find((name) => familyOf(name) === family);
  const { weights, usual } = tokens[own ?? 'usual'] ?? { weights: [], usual: 0.5 };
  return tokenLogitOf(weights, first) - Math.log(usual / (1 - usual));
}

export function tokenLogitOf(weights: readonly number[], first: FirstToken): number {
  return tokenInputsOf(first).reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
}

export function tokenInputsOf({ logprob, margin, entropy }: FirstToken): number[] {
  return [logprob, margin, entropy, 1];
}

/** `Qwen2.5-7B-Instruct` and `wllama:qwen2.5-0.5b` are of the family `qwen`. */
export function familyOf(model: string): string {
  return (
    /qwen|llama|gemma|phi|mistral|mixtral|ministral|smollm|yi/i.exec(model)?.[0].toLowerCase() ?? 'usual'
  );
}
