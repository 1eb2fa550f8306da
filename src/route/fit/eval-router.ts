/** `npm run eval:router -- --data FILE [--split dev] [--json] [--scores OUT.jsonl]`: scores the gates that ship on labelled questions. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { familyOf, tokenLogitOf, type Calibration } from '../calibration';
import { createGainModel, type GainWeights } from '../gain-model';
import { judgeRow, type JudgedRow } from './judge-rows';
import { PEERS } from './peers';
import { isLabelled, readRows, type Row } from './rows';
import { lineOf, tableOf, three, type Line } from './score-report';
import { calibrationErrorOf, meanOf } from './scores';

const USAGE = `Usage: npm run eval:router -- --data FILE_OR_FOLDER [--split dev] [--json] [--scores OUT.jsonl]
  FILE has one JSON object a line, gzipped or not: {id, dataset, prompt, weak_correct, strong_correct}, and where they are known
  weak, strong (names), q, post, w (see src/route/fit/rows.ts). What a row lacks is left out of the tables; every row gets a score.`;
/** The shares that the dial promises are checked at these. */
const SHARES = [0.1, 0.25, 0.5, 0.75];

const { data, split, scores, json } = argumentsOf();
const weights = shipped<GainWeights>('gain-weights.json');
const gates = {
  gain: createGainModel(weights),
  calibration: shipped<Calibration>('calibration.json'),
  usualLargeRight: weights.usualLargeRight,
};
const rows = read(data).filter((row) => split === undefined || row.split === split);
if (rows.length === 0) fail(`No rows${split === undefined ? '' : ` of split ${split}`} in ${data}.`);
const judged = rows.map((row) => judgeRow(row, gates));
if (scores) {
  writeFileSync(
    scores,
    judged.map(({ row, score }) => `${JSON.stringify({ id: row.id, p: score })}\n`).join(''),
  );
}
const asked = judged.filter(({ row }) => row.prompt !== undefined);
const report = setsOf(asked).flatMap(([set, own]) => linesOf(set, own));
const errors = Object.fromEntries(
  Object.entries({
    'small right, gate A': pairsOf(asked, ({ chances }) => chances?.smallRight, 'weak'),
    'large right': pairsOf(asked, ({ chances }) => chances?.largeRight, 'strong'),
    'small right, gate B': pairsOf(asked, ({ draftRight }) => draftRight, 'weak'),
  }).flatMap(([name, pairs]) => (pairs.length > 0 ? [[name, calibrationErrorOf(pairs)] as const] : [])),
);
const shares = asked.length === 0 ? [] : SHARES.map((promised) => ({ promised, sent: sentAt(promised) }));
const tokens = tokenLinesOf(rows);
const unlabelled = rows.filter(
  (row) => !isLabelled(row) && row.drafts.every(({ right }) => right === undefined),
);

if (json) console.log(JSON.stringify({ rows: rows.length, report, errors, shares, tokens }, null, 1));
else print();

/** The gates and their peers on one set. */
function linesOf(set: string, own: readonly JudgedRow[]): Line[] {
  const scored = (scoreOf: (one: JudgedRow) => number) =>
    own.map((one) => ({ weak: one.row.weak, strong: one.row.strong, score: scoreOf(one) }));
  const hasDrafts = own.some(({ draftRight }) => draftRight !== undefined);
  return [
    lineOf(
      set,
      'gate A',
      scored(({ before }) => before as number),
    ),
    ...(hasDrafts
      ? [
          lineOf(
            set,
            'gate B',
            scored(({ score }) => score),
          ),
        ]
      : []),
    ...Object.entries(PEERS).map(([name, peer]) => {
      const scoreOf = peer();
      return lineOf(
        set,
        name,
        scored(({ row }) => scoreOf(row)),
      );
    }),
  ];
}

function setsOf(all: readonly JudgedRow[]): [string, readonly JudgedRow[]][] {
  const names = [...new Set(all.map(({ row }) => row.dataset))];
  const small = all.filter(({ row }) => !/^(Mixtral-8x7B-Instruct|usual)$/.test(row.weakModel));
  return [
    ...names.map((name): [string, JudgedRow[]] => [name, all.filter(({ row }) => row.dataset === name)]),
    ...(small.length > 0 && small.length < all.length
      ? [['small models, pooled', small] as [string, JudgedRow[]]]
      : []),
    ...(names.length > 1 ? [['all, pooled', all] as [string, readonly JudgedRow[]]] : []),
  ];
}

/** How well the first token alone tells right options from wrong ones, for each model, by set and over all. */
function tokenLinesOf(all: readonly Row[]): Line[] {
  const seen = all.flatMap(({ dataset, drafts }) =>
    drafts.flatMap(({ model, tokens: facts, right }) => {
      if (!facts || right === undefined) return [];
      const { tokens: known } = gates.calibration;
      const name =
        model in known ? model : Object.keys(known).find((one) => familyOf(one) === familyOf(model));
      const { weights: own } = known[name ?? 'usual'] ?? { weights: [] };
      return [{ dataset, model, weak: right, strong: undefined, score: -tokenLogitOf(own, facts) }];
    }),
  );
  const models = [...new Set(seen.map(({ model }) => model))];
  const sets = [...new Set(seen.map(({ dataset }) => dataset))];
  return [...sets, ...(sets.length > 1 ? [undefined] : [])].flatMap((set) =>
    models.flatMap((model) => {
      const own = seen.filter((one) => one.model === model && (set === undefined || one.dataset === set));
      return own.length === 0 ? [] : [lineOf(set ?? 'all, pooled', model, own)];
    }),
  );
}

function pairsOf(
  all: readonly JudgedRow[],
  chanceOf: (one: JudgedRow) => number | undefined,
  side: 'weak' | 'strong',
) {
  return all.flatMap((one) => {
    const p = chanceOf(one);
    const is = one.row[side];
    // Marks on another scale are no chances.
    return p === undefined || is === undefined || is < 0 || is > 1 ? [] : [{ p, is }];
  });
}

function sentAt(share: number): number {
  const price = gates.gain.gainAtShare(share);
  return meanOf(asked.map(({ before }) => ((before as number) > price ? 1 : 0)));
}

function print(): void {
  if (report.length > 0) console.log(`${tableOf(report)}\n`);
  if (Object.keys(errors).length > 0) console.log('Expected calibration error:');
  for (const [name, error] of Object.entries(errors)) console.log(`- ${name}: ${three(error)}`);
  if (shares.length > 0) console.log('\nThe dial promises that a share goes to the large model, and sends:');
  for (const { promised, sent } of shares) console.log(`- ${promised}: ${three(sent)}`);
  if (tokens.length > 0)
    console.log('\nAUROC of the first token alone, with what 95 % of resamples lie between:');
  for (const {
    set,
    router,
    scores: { AUROC },
    intervals,
  } of tokens) {
    const [low = 0, high = 0] = intervals.AUROC ?? [];
    if (AUROC !== undefined)
      console.log(`- ${set}, ${router}: ${three(AUROC)} (${three(low)} to ${three(high)})`);
  }
  if (unlabelled.length > 0)
    console.log(`\n${unlabelled.length} rows have no labels: scored, but in no table.`);
}

function read(path: string): Row[] {
  try {
    return readRows(path);
  } catch (error) {
    return fail((error as Error).message);
  }
}

function argumentsOf() {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        split: { type: 'string' },
        scores: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
    return { ...values, data: values.data ?? fail(USAGE) };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function fail(words: string): never {
  console.error(words);
  process.exit(2);
}

function shipped<Data>(name: string): Data {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8')) as Data;
}
