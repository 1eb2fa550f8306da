/** Judges rows with the gates that ship: the expected gain of a call before the draft, and after it where one is known. */
import {
  familyOf,
  secondEvidenceOf,
  textInputsOf,
  textLogitOf,
  tokenEvidenceOf,
  tokenLogitOf,
  type Calibration,
} from '../calibration';
import type { Chances, GainModel } from '../gain-model';
import { featuresOf } from '../question-features';
import { logitOf, sigmoid } from './logistic';
import type { Draft, Row } from './rows';

export interface JudgedRow {
  readonly row: Row;
  /** The gain that gate A expects; absent where there is no question. */
  readonly before: number | undefined;
  readonly chances: Chances | undefined;
  /** Gate B's chance that the scored draft is right; absent where nothing is known of it. */
  readonly draftRight: number | undefined;
  /** Higher: the large model had better answer. Of the last gate that could judge; of a row that says nothing, the usual. */
  readonly score: number;
}

export interface Gates {
  readonly gain: GainModel;
  readonly calibration: Calibration;
  readonly usualLargeRight: number;
}

export function judgeRow(row: Row, gates: Gates): JudgedRow {
  const features = row.prompt === undefined ? undefined : featuresOf(row.prompt);
  const chances = features && gates.gain.chancesOf(features, row.weakModel, row.strongModel);
  const draft = row.drafts.find(({ model }) => model === row.weakModel) ?? row.drafts[0];
  const kind = features?.kind;
  const draftRight =
    draft && rightOf(draft, gates.calibration, chances && kind ? { chances, kind } : undefined);
  const before = chances?.gain;
  const after =
    draftRight === undefined ? undefined : largeRightOf(chances, gates.usualLargeRight) - draftRight;
  return { row, before, chances, draftRight, score: after ?? before ?? gates.gain.gainAtShare(0.5) };
}

/** What gate A's gain reckons with: of an unfamiliar question the usual. */
function largeRightOf(chances: Chances | undefined, usual: number): number {
  return chances ? chances.gain + chances.smallRight : usual;
}

function rightOf(
  { model, numbers, tokens, second }: Draft,
  calibration: Calibration,
  asked: { readonly chances: Chances; readonly kind: Parameters<typeof textInputsOf>[2] } | undefined,
): number | undefined {
  if (!numbers && !tokens && second === undefined) return undefined;
  const family = familyOf(model);
  const again = second === undefined ? 0 : secondEvidenceOf(calibration, second >= 0.5, family);
  const own = calibration.tokens[model];
  // Without a question only the tokens speak, of the very model where it was fitted.
  if (!asked)
    return tokens && sigmoid(tokenLogitOf((own ?? usualOf(calibration, family)).weights, tokens) + again);
  const prior = logitOf(asked.chances.smallRight);
  const text = numbers ? textLogitOf(calibration, textInputsOf(numbers, prior, asked.kind), family) : prior;
  return sigmoid(text + (tokens ? tokenEvidenceOf(calibration, tokens, own ? model : family) : 0) + again);
}

function usualOf({ tokens }: Calibration, family: string) {
  const name = Object.keys(tokens).find((one) => familyOf(one) === family) ?? 'usual';
  return tokens[name] ?? { weights: [] };
}
