/** Fits gate A's heads on labelled questions, with predictions for each question from a fit that did not see it. */
import { createHash } from 'node:crypto';
import {
  DIFFERENCE,
  familiarityOf,
  gainFrom,
  INPUTS,
  inputsOf,
  mixedOf,
  SIDES,
  wordsGroupOf,
  type GainWeights,
  type HeadWeights,
  type Side,
} from '../gain-model';
import { BUCKETS, featuresOf, GROUPS, KINDS, type QuestionFeatures } from '../question-features';
import { SURFACE } from '../question-surface';
import { fitLogistic, sigmoid, sumOf, type SparseRow } from './logistic';
import { fitBothHeads } from './fit-both-heads';
import type { LabelledRow, Seen } from './rows';
import { meanOf } from './scores';

export interface GainFit {
  readonly weights: GainWeights;
  /** For each row, from the folds without it. */
  readonly unseen: readonly {
    readonly small: (model: string) => number;
    readonly gain: number;
  }[];
}

/** In units of one row's loss; found by the folds on the train rows. The large head has fewer errors to learn from, and so less to lose. */
const PENALTY = {
  few: { small: 2, large: 2 },
  many: { small: 1.5, large: 1.5 },
  open: { small: 2.5, large: 0.25 },
} as const;
/** For questions like none of these the head has to be plain. */
const PENALTY_OF_ANY = 8;
/** Where rare words count for more than common ones: among questions with choices, which are from many subjects. */
const WEIGHS_RARITY = { few: true, many: true, open: false } as const;
/** Where both heads together tell more of the gain than their difference does; of the others the folds say that it is that. */
const GAIN_IS_FITTED = { few: true, many: false, open: false } as const;
export const FOLDS = 5;
const SPREAD_FLOOR = 0.05;

interface Example {
  readonly at: Int32Array;
  readonly values: Float64Array;
  readonly seen: readonly Seen[];
  readonly fold: number;
}

interface Head {
  readonly weights: Float64Array;
  readonly abilities: Readonly<Record<string, number>>;
}

/** A head, and for each of its examples the logit of a model by the folds without it. */
interface HeadFit {
  readonly packed: HeadWeights;
  readonly chanceOf: (example: number) => (model: string) => number;
}

export function fitGain(rows: readonly LabelledRow[], rounds = 60): GainFit {
  const features = rows.map(({ prompt }) => featuresOf(prompt));
  const usual = usualOf(features);
  const folds = rows.map(({ prompt }) => foldOf(prompt));
  const inputs = features.map((one) => inputsOf(one, usual));
  const examplesOf = (side: Side, isIn: (at: number) => boolean) => {
    const places = rows.flatMap((_, at) => (isIn(at) ? [at] : []));
    const examples = places.map((at): Example => ({
      ...(inputs[at] as (typeof inputs)[number]),
      seen: (rows[at] as LabelledRow).seen[side],
      fold: folds[at] as number,
    }));
    return { places, examples };
  };
  const chances = rows.map((): Partial<Record<Side | 'any', (model: string) => number>> => ({}));
  const fit = (
    name: Side | 'any',
    isIn: (at: number) => boolean,
    how: { readonly penalty: number; readonly isRarityWeighed: boolean },
  ) => {
    const { places, examples } = examplesOf(name === 'any' ? 'small' : name, isIn);
    const { packed, chanceOf } = fitHead(examples, { ...how, rounds });
    for (const [example, at] of places.entries())
      (chances[at] as (typeof chances)[number])[name] = chanceOf(example);
    return packed;
  };
  const groups = mapOf(GROUPS, (group) =>
    mapOf(SIDES, (side) =>
      fit(side, (at) => features[at]?.group === group, {
        penalty: PENALTY[group][side],
        isRarityWeighed: WEIGHS_RARITY[group],
      }),
    ),
  );
  const anySmall = fit('any', () => true, { penalty: PENALTY_OF_ANY, isRarityWeighed: true });
  const words = mapOf(['choices', 'open'], (group) =>
    wordsOf(features.filter((one) => wordsGroupOf(one.group) === group)),
  );
  const known = mapOf(['choices', 'open'], (group) => Uint8Array.from(Buffer.from(words[group], 'base64')));
  const usualLargeRight = round(meanOf(rows.map(({ strong }) => strong)));

  const heads = rows.map((row, at) => {
    const { words: own, group } = features[at] as QuestionFeatures;
    const familiarity = familiarityOf(own, known[wordsGroupOf(group)]);
    const chance = chances[at] as Required<(typeof chances)[number]>;
    const small = (model: string) => mixedOf(familiarity, chance.small(model), chance.any(model));
    const large = mixedOf(familiarity, chance.large(row.strongModel), usualLargeRight);
    return { group, small, s: small(row.weakModel), l: large, gain: row.strong - row.weak };
  });
  const gainOf = mapOf(GROUPS, (group) =>
    GAIN_IS_FITTED[group] ? fitBothHeads(heads.filter((one) => one.group === group)) : DIFFERENCE,
  );
  const unseen = heads.map(({ group, small, s, l }) => ({ small, gain: gainFrom(gainOf[group], s, l) }));
  const gainAtShare = pricesOf(unseen.map(({ gain }) => gain));
  return { weights: { usual, groups, anySmall, gainOf, words, usualLargeRight, gainAtShare }, unseen };
}

