/** `npm run eval:router -- --data FILE [--split dev] [--json] [--scores OUT.jsonl]`: scores the gates that ship on labelled questions. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { familyOf, textInputsOf, textLogitOf, tokenLogitOf, type Calibration } from '../calibration';
import { createGainModel, type GainWeights } from '../gain-model';
import { featuresOf } from '../question-features';
import { logitOf, sigmoid } from './logistic';
import { createChance, PEERS } from './peers';
import { readOptionRows, readRows, type Row } from './rows';
import {
  apgrOf,
  aurocOf,
  calibrationErrorOf,
  callsFor,
  cptOf,
  headroomOf,
  meanOf,
  type Outcome,
} from './scores';

const RESAMPLES = 200;
/** The shares that the dial promises are checked at these. */
const SHARES = [0.1, 0.25, 0.5, 0.75];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    split: { type: 'string' },
    scores: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (!options.data) {
  console.error(
    'Usage: npm run eval:router -- --data FILE_OR_FOLDER [--split dev] [--json] [--scores OUT.jsonl]',
  );
  process.exit(2);
}

const model = createGainModel(shipped<GainWeights>('gain-weights.json'));
const calibration = shipped<Calibration>('calibration.json');
const rows = readRows(options.data).filter(({ split }) => !options.split || split === options.split);
const judged = rows.map(judge);
const report: Record<string, unknown>[] = [];

for (const [set, isIn] of setsOf(rows)) {
  const own = judged.filter(({ row }) => isIn(row));
  const ofRows = own.map(({ row }) => row);
  add(
    set,
    'gate A',
    own.map(({ row, before }) => ({ weak: row.weak, strong: row.strong, score: before })),
    true,
  );
  const drafted = own.filter(({ after }) => after !== undefined);
  if (drafted.length > 0) {
    add(
      set,
      'gate B',
      own.map(({ row, before, after }) => ({ weak: row.weak, strong: row.strong, score: after ?? before })),
      true,
    );
  }
  for (const [name, peer] of Object.entries(PEERS)) add(set, name, peer(ofRows), false);
}
const errors = {
  'small right, gate A': calibrationErrorOf(judged.map(({ row, small }) => ({ p: small, is: row.weak }))),
  'large right': calibrationErrorOf(judged.map(({ row, large }) => ({ p: large, is: row.strong }))),
  'small right, gate B': calibrationErrorOf(
    judged.flatMap(({ row, right }) => (right === undefined ? [] : [{ p: right, is: row.weak }])),
  ),
};
const shares = SHARES.map((promised) => ({
  promised,
  sent: meanOf(judged.map(({ before }) => (before > model.gainAtShare(promised) ? 1 : 0))),
}));
const tokens = tokenScores();

if (options.scores) {
  writeFileSync(
    options.scores,
    judged
      .map(({ row, before, after }) => `${JSON.stringify({ id: row.id, p: after ?? before })}\n`)
      .join(''),
  );
}
if (options.json) console.log(JSON.stringify({ report, errors, shares, tokens }, null, 1));
else print();

/** `before`, `after`: the gain that each gate expects of the large model. */
function judge(row: Row) {
  const features = featuresOf(row.prompt);
  const { smallRight, largeRight, gain } = model.chancesOf(features, row.weakModel, row.strongModel);
  const draft = row.post.find((one) => one.model === row.weakModel);
  const right =
    draft &&
    sigmoid(
      textLogitOf(
        calibration,
        textInputsOf(draft.numbers, logitOf(smallRight), features.kind),
        familyOf(row.weakModel),
      ),
    );
  return {
    row,
    before: gain,
    after: right === undefined ? undefined : gain + smallRight - right,
    small: smallRight,
    large: largeRight,
    right,
  };
}

function add(set: string, router: string, outcomes: readonly Outcome[], isOurs: boolean): void {
  const line = {
    set,
    router,
    n: outcomes.length,
    APGR: apgrOf(outcomes),
    CPT50: cptOf(outcomes, 0.5),
    CPT80: cptOf(outcomes, 0.8),
    c95: callsFor(outcomes, 0.95),
    c99: callsFor(outcomes, 0.99),
    HC: headroomOf(outcomes),
    AUROC: aurocOf(outcomes),
  };
  report.push(isOurs ? { ...line, ...intervalOf(outcomes) } : line);
}

