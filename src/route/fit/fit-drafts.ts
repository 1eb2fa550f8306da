/** Fits gate B: how likely a draft is right, by its words and by its first token, for each family of models. */
import { familyOf, TEXT_INPUTS, textInputsOf, tokenInputsOf, type Calibration } from '../calibration';
import { featuresOf } from '../question-features';
import { foldOf, FOLDS, type GainFit } from './fit-gain';
import { fitLogistic, logitOf, sigmoid, sumOf, type SparseRow } from './logistic';
import type { OptionRow, Row } from './rows';
import { meanOf } from './scores';

const PENALTY = 10;

interface Draft extends SparseRow {
  readonly row: number;
  readonly fold: number;
  readonly isScored: boolean;
}

export interface TextFit {
  readonly text: Calibration['text'];
  /** For each row: P(right) of the scored small answer by the folds without it; undefined where its words are unknown. */
  readonly unseen: readonly (number | undefined)[];
}

export function fitText(rows: readonly Row[], gain: GainFit): TextFit {
  const families = [...new Set(rows.flatMap(({ post }) => post.map(({ model }) => familyOf(model))))].sort();
  const drafts = rows.flatMap((row, at) => draftsOf(row, at, gain, families));
  const fit = (own: readonly Draft[]) =>
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
  const named = families.map((family, at) => [family, round(intercepts[at] as number)] as const);
  const usual = round(meanOf([...intercepts]));
  return {
    text: { weights: Array.from(weights, round), families: { ...Object.fromEntries(named), usual } },
    unseen,
  };
}

function draftsOf(row: Row, at: number, gain: GainFit, families: readonly string[]): Draft[] {
  const { kind } = featuresOf(row.prompt);
  const fold = foldOf(row.prompt);
  return row.post.map(({ model, numbers, right }) => ({
    ...textInputsOf(numbers, logitOf((gain.unseen[at] as GainFit['unseen'][number]).small(model)), kind),
    seen: [{ group: families.indexOf(familyOf(model)), right }],
    weight: 1 / row.post.length,
    row: at,
    fold,
    isScored: model === row.weakModel,
  }));
}

/** From questions with options: whether the option that a model liked best was right, by how it liked it. */
export function fitTokens(rows: readonly OptionRow[]): Calibration['tokens'] {
  const models = [...new Set(rows.flatMap(({ models: own }) => Object.keys(own)))].sort();
  const of = (names: readonly string[]) => {
    const seen = rows.flatMap((row) => names.flatMap((name) => row.models[name] ?? []));
    const sparse = seen.map((one) => ({
      at: [0, 1, 2, 3],
      values: tokenInputsOf(one),
      seen: [{ group: 0, right: one.agrees }],
      weight: 1,
    }));
    const { weights, intercepts } = fitLogistic(sparse, { dimensions: 4, groups: 1, penalty: PENALTY });
    const [logprob, margin, entropy, constant] = weights;
    const all = [logprob, margin, entropy, (constant as number) + (intercepts[0] as number)];
    return {
      weights: all.map((one) => round(one as number)),
      usual: round(meanOf(seen.map(({ agrees }) => agrees))),
    };
  };
  const own = models.map((model) => [model, of([model])] as const);
  return { ...Object.fromEntries(own), usual: of(models) };
}

function round(one: number): number {
  return Number(one.toFixed(4));
}
