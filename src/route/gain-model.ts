/** The learned part of gate A: how likely the small and the large model are to be right, from the question alone; pure. */
import { BUCKETS, GROUPS, KINDS, type Group, type Kind, type QuestionFeatures } from './question-features';
import { SURFACE } from './question-surface';

/** What `npm run fit:router` writes. Arrays of bytes are base64. */
export interface GainWeights {
  /** Of each kind of question: what is usual of its surface. */
  readonly usual: Readonly<
    Record<Kind, { readonly mean: readonly number[]; readonly spread: readonly number[] }>
  >;
  readonly groups: Readonly<Record<Group, Readonly<Record<Side, HeadWeights>>>>;
  /** Of the small model on questions of all groups: for those that are like none of them. */
  readonly anySmall: HeadWeights;
  /** The gain where both heads are known. */
  readonly gainOf: Readonly<Record<Group, GainCoefficients>>;
  /** By group a bit for each hash of a word that its training questions had more than once; both groups with choices share one. */
  readonly words: Readonly<Record<'choices' | 'open', string>>;
  /** The mean of P(large right) over the training questions, for questions unlike them. */
  readonly usualLargeRight: number;
  /** The gain above which this share of the training questions lies, for shares of 0, 0.01, … 1. */
  readonly gainAtShare: readonly number[];
}

export interface HeadWeights {
  /** Signed bytes, one for each bucket; times `scale`. */
  readonly ngrams: string;
  readonly scale: number;
  /** For all kinds, then for each: its surface's weights, and its intercept. */
  readonly surface: readonly number[];
  /** How good each model is, in logits; `usual` stands for one that was not seen. */
  readonly abilities: Readonly<Record<string, number>>;
  /** Platt scaling: slope and intercept. */
  readonly calibration: readonly [number, number];
}

/** Of 1, P(small right), P(large right) and their product. */
export type GainCoefficients = readonly [number, number, number, number];

/** What the large model has before the small one. */
export const DIFFERENCE: GainCoefficients = [0, -1, 1, 0];

export const SIDES = ['small', 'large'] as const;
export type Side = (typeof SIDES)[number];

export interface Chances {
  readonly smallRight: number;
  readonly largeRight: number;
  /** How far the question is made of words the model knows, 0 to 1. */
  readonly familiarity: number;
  /** How many more of such questions the large model gets right; a share. Unfamiliar ones shrink towards −P(small right). */
  readonly gain: number;
}

export interface GainModel {
  /** `small`, `large`: names of models, as in the weights; others count as usual. */
  chancesOf(features: QuestionFeatures, small?: string, large?: string): Chances;
  /** The gain above which `share`, 0 to 1, of ordinary questions lie. */
  gainAtShare(share: number): number;
}

/** How much the surface weighs in each group, for all kinds and for its own; the fit's penalty is in units of these, and of the n-grams' 1. */
const SURFACE_SCALES = {
  few: { all: 0.3, own: 0.3 },
  many: { all: 0.3, own: 0.3 },
  open: { all: 0.7, own: 0.7 },
} as const;
/** Further from the usual than this tells nothing more. */
const CLIP = 3;
/** Below the first nothing is known of the question, above the second all. */
const FAMILIAR = [0.5, 0.85] as const;
export const INPUTS = BUCKETS + (KINDS.length + 1) * (SURFACE.length + 1);

/** Which words an unfamiliar question has to be told from. */
export function wordsGroupOf(group: Group): 'choices' | 'open' {
  return group === 'open' ? 'open' : 'choices';
}

/** The inputs that are not 0, by place and value: buckets, then the surface for all kinds, then for its own. */
export function inputsOf(
  { buckets, surface, kind, group }: QuestionFeatures,
  usual: GainWeights['usual'],
): { readonly at: Int32Array; readonly values: Float64Array } {
  const scales = SURFACE_SCALES[group];
  const width = SURFACE.length;
  const count = buckets.length + 2 * width + 1;
  const at = new Int32Array(count);
  const values = new Float64Array(count).fill(1 / Math.sqrt(buckets.length + 1));
  at.set(buckets);
  const own = BUCKETS + (KINDS.indexOf(kind) + 1) * (width + 1);
  const { mean, spread } = usual[kind];
  for (let place = 0; place < width; place++) {
    const distance = ((surface[place] as number) - (mean[place] as number)) / (spread[place] as number);
    const value = Math.max(-CLIP, Math.min(CLIP, distance)) / Math.sqrt(width);
    at[buckets.length + place] = BUCKETS + place;
    values[buckets.length + place] = value * scales.all;
    at[buckets.length + width + place] = own + place;
    values[buckets.length + width + place] = value * scales.own;
  }
  at[count - 1] = own + width;
  values[count - 1] = 1;
  return { at, values };
}

export function createGainModel(weights: GainWeights): GainModel {
  const known = { choices: bytesOf(weights.words.choices), open: bytesOf(weights.words.open) };
  const heads = mapOf(GROUPS, (group) => mapOf(SIDES, (side) => headOf(weights.groups[group][side])));
  const anySmall = headOf(weights.anySmall);
  return {
    chancesOf(features, small = 'usual', large = 'usual') {
      const inputs = inputsOf(features, weights.usual);
      const head = heads[features.group];
      const largeRight = head.large(inputs, large);
      const familiarity = familiarityOf(features.words, known[wordsGroupOf(features.group)]);
      const smallRight = mixedOf(
        familiarity,
        head.small(inputs, small),
        familiarity === 1 ? 0 : anySmall(inputs, small),
      );
      const expected = mixedOf(familiarity, largeRight, weights.usualLargeRight);
      const gain = gainFrom(weights.gainOf[features.group], smallRight, expected);
      return { smallRight, largeRight, familiarity, gain };
    },
    gainAtShare: (share) => weights.gainAtShare[Math.round(100 * Math.max(0, Math.min(1, share)))] as number,
  };
}

/** Both heads err on the same questions, so that the gain may be another than their difference. */
export function gainFrom([none, small, large, both]: GainCoefficients, s: number, l: number): number {
  return none + small * s + large * l + both * s * l;
}

/** What is said of a question of a known kind, as far as it is one. */
export function mixedOf(familiarity: number, ofKnown: number, ofAny: number): number {
  return familiarity * ofKnown + (1 - familiarity) * ofAny;
}

/** How far the words are known, from their hashes: 0 to 1. */
export function familiarityOf(words: Uint16Array, known: Uint8Array): number {
  if (words.length === 0) return 0;
  const seen = words.reduce((sum, word) => sum + (((known[word >> 3] as number) >> (word & 7)) & 1), 0);
  const [none, all] = FAMILIAR;
  return Math.max(0, Math.min(1, (seen / words.length - none) / (all - none)));
}

function headOf({ ngrams, scale, surface, abilities, calibration: [slope, intercept] }: HeadWeights) {
  const table = new Int8Array(bytesOf(ngrams).buffer);
  return ({ at, values }: ReturnType<typeof inputsOf>, model: string): number => {
    let logit = abilities[model] ?? abilities.usual ?? 0;
    for (let k = 0; k < at.length; k++) {
      const place = at[k] as number;
      const weight =
        place < BUCKETS ? (table[place] as number) * scale : (surface[place - BUCKETS] as number);
      logit += weight * (values[k] as number);
    }
    return 1 / (1 + Math.exp(-(slope * logit + intercept)));
  };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function mapOf<Name extends string, Value>(names: readonly Name[], valueOf: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