/** 95 % of bootstrap resamples lie between. */
function intervalOf(outcomes: readonly Outcome[]) {
  const chance = createChance(1);
  const samples = Array.from({ length: RESAMPLES }, () => {
    const own = outcomes.map(() => outcomes[Math.floor(chance() * outcomes.length)] as Outcome);
    return { APGR: apgrOf(own), HC: headroomOf(own) };
  });
  const between = (name: 'APGR' | 'HC') => {
    const sorted = samples.map((one) => one[name]).sort((a, b) => a - b);
    return [sorted[Math.floor(0.025 * RESAMPLES)] as number, sorted[Math.floor(0.975 * RESAMPLES)] as number];
  };
  return { APGR_95: between('APGR'), HC_95: between('HC') };
}

function setsOf(all: readonly Row[]): [string, (row: Row) => boolean][] {
  const names = [...new Set(all.map(({ dataset }) => dataset))];
  const isSmall = (row: Row) => row.weakModel !== 'Mixtral-8x7B-Instruct';
  return [
    ...names.map((name): [string, (row: Row) => boolean] => [name, ({ dataset }) => dataset === name]),
    ...(all.some(isSmall) ? [['small models, pooled', isSmall] as [string, typeof isSmall]] : []),
    ...(names.length > 1 ? [['all, pooled', () => true] as [string, () => boolean]] : []),
  ];
}

/** How well the first token alone tells right options from wrong ones, for each model. */
function tokenScores(): Record<string, number> {
  const folder = options.data as string;
  if (!statSync(folder).isDirectory() || !existsSync(join(folder, 'fidelity.jsonl.gz'))) return {};
  const own = readOptionRows(folder).filter(({ split }) => !options.split || split === options.split);
  const scores: Record<string, number> = {};
  for (const dataset of new Set(own.map((row) => row.dataset))) {
    for (const [name, { weights }] of Object.entries(calibration.tokens)) {
      const outcomes = own.flatMap((row) => {
        const one = row.dataset === dataset ? row.models[name] : undefined;
        return one ? [{ weak: one.agrees, score: -tokenLogitOf(weights, one) }] : [];
      });
      if (outcomes.length > 0) scores[`${dataset}, ${name}`] = aurocOf(outcomes);
    }
  }
  return scores;
}

function print(): void {
  const three = (value: unknown): string =>
    typeof value === 'number'
      ? Number.isInteger(value)
        ? `${value}`
        : value.toFixed(3)
      : Array.isArray(value)
        ? value.map(three).join('–')
        : String(value);
  console.log(
    '| set | router | n | APGR | 95 % | CPT(50 %) | CPT(80 %) | c95 | c99 | HC | 95 % | AUROC |\n|---|---|---|---|---|---|---|---|---|---|---|---|',
  );
  for (const { set, router, n, APGR, APGR_95, CPT50, CPT80, c95, c99, HC, HC_95, AUROC } of report) {
    const cells = [set, router, n, APGR, APGR_95 ?? '', CPT50, CPT80, c95, c99, HC, HC_95 ?? '', AUROC];
    console.log(`| ${cells.map(three).join(' | ')} |`);
  }
  console.log('\nExpected calibration error:');
  for (const [name, error] of Object.entries(errors)) console.log(`- ${name}: ${three(error)}`);
  console.log('\nThe dial promises that a share goes to the large model, and sends:');
  for (const { promised, sent } of shares) console.log(`- ${promised}: ${three(sent)}`);
  if (Object.keys(tokens).length > 0) console.log('\nAUROC of the first token alone:');
  for (const [name, auroc] of Object.entries(tokens)) console.log(`- ${name}: ${three(auroc)}`);
}

function shipped<Data>(name: string): Data {
  return JSON.parse(readFileSync(join('src/route', name), 'utf8')) as Data;
}
