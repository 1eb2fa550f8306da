/** Fits gate B: how likely a draft is right, by its words, its tokens and a second sample, for each family of models. */
import { familyOf, TEXT_INPUTS, textInputsOf, tokenInputsOf, type Calibration } from '../calibration';
import { featuresOf } from '../question-features';
import { shortAnswerOf } from '../short-answer';
import { foldOf, FOLDS, type GainFit } from './fit-gain';
import { fitLogistic, logitOf, sigmoid, sumOf, type SparseRow } from './logistic';
import type { LabelledRow, Row } from './rows';
import { meanOf } from './scores';

const PENALTY = 10;
/** Two samples of one model share its errors, and agree for less reason than two models do. Chosen by hand: `collect:drafts` measures it. */
const ONE_MODEL = 0.5;

interface DraftRow extends SparseRow {
  readonly row: number;
  readonly fold: number;
  readonly isScored: boolean;
}

export interface TextFit {
  readonly text: Calibration['text'];
  /** For each row: P(right) of the scored small answer by the folds without it; undefined where its words are unknown. */
  readonly unseen: readonly (number | undefined)[];
}

export function fitText(rows: readonly LabelledRow[], gain: GainFit): TextFit {
  const named = rows.flatMap(({ drafts }) => drafts.map(({ model }) => familyOf(model)));
  const families = [...new Set(named)].sort();
  const drafts = rows.flatMap((row, at) => draftsOf(row, at, gain, families));
  const fit = (own: readonly DraftRow[]) =>
    fitLogistic(own, { dimensions: TEXT_INPUTS, groups: families.length, penalty: PENALTY });
  const unseen: (number | undefined)[] = rows.map(() => undefined);
  for (let fold = 0; fold < FOLDS; fold++) {
    const { weights, intercepts } = fit(drafts.filter((draft) => draft.fold !== fold));
    for (const draft of drafts) {
      if (draft.fold !== fold || !draft.isScored) continue;
      const group = (draft.seen[0] as SparseRow['seen'][number]).group;
      unseen[draft.row] = sigmoid(sumOf(draft, weights) + (intercepts[group] as number));
    }
  }
  const { weights, intercepts } = fit(drafts);
  const own = families.map((family, at) => [family, round(intercepts[at] as number)] as const);
  const usual = round(meanOf([...intercepts]));
  return {
    text: { weights: Array.from(weights, round), families: { ...Object.fromEntries(own), usual } },
    unseen,
  };
}

function draftsOf(row: LabelledRow, at: number, gain: GainFit, families: readonly string[]): DraftRow[] {
  const { kind } = featuresOf(row.prompt);
  const fold = foldOf(row.prompt);
  const { small } = gain.unseen[at] as GainFit['unseen'][number];
  const known = row.drafts.flatMap(({ model, numbers, right }) =>
    numbers && right !== undefined ? [{ model, numbers, right }] : [],
  );
  return known.map(({ model, numbers, right }) => ({
    ...textInputsOf(numbers, logitOf(small(model)), kind),
    seen: [{ group: families.indexOf(familyOf(model)), right }],
    weight: 1 / known.length,
    row: at,
    fold,
    isScored: model === row.weakModel,
  }));
}

/** From questions with options: whether the option that a model liked best was right, by how it liked it. */
export function fitTokens(rows: readonly Row[]): Calibration['tokens'] {
  const known = rows.flatMap(({ drafts }) =>
    drafts.flatMap(({ model, tokens, right }) =>
      tokens && right !== undefined ? [{ model, tokens, right }] : [],
    ),
  );
  const of = (isIn: (model: string) => boolean) => {
    const own = known.filter(({ model }) => isIn(model));
    const sparse = own.map(({ tokens, right }) => rowOf(tokenInputsOf(tokens), right));
    const { weights, intercepts } = fitLogistic(sparse, {
      dimensions: tokenInputsOf(own[0]!.tokens).length,
      groups: 1,
      penalty: PENALTY,
    });
    const all = [...weights];
    all[CONSTANT] = (all[CONSTANT] as number) + (intercepts[0] as number);
    return { weights: all.map(round), usual: round(meanOf(own.map(({ right }) => right))) };
  };
  const models = [...new Set(known.map(({ model }) => model))].sort();
  const own = models.map((model) => [model, of((one) => one === model)] as const);
  return { ...Object.fromEntries(own), usual: of(() => true) };
}

/** The place of the constant among a token's inputs. */
export const CONSTANT = 3;

function rowOf(values: readonly number[], right: number): SparseRow {
  return { at: values.map((_, at) => at), values, seen: [{ group: 0, right }], weight: 1 };
}

/** From pairs of small models that answered the same question. */
export function fitSecond(rows: readonly Row[]): Calibration['second'][string] {
  const pairs = rows.flatMap(({ answers, seen }) =>
    seen.small.flatMap(({ model, right }) => {
      const own = answers[model];
      return seen.small.flatMap((other) => {
        const said = answers[other.model];
        if (other.model === model || own === undefined || said === undefined) return [];
        return [{ right, isSame: shortAnswerOf(own) === shortAnswerOf(said) ? 1 : 0 }];
      });
    }),
  );
  const { same, other } = secondOf(pairs);
  return { same: round(ONE_MODEL * same), other: round(ONE_MODEL * other) };
}

/** How many times likelier agreement, and its lack, are of a right answer than of a wrong one, as logarithms; one is added to each count. */
export function secondOf(pairs: readonly { readonly right: number; readonly isSame: number }[]) {
  const countOf = (right: number, isSame: number) =>
    1 + pairs.filter((one) => one.right === right && one.isSame === isSame).length;
  const shareOf = (right: number) => countOf(right, 1) / (countOf(right, 1) + countOf(right, 0));
  return {
    same: Math.log(shareOf(1) / shareOf(0)),
    other: Math.log((1 - shareOf(1)) / (1 - shareOf(0))),
  };
}

export function round(one: number): number {
  return Number(one.toFixed(4));
}
