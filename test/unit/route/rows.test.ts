/** Facts about reading rows and scoring them: a file nobody has seen, rows that lack what others have, and collected drafts. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import type { Calibration } from '../../../src/route/calibration';
import { evidenceRowOf, isRight, questionOf } from '../../../src/route/fit/evidence-row';
import { fitFamilies } from '../../../src/route/fit/fit-family';
import { judgeRow } from '../../../src/route/fit/judge-rows';
import { isLabelled, readRows } from '../../../src/route/fit/rows';
import { lineOf } from '../../../src/route/fit/score-report';
import { createGainModel, type GainWeights } from '../../../src/route/gain-model';
import { shortAnswerOf } from '../../../src/route/short-answer';

const weights = JSON.parse(readFileSync('src/route/gain-weights.json', 'utf8')) as GainWeights;
const calibration = JSON.parse(readFileSync('src/route/calibration.json', 'utf8')) as Calibration;
const gates = { gain: createGainModel(weights), calibration, usualLargeRight: weights.usualLargeRight };
const folder = mkdtempSync(join(tmpdir(), 'rows-'));
afterAll(() => rmSync(folder, { recursive: true }));

const LINES = [
  { id: 'a', dataset: 'unseen', prompt: 'What is 2 + 2?', weak_correct: 1, strong_correct: 1 },
  { id: 'b', prompt: 'Prove the theorem.', weak_correct: 0 },
  { question: 'Who wrote Hamlet?' },
  { id: 7, w: { 'Qwen-7B': [1, -0.01, 0.98, 0.1], 'Yi-6B': [0, -1.2, 0.1, 1.2] } },
  { id: 'd', prompt: 'A or B?', weak: 'tiny', weak_correct: 0, strong_correct: 1, post: { other: [1, 2] } },
  {
    id: 'e',
    prompt: 'How many?',
    weak_correct: true,
    strong_correct: 1,
    post: [20, 4, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0],
  },
  { id: 'f', prompt: 'How well?', weak_correct: 7.5, strong_correct: 9, unknown: { deep: [] } },
  {},
];
const text = LINES.map((line) => JSON.stringify(line)).join('\n\n');

test.for([
  ['plain.jsonl', (bytes: string) => bytes],
  ['packed.jsonl.gz', (bytes: string) => gzipSync(bytes)],
  ['no-ending', (bytes: string) => gzipSync(bytes)],
] as const)('%s is read, and every row gets a score', ([name, pack]) => {
  const file = join(folder, name);
  writeFileSync(file, pack(text));
  const rows = readRows(file);
  expect(rows.map(({ id }) => id)).toEqual([
    'a',
    'b',
    expect.stringMatching(/:5$/),
    '7',
    'd',
    'e',
    'f',
    expect.any(String),
  ]);
  expect(rows.filter(isLabelled).map(({ id }) => id)).toEqual(['a', 'd', 'e', 'f']);
  for (const row of rows) expect(Number.isFinite(judgeRow(row, gates).score), row.id).toBe(true);
});

test('a line that is no JSON object is refused by its number', () => {
  const file = join(folder, 'broken.jsonl');
  writeFileSync(file, '{"id": 1}\n{"id": \n');
  expect(() => readRows(file)).toThrow(/broken\.jsonl, line 2/);
  writeFileSync(file, '[1]');
  expect(() => readRows(file)).toThrow(/line 1: an object is wanted/);
});

test('a sure first token means a lower score than an unsure one, without any question', () => {
  const scoreOf = (evidence: readonly number[]) => {
    const file = join(folder, 'tokens.jsonl');
    writeFileSync(file, JSON.stringify({ id: 'x', w: { 'Qwen-7B': evidence } }));
    return judgeRow(readRows(file)[0]!, gates).score;
  };
  expect(scoreOf([1, -0.01, 0.98, 0.08])).toBeLessThan(scoreOf([1, -1.3, 0.05, 1.5]) - 0.2);
});

test('what has no labels has no scores, what has only a small answer has an AUROC', () => {
  expect(lineOf('made', 'x', [{ weak: undefined, strong: undefined, score: 1 }]).scores).toEqual({});
  const half = [0, 1, 0, 1].map((weak, at) => ({ weak, strong: undefined, score: -at }));
  expect(Object.keys(lineOf('made', 'x', half).scores)).toEqual(['AUROC']);
});

test.for([
  ['It is 3 + 4 = 7, so there are 7 apples and 2 boxes. The answer is 7.', '7'],
  ['\\boxed{1,200}', '1200'],
  ['B. The mental nerve', 'b'],
  ['(C)', 'c'],
  ['The answer is: (D).', 'd'],
  ['Paris.', 'paris'],
  ['12', '12'],
  [`A long text ${'of many words '.repeat(8)}with no number`, undefined],
] as const)('“%s” comes to %s', ([said, short]) => {
  expect(shortAnswerOf(said)).toBe(short);
});

const draftOf = (said: string, more = {}) => ({
  text: said,
  logprobs: [],
  isHandOver: false,
  isCut: false,
  completionTokens: 5,
  firstTextMs: 10,
  durationMs: 30,
  ...more,
});

test.for([
  [['Paris'], 'The capital of France is Paris.', 1],
  [['Paris'], 'The capital is Parish.', 0],
  [['8'], 'A spider has 8 legs, and 2 parts: 8.', 1],
  [['8'], 'There are 18 of them.', 0],
  [['B'], 'B. blue', 1],
  [['B'], 'A. it is not B', 0],
  [['Shakespeare', 'Marlowe'], 'It was Marlowe', 1],
] as const)('%s, answered “%s”: %s', ([answers, said, right]) => {
  expect(isRight(answers, draftOf(said))).toBe(right);
});

test('a draft that hands over is not right', () => {
  expect(isRight(['Paris'], draftOf('Paris', { isHandOver: true }))).toBe(0);
});

test('a question without text is refused, one without an answer gets a row without a label', () => {
  expect(() => questionOf('{"id": 1}', 3)).toThrow(/prompt/);
  expect(() => questionOf('{"prompt": "a", "answer": {}}', 3)).toThrow(/answer/);
  const row = evidenceRowOf(questionOf('{"prompt": "Why?"}', 3), 'Tiny', draftOf('So.'));
  expect(row).not.toHaveProperty('weak_correct');
});

test('collected drafts fit a family: sure ones then count for more than unsure ones, and other families stay as they were', () => {
  const file = join(folder, 'drafts.jsonl');
  const logprobs = (logprob: number) => [
    {
      token: 'x',
      logprob,
      alternatives: [
        { token: 'x', logprob },
        { token: 'y', logprob: Math.log(1 - Math.exp(logprob)) },
      ],
    },
  ];
  const rows = Array.from({ length: 80 }, (_, at) => {
    const isSure = at % 2 === 0;
    const isGood = isSure ? at % 10 !== 0 : at % 10 === 1;
    const question = questionOf(
      JSON.stringify({ id: at, prompt: `What is ${at} plus one?`, answer: `${at + 1}` }),
      at,
    );
    const said = isGood ? `It is ${at + 1}.` : `It is ${at + 5}.`;
    const second = draftOf(isGood ? said : `It is ${at + 9}.`);
    return evidenceRowOf(
      question,
      'Novel 9B',
      draftOf(said, { logprobs: logprobs(isSure ? -0.05 : -0.6) }),
      second,
    );
  });
  writeFileSync(file, rows.map((row) => JSON.stringify(row)).join('\n'));
  const read = readRows(file);
  const [fit] = fitFamilies(read, gates.gain, calibration);
  expect(fit).toMatchObject({ family: 'novel-9b', drafts: 80, right: 40 });
  const fitted = { ...gates, calibration: fit!.calibration };
  const rightOf = (at: number) => judgeRow(read[at]!, fitted).draftRight as number;
  expect(rightOf(2)).toBeGreaterThan(rightOf(3) + 0.3);
  expect(fit!.calibration.second['novel-9b']!.same).toBeGreaterThan(1);
  expect(fit!.calibration.tokens['Qwen-7B']).toEqual(calibration.tokens['Qwen-7B']);
  expect(() => fitFamilies(read.slice(0, 5), gates.gain, calibration)).toThrow(/5 drafts have a label/);
});
