/** Facts about gate B: which drafts are kept. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeAfter, type DraftFacts } from '../../../src/route/after';
import type { Calibration } from '../../../src/route/calibration';
import { createConfidence } from '../../../src/route/confidence';
import { formFaultIn } from '../../../src/route/form-check';

const calibration = JSON.parse(readFileSync('src/route/calibration.json', 'utf8')) as Calibration;
const EVIDENCE = { signals: [], smallRight: 0.6, largeRight: 0.9, familiarity: 1, gain: 0.3 };
const NO_EVIDENCE = { signals: [] };
const draft = (more: Partial<DraftFacts> = {}): DraftFacts => ({
  question: 'What is the capital of France?',
  text: 'Paris.',
  isHandOver: false,
  ...more,
});
const wantedOf = (facts: DraftFacts, dial: number) =>
  judgeAfter(facts, { dial, before: NO_EVIDENCE, modelName: 'Starter model' }).wanted;
const token = (text: string, logprob: number) => ({ token: text, logprob, alternatives: [] });

test('a hand-over is escalated, however the dial stands', () => {
  expect(wantedOf(draft({ isHandOver: true }), 0)).toBe('hand_over');
  expect(wantedOf(draft({ isHandOver: true }), 1)).toBe('hand_over');
});

test('a draft that is empty or repeats itself is broken; one that reached its length is not', () => {
  expect(wantedOf(draft({ text: ' \n' }), 0)).toBe('broken');
  expect(wantedOf(draft({ cut: 'repetition' }), 0)).toBe('broken');
  expect(wantedOf(draft({ cut: 'length' }), 0.5)).toBeUndefined();
});

test('a model that says how sure it is, is taken at its word', () => {
  expect(wantedOf(draft({ firstLogprob: -0.01, worstLogprob: -0.1 }), 0.5)).toBeUndefined();
  expect(wantedOf(draft({ firstLogprob: -0.7, worstLogprob: -1.5 }), 0.5)).toBe('unsure');
  expect(wantedOf(draft({ firstLogprob: -0.7, worstLogprob: -1.5 }), 0)).toBeUndefined();
});

test('before anything is loaded a model without a verdict is judged by its mean, and without logprobs nothing is unsure', () => {
  expect(wantedOf(draft({ meanLogprob: -0.2, worstLogprob: -5 }), 0.5)).toBeUndefined();
  expect(wantedOf(draft({ meanLogprob: -2, worstLogprob: -5 }), 0.5)).toBe('unsure');
  expect(wantedOf(draft(), 1)).toBeUndefined();
});

test('a higher dial never keeps what a lower one sent', () => {
  const chance = fc.double({ min: -10, max: 0, noNaN: true });
  const dial = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(chance, chance, dial, dial, (firstLogprob, worstLogprob, one, other) => {
      const isSent = (at: number) => wantedOf(draft({ firstLogprob, worstLogprob }), at) !== undefined;
      expect(isSent(Math.max(one, other)) || !isSent(Math.min(one, other))).toBe(true);
    }),
  );
});

test('once loaded, an unlikely first token raises the odds of an error, and a price between keeps the one and sends the other', () => {
  const torn = draft({ firstToken: { logprob: -1.2, margin: 0.05, entropy: 1.3 } });
  const sure = draft({ firstToken: { logprob: -0.02, margin: 0.95, entropy: 0.1 } });
  const judge = (facts: DraftFacts, price: number) =>
    judgeAfter(facts, {
      dial: 0.5,
      before: { signals: [], smallRight: 0.6, largeRight: 0.9, familiarity: 1, gain: 0.3, price },
      calibration,
      modelName: 'Qwen3 0.6B',
    });
  const [tornRight, sureRight] = [torn, sure].map(
    (facts) => judge(facts, 0).evidence.draftRight as number,
  ) as [number, number];
  expect(sureRight).toBeGreaterThan(tornRight + 0.2);
  const between = 0.9 - (sureRight + tornRight) / 2;
  expect(judge(torn, between).wanted).toBe('unsure');
  expect(judge(sure, between).wanted).toBeUndefined();
});

test.for([
  ['49 - 57 = 192.', 'wrong_sum'],
  ['45 × 7 = 335.', 'wrong_sum'],
  ['12 + 30 = 42, as you see.', undefined],
  ['2 + 3 + 4 = 9', undefined],
  ['10 / 3 = 3.33', undefined],
  ['So 5 + 6 * 2 = 17', undefined],
  ['25% of 80 is 21.', 'wrong_sum'],
  ['1,200 * 3 = 3,600', undefined],
  ['I’m sorry, but I can’t help with that.', 'refused'],
  ['I cannot provide legal advice.', 'refused'],
  ['I am sorry to hear that.', undefined],
] as const)('“%s”: %s', ([text, wanted]) => {
  expect(wantedOf(draft({ text }), 0.5)).toBe(wanted);
});

test('an answer in another script than the question is noticed, a translation is not', () => {
  const text = 'The capital of France is Paris.';
  expect(wantedOf(draft({ question: 'Какая столица Франции?', text }), 0.5)).toBe('other_language');
  expect(
    wantedOf(draft({ question: 'Какая столица Франции? answer in English', text }), 0.5),
  ).toBeUndefined();
  expect(
    wantedOf(draft({ question: 'Translate “good morning” for me', text: 'Доброе утро, дорогой друг' }), 0.5),
  ).toBeUndefined();
});

test('only a first token without text is a verdict; the others give the worst and the mean', () => {
  const starter = createConfidence();
  starter.add([token('', -0.5), token('', -2)]);
  starter.add([token('Par', -1), token('is', 0)]);
  expect(starter.facts()).toEqual({ firstLogprob: -0.5, worstLogprob: -2, meanLogprob: -1 });
  const other = createConfidence();
  other.add([token('Par', -1), token('is', -3)]);
  expect(other.facts()).toEqual({ worstLogprob: -3, meanLogprob: -2 });
  expect(createConfidence().facts()).toEqual({});
});

test('the first token with letters or digits gives margin and entropy, among the likeliest', () => {
  const confidence = createConfidence();
  const alternatives = [
    { token: 'B', logprob: Math.log(0.7) },
    { token: 'C', logprob: Math.log(0.2) },
  ];
  confidence.add([token('\n', -0.1), { token: 'B', logprob: Math.log(0.7), alternatives }]);
  const { firstToken } = confidence.facts();
  expect(firstToken?.margin).toBeCloseTo(5 / 9);
  expect(firstToken?.logprob).toBeCloseTo(Math.log(7 / 9));
  expect(firstToken?.entropy).toBeCloseTo(-(7 / 9) * Math.log(7 / 9) - (2 / 9) * Math.log(2 / 9));
});

test('the whole draft gives its mean, its tenth and its worst eight tokens', () => {
  const confidence = createConfidence();
  const alternatives = [
    { token: 'B', logprob: -0.1 },
    { token: 'C', logprob: -3 },
  ];
  confidence.add([{ token: 'B', logprob: -0.1, alternatives }]);
  confidence.add(Array.from({ length: 39 }, (_, at) => token('x', at >= 10 && at < 18 ? -2 : 0)));
  const { whole } = confidence.facts().firstToken ?? {};
  expect(whole?.mean).toBeCloseTo(-16.1 / 40);
  expect(whole?.worst).toBeCloseTo(-2);
  expect(whole?.tenth).toBe(-2);
});

test('a second sample that says the same makes a draft likelier right, and only a close call asks for one', () => {
  const torn = draft({ text: 'The answer is 12.', question: 'How many apples are 3 boxes of 4?' });
  const judge = (price: number, more: Partial<DraftFacts> = {}) =>
    judgeAfter(
      { ...torn, ...more },
      { dial: 0.5, before: { ...EVIDENCE, price }, calibration, modelName: 'Qwen3 0.6B' },
    );
  const [same, none, other] = [{ isSameTwice: true }, {}, { isSameTwice: false }].map(
    (more) => judge(0, more).evidence.draftRight as number,
  ) as [number, number, number];
  expect(same).toBeGreaterThan(none + 0.02);
  expect(other).toBeLessThan(none - 0.02);
  const close = 0.9 - none;
  expect(judge(close).isClose).toBe(true);
  expect(judge(close, { isSameTwice: true }).wanted).toBeUndefined();
  expect(judge(close, { isSameTwice: false }).wanted).toBe('unsure');
  expect(judge(0.9).isClose).toBeUndefined();
  expect(judge(-0.9).isClose).toBeUndefined();
});

const SCHEMA =
  '{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"]}';

test.for([
  ['Answer only with valid JSON: who wrote Hamlet?', '{"author": "Shakespeare"}', undefined],
  ['Answer only with valid JSON: who wrote Hamlet?', '```json\n{"author": "Shakespeare"}\n```', undefined],
  ['Answer only with valid JSON: who wrote Hamlet?', 'Shakespeare wrote it.', 'wrong_form'],
  ['Answer only with valid JSON: who wrote Hamlet?', '{"author": "Shakespeare"', 'wrong_form'],
  [`Fill this schema for Ada, 36: ${SCHEMA}`, '{"name": "Ada", "age": 36}', undefined],
  [`Fill this schema for Ada, 36: ${SCHEMA}`, '{"name": "Ada", "age": "36"}', 'wrong_form'],
  [`Fill this schema for Ada, 36: ${SCHEMA}`, '{"name": "Ada"}', 'wrong_form'],
  ['What is JSON used for?', 'For data that programs exchange.', undefined],
  ['Write a function that returns JSON', 'function f() { return {}; }', undefined],
  ['What is the capital of France?', 'Paris', undefined],
] as const)('“%s” with “%s”: %s', ([question, text, wanted]) => {
  const { wanted: found } = judgeAfter(draft({ question, text }), {
    dial: 0.5,
    before: NO_EVIDENCE,
    formFaultIn,
    modelName: 'Qwen3 0.6B',
  });
  expect(found).toBe(wanted);
});