/** The gains above which 0, 1, … 100 % of these lie. */
function pricesOf(gains: readonly number[]): number[] {
  const sorted = gains.toSorted((a, b) => b - a);
  const at = (share: number) => round(sorted[Math.round((share / 100) * (sorted.length - 1))] as number);
  return Array.from({ length: 101 }, (_, share) => (share === 0 ? 1 : share === 100 ? -1 : at(share)));
}

/** The same question falls into the same fold, whatever its source and its choices: some sets have a question of another with more of them. */
export function foldOf(prompt: string): number {
  const stem = prompt.split(/\n\(?A[.)] /)[0] as string;
  return (createHash('sha1').update(stem.toLowerCase().replace(/\W+/g, '')).digest()[0] as number) % FOLDS;
}

/** Platt scaling, as a slope and an intercept. */
function plattOf(
  pairs: readonly { readonly logit: number; readonly right: number; readonly weight: number }[],
): readonly [number, number] {
  const rows = pairs.map(({ logit, right, weight }) => ({
    at: [0],
    values: [logit],
    seen: [{ group: 0, right }],
    weight,
  }));
  const { weights, intercepts } = fitLogistic(rows, { dimensions: 1, groups: 1, penalty: 1e-3 });
  return [round(weights[0] as number), round(intercepts[0] as number)];
}

interface HeadOptions {
  readonly penalty: number;
  readonly isRarityWeighed: boolean;
  readonly rounds: number;
}

function fitHead(examples: readonly Example[], options: HeadOptions): HeadFit {
  const rarity = options.isRarityWeighed && examples.length > 0 ? rarityOf(examples) : undefined;
  const byFold = Array.from({ length: FOLDS }, (_, fold) =>
    fitOnce(
      examples.filter((one) => one.fold !== fold),
      rarity,
      options,
    ),
  );
  const logitOf = (example: number) => {
    const one = examples[example] as Example;
    const head = byFold[one.fold] as Head;
    const sum = sumOf(one, head.weights);
    return (model: string) => sum + abilityOf(head.abilities, model);
  };
  const pairs = examples.flatMap(({ seen }, example) => {
    const logit = logitOf(example);
    return seen.map(({ model, right }) => ({ logit: logit(model), right, weight: 1 / seen.length }));
  });
  const [slope, intercept] = plattOf(pairs);
  return {
    packed: packed(fitOnce(examples, rarity, options), [slope, intercept]),
    chanceOf: (example) => {
      const logit = logitOf(example);
      return (model) => sigmoid(slope * logit(model) + intercept);
    },
  };
}

