/** Fits gate B to one more family of models on collected drafts, on top of what ships: its level, its tokens, its second sample. */
import { familyOf, textInputsOf, textLogitOf, tokenInputsOf, type Calibration } from '../calibration';
import type { GainModel } from '../gain-model';
import { featuresOf } from '../question-features';
import { CONSTANT, round, secondOf } from './fit-drafts';
import { fitLogistic, logitOf } from './logistic';
import type { Draft, Row } from './rows';

/** Of a weight of the tokens: with few drafts they say little, and never the wrong thing loudly. */
const PENALTY = 3;
/** Fewer than these tell nothing. */
const LEAST = 20;

export interface FamilyFit {
  readonly family: string;
  /** Drafts with a label. */
  readonly drafts: number;
  readonly right: number;
  readonly calibration: Calibration;
}

/** Throws an Error where too few drafts are labelled, or all are right or wrong. */
export function fitFamilies(rows: readonly Row[], gain: GainModel, shipped: Calibration): FamilyFit[] {
  const named = rows.flatMap((row) =>
    row.drafts.map((draft) => ({ row, draft, family: familyOf(draft.model) })),
  );
  const families = [...new Set(named.map(({ family }) => family))].sort();
  let calibration = shipped;
  return families.map((family) => {
    const own = named.filter((one) => one.family === family);
    const fit = fitFamily(family, own, gain, calibration);
    ({ calibration } = fit);
    return fit;
  });
}

function fitFamily(
  family: string,
  named: readonly { readonly row: Row; readonly draft: Draft }[],
  gain: GainModel,
  before: Calibration,
): FamilyFit {
  const known = named.flatMap(({ row, draft }) => {
    const { right, numbers, tokens, second, model } = draft;
    if (row.prompt === undefined || right === undefined || !numbers) return [];
    const features = featuresOf(row.prompt);
    const prior = logitOf(gain.chancesOf(features, model).smallRight);
    // By the words alone, as of a family of its own.
    const text = textLogitOf(before, textInputsOf(numbers, prior, features.kind), '');
    return [{ right, text, tokens, second }];
  });
  const right = known.reduce((sum, one) => sum + one.right, 0);
  if (known.length < LEAST)
    throw new Error(`${family}: ${known.length} drafts have a label, at least ${LEAST} are wanted.`);
  if (right === 0 || right === known.length)
    throw new Error(
      `${family}: all ${known.length} drafts are ${right === 0 ? 'wrong' : 'right'}: nothing to tell apart.`,
    );

  const level = fitLogistic(
    known.map((one) => ({
      at: [],
      values: [],
      seen: [{ group: 0, right: one.right }],
      weight: 1,
      offset: one.text,
    })),
    { dimensions: 0, groups: 1, penalty: 1 },
  ).intercepts[0] as number;
  const families = { ...before.text.families, [family]: round((before.text.families.usual ?? 0) + level) };

  const sure = known.flatMap(({ tokens, ...one }) =>
    tokens ? [{ ...one, inputs: tokenInputsOf(tokens) }] : [],
  );
  const tokens = sure.length < LEAST ? {} : { [family]: tokenWeightsOf(sure, level) };
  const twice = known.flatMap((one) =>
    one.second === undefined ? [] : [{ right: one.right, isSame: one.second }],
  );
  const second = twice.length < LEAST ? {} : { [family]: roundedOf(secondOf(twice)) };
  return {
    family,
    drafts: known.length,
    right,
    calibration: {
      text: { ...before.text, families },
      tokens: { ...before.tokens, ...tokens },
      second: { ...before.second, ...second },
    },
  };
}

/** What the tokens add to the words: of a share of one half, since the words carry the level already. */
function tokenWeightsOf(
  sure: readonly { readonly inputs: readonly number[]; readonly text: number; readonly right: number }[],
  level: number,
) {
  const { weights, intercepts } = fitLogistic(
    sure.map(({ inputs, text, right }) => ({
      at: inputs.map((_, at) => at),
      values: inputs,
      seen: [{ group: 0, right }],
      weight: 1,
      offset: text + level,
    })),
    { dimensions: (sure[0]?.inputs ?? []).length, groups: 1, penalty: PENALTY },
  );
  const all = [...weights];
  all[CONSTANT] = (all[CONSTANT] as number) + (intercepts[0] as number);
  return { weights: all.map(round), usual: 0.5 };
}

function roundedOf({ same, other }: { readonly same: number; readonly other: number }) {
  return { same: round(same), other: round(other) };
}
