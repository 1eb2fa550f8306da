/** Fits gate A's two heads on labelled questions, with predictions for each question from a fit that did not see it. */
import { createHash } from 'node:crypto';
import {
  familiarityOf,
  groupOf,
  GROUPS,
  INPUTS,
  inputsOf,
  SIDES,
  type GainWeights,
  type Group,
  type HeadWeights,
  type Side,
} from '../gain-model';
import { BUCKETS, featuresOf, KINDS, SURFACE, type QuestionFeatures } from '../question-features';
import { fitLogistic, sigmoid, sumOf, type SparseRow } from './logistic';
import type { LabelledRow, Row } from './rows';
import { meanOf } from './scores';

export interface GainFit {
  readonly weights: GainWeights;
  /** For each row, from the folds without it. */
  readonly unseen: readonly {
    readonly small: (model: string) => number;
    readonly large: (model: string) => number;
    readonly gain: number;
  }[];
}

/** In units of one row's loss; found by the folds on the train rows. The large head has fewer errors to learn from, and so less to lose. */
const PENALTY = { choices: { small: 5, large: 5 }, open: { small: 10, large: 1 } } as const;
export const FOLDS = 5;
const SPREAD_FLOOR = 0.05;

interface Head {
  readonly weights: Float64Array;
  readonly abilities: Readonly<Record<string, number>>;
}

export function fitGain(rows: readonly LabelledRow[], rounds = 60): GainFit {
  const features = rows.map(({ prompt }) => featuresOf(prompt));
  const usual = usualOf(features);
  const inputs = features.map((one) => inputsOf(one, usual));
  const folds = rows.map(({ prompt }) => foldOf(prompt));
  const words = wordsOf(features);
  const zs = rows.map(() => ({ small: 0, large: 0 }));
  const abilities = rows.map((): Record<Side, Record<string, number>> => ({ small: {}, large: {} }));
  const fit = (group: Group, side: Side, isIn: (at: number) => boolean): Head => {
    const places = rows.flatMap((row, at) =>
      groupOf((features[at] as QuestionFeatures).kind) === group && row.seen[side].length > 0 && isIn(at)
        ? [at]
        : [],
    );
    return fitHead(
      places.map((at) => ({
        ...(inputs[at] as (typeof inputs)[number]),
        seen: (rows[at] as LabelledRow).seen[side],
      })),
      PENALTY[group][side],
      rounds,
    );
  };
  const heads = mapOf(GROUPS, (group) =>
    mapOf(SIDES, (side): HeadWeights => {
      for (let fold = 0; fold < FOLDS; fold++) {
        const head = fit(group, side, (at) => folds[at] !== fold);
        for (const [at, one] of inputs.entries()) {
          if (folds[at] !== fold || groupOf((features[at] as QuestionFeatures).kind) !== group) continue;
          (zs[at] as Record<Side, number>)[side] = sumOf(one, head.weights);
          (abilities[at] as Record<Side, Record<string, number>>)[side] = head.abilities;
        }
      }
      const whole = fit(group, side, () => true);
      const pairs = rows.flatMap((row, at) =>
        groupOf((features[at] as QuestionFeatures).kind) !== group
          ? []
          : row.seen[side].map(({ model, right }) => ({
              logit:
                (zs[at] as Record<Side, number>)[side] +
                abilityOf((abilities[at] as Record<Side, Record<string, number>>)[side], model),
              right,
              weight: 1 / row.seen[side].length,
            })),
      );
      return packed(whole, plattOf(pairs));
    }),
  );
  const usualLargeRight = round(meanOf(rows.map(({ strong }) => strong)));
  const known = Uint8Array.from(Buffer.from(words, 'base64'));
  const unseen = rows.map((row, at) => {
    const group = heads[groupOf((features[at] as QuestionFeatures).kind)];
    const chance = (side: Side) => (model: string) => {
      const [slope, intercept] = group[side].calibration;
      const own = (abilities[at] as Record<Side, Record<string, number>>)[side];
      return sigmoid(slope * ((zs[at] as Record<Side, number>)[side] + abilityOf(own, model)) + intercept);
    };
    const [small, large] = [chance('small'), chance('large')];
    const familiarity = familiarityOf((features[at] as QuestionFeatures).words, known);
    const expected = familiarity * large(row.strongModel) + (1 - familiarity) * usualLargeRight;
    return { small, large, gain: expected - small(row.weakModel) };
  });
  const gains = unseen.map(({ gain }) => gain).sort((a, b) => b - a);
  const gainAtShare = Array.from({ length: 101 }, (_, share) =>
    round(
      share === 0
        ? 1
        : share === 100
          ? -1
          : (gains[Math.round((share / 100) * (gains.length - 1))] as number),
    ),
  );
  return { weights: { usual, groups: heads, words, usualLargeRight, gainAtShare }, unseen };
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

function fitHead(
  rows: readonly (Pick<SparseRow, 'at' | 'values'> & { readonly seen: Row['seen'][Side] })[],
  penalty: number,
  rounds: number,
): Head {
  const models = [...new Set(rows.flatMap(({ seen }) => seen.map(({ model }) => model)))].sort();
  const sparse = rows.map(({ at, values, seen }) => ({
    at,
    values,
    seen: seen.map(({ model, right }) => ({ group: models.indexOf(model), right })),
    weight: 1,
  }));
  const { weights, intercepts } = fitLogistic(sparse, {
    dimensions: INPUTS,
    groups: models.length,
    penalty,
    rounds,
  });
  const abilities = Object.fromEntries(models.map((model, at) => [model, intercepts[at] as number]));
  return { weights, abilities: { ...abilities, usual: meanOf(Object.values(abilities)) } };
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