/** How rare each bucket is: the logarithm of how many questions there are for one that has it; 1 on the average of all that occur. */
function rarityOf(examples: readonly Example[]): Float64Array {
  const counts = new Float64Array(BUCKETS);
  for (const { at } of examples)
    for (const place of at) if (place < BUCKETS) counts[place] = (counts[place] as number) + 1;
  const rarity = counts.map((count) => Math.log(examples.length / (count + 1)));
  let squares = 0;
  let all = 0;
  for (const [place, count] of counts.entries()) {
    squares += count * (rarity[place] as number) ** 2;
    all += count;
  }
  const usual = Math.sqrt(squares / Math.max(1, all));
  return rarity.map((one) => one / usual);
}

/** A rarity weighs the penalty only: the weights that come back are for the inputs as they are. */
function fitOnce(
  examples: readonly Example[],
  rarity: Float64Array | undefined,
  { penalty, rounds }: HeadOptions,
): Head {
  const models = [...new Set(examples.flatMap(({ seen }) => seen.map(({ model }) => model)))].sort();
  const sparse = examples.flatMap(({ at, values, seen }): SparseRow[] =>
    seen.length === 0
      ? []
      : [
          {
            at,
            values: rarity ? values.map((value, k) => value * (rarity[at[k] as number] ?? 1)) : values,
            seen: seen.map(({ model, right }) => ({ group: models.indexOf(model), right })),
            weight: 1,
          },
        ],
  );
  const { weights, intercepts } = fitLogistic(sparse, {
    dimensions: INPUTS,
    groups: models.length,
    penalty,
    rounds,
  });
  const abilities = Object.fromEntries(models.map((model, at) => [model, intercepts[at] as number]));
  return {
    weights: rarity ? weights.map((one, place) => one * (rarity[place] ?? 1)) : weights,
    abilities: { ...abilities, usual: models.length === 0 ? 0 : meanOf(Object.values(abilities)) },
  };
}

function abilityOf(abilities: Readonly<Record<string, number>>, model: string): number {
  return abilities[model] ?? abilities.usual ?? 0;
}

function packed({ weights, abilities }: Head, calibration: readonly [number, number]): HeadWeights {
  const ngrams = weights.subarray(0, BUCKETS);
  const most = ngrams.reduce((largest, one) => Math.max(largest, Math.abs(one)), 0);
  const scale = most / 127;
  return {
    ngrams: Buffer.from(Int8Array.from(ngrams, (one) => Math.round(one / scale)).buffer).toString('base64'),
    scale,
    surface: Array.from(weights.subarray(BUCKETS), round),
    abilities: Object.fromEntries(Object.entries(abilities).map(([model, one]) => [model, round(one)])),
    calibration,
  };
}

function usualOf(features: readonly QuestionFeatures[]): GainWeights['usual'] {
  return mapOf(KINDS, (kind) => {
    const alike = features.filter((one) => one.kind === kind);
    const own = alike.length > 0 ? alike : features;
    const mean = SURFACE.map((_, place) => meanOf(own.map(({ surface }) => surface[place] as number)));
    const spread = SURFACE.map((_, place) =>
      Math.sqrt(
        meanOf(own.map(({ surface }) => ((surface[place] as number) - (mean[place] as number)) ** 2)),
      ),
    );
    return { mean: mean.map(round), spread: spread.map((one) => round(one + SPREAD_FLOOR)) };
  });
}

/** Words of at least two questions, as bits. */
function wordsOf(features: readonly QuestionFeatures[]): string {
  const counts = new Uint16Array(1 << 16);
  for (const { words } of features) for (const word of words) counts[word] = (counts[word] as number) + 1;
  const bits = new Uint8Array(counts.length / 8);
  for (const [word, count] of counts.entries()) {
    if (count > 1) bits[word >> 3] = (bits[word >> 3] as number) | (1 << (word & 7));
  }
  return Buffer.from(bits).toString('base64');
}

function round(one: number): number {
  return Number(one.toFixed(4));
}

function mapOf<Name extends string, Value>(names: readonly Name[], valueOf: (name: Name) => Value) {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
