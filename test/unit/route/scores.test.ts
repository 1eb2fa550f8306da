/** Facts about how routers are scored, and about what ships. */
import { readFileSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createGainModel, type GainWeights } from '../../../src/route/gain-model';
import { fitGain } from '../../../src/route/fit/fit-gain';
import { createChance, PEERS } from '../../../src/route/fit/peers';
import type { LabelledRow } from '../../../src/route/fit/rows';
import {
  apgrOf,
  aurocOf,
  calibrationErrorOf,
  callsFor,
  cptsOf,
  headroomOf,
  oracleOf,
  pointsOf,
} from '../../../src/route/fit/scores';
import { featuresOf } from '../../../src/route/question-features';

const chance = createChance(7);
const outcomes = Array.from({ length: 4_000 }, () => {
  const weak = chance() < 0.5 ? 1 : 0;
  return { weak, strong: weak === 1 || chance() < 0.6 ? 1 : 0, score: chance() };
});

test('chance recovers half of the gap, needs half of the calls for half of it, and captures no headroom', () => {
  expect(apgrOf(outcomes)).toBeCloseTo(0.5, 1);
  const { points, weak, strong } = pointsOf(outcomes);
  expect(cptsOf(points, weak, strong, [0.5])[0]).toBeCloseTo(0.5, 1);
  expect(Math.abs(headroomOf(outcomes))).toBeLessThan(0.1);
  expect(aurocOf(outcomes)).toBeCloseTo(0.5, 1);
});

test('one that knows who is right captures all headroom, and calls no more often than it must', () => {
  const oracle = oracleOf(outcomes);
  expect(headroomOf(oracle)).toBeCloseTo(1, 9);
  const gap = outcomes.filter(({ weak, strong }) => strong > weak).length / outcomes.length;
  expect(callsFor(oracle, [1])[0]).toBeCloseTo(gap, 6);
});

test('probabilities that are right have no calibration error, those that are off by a fifth have one of a fifth', () => {
  const pairs = Array.from({ length: 20_000 }, () => {
    const p = chance();
    return { p, is: chance() < p ? 1 : 0 };
  });
  expect(calibrationErrorOf(pairs)).toBeLessThan(0.02);
  expect(calibrationErrorOf(pairs.map(({ p, is }) => ({ p: p * 0.8, is })))).toBeGreaterThan(0.08);
});

const row = (prompt: string, weak: number, strong: number): LabelledRow => ({
  id: prompt,
  dataset: 'made',
  split: 'train',
  prompt,
  weak,
  strong,
  seen: { small: [{ model: 'tiny', right: weak }], large: [{ model: 'big', right: strong }] },
  drafts: [],
  answers: {},
  weakModel: 'tiny',
  strongModel: 'big',
});
const made = Array.from({ length: 240 }, (_, at) =>
  at % 2
    ? row(`How many apples are ${at} boxes of ${at + 3}?`, 1, 1)
    : row(`Why does ${at} orbit the galaxy of ${at}?`, 0, 1),
);

test(
  'the fit is the same on every run, and learns which questions the small model gets right',
  { timeout: 30_000 },
  () => {
    const [first, second] = [fitGain(made, 8), fitGain(made, 8)];
    expect(JSON.stringify(first.weights)).toBe(JSON.stringify(second.weights));
    const model = createGainModel(first.weights);
    const easy = model.chancesOf(featuresOf('How many apples are 7 boxes of 9?'), 'tiny', 'big');
    const hard = model.chancesOf(featuresOf('Why does 7 orbit the galaxy of 9?'), 'tiny', 'big');
    expect(easy.smallRight).toBeGreaterThan(hard.smallRight + 0.3);
    expect(hard.gain).toBeGreaterThan(easy.gain);
  },
);

test('no peer but the oracle is near it', () => {
  const peerOf = (name: string) => (PEERS[name] as (typeof PEERS)[string])();
  const scored = (name: string) =>
    apgrOf(made.map((one) => ({ weak: one.weak, strong: one.strong, score: peerOf(name)(one) })));
  expect(scored('oracle')).toBeGreaterThan(scored('random'));
});

const weights = JSON.parse(readFileSync('src/route/gain-weights.json', 'utf8')) as GainWeights;

test('what ships is within 300 kB, and a larger share never has a higher price', () => {
  const bytes = ['gain-weights', 'calibration'].map((name) => statSync(`src/route/${name}.json`).size);
  expect(bytes[0]! + bytes[1]!).toBeLessThan(300_000);
  const prices = weights.gainAtShare;
  expect(prices).toHaveLength(101);
  expect(prices.every((price, share) => share === 0 || price <= (prices[share - 1] as number))).toBe(true);
});

test('chances are chances, for anything that can be typed', () => {
  const model = createGainModel(weights);
  for (const text of [
    '',
    ' ',
    '?',
    '0'.repeat(10_000),
    'ü'.repeat(5_000),
    '今日は',
    '\u0000\ud800',
    'A. 1\nB. 2\nC. 3\nD. 4',
  ]) {
    const { smallRight, largeRight, familiarity, gain } = model.chancesOf(featuresOf(text));
    for (const share of [smallRight, largeRight, familiarity]) {
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
    }
    expect(Number.isFinite(gain)).toBe(true);
  }
  expect(model.chancesOf(featuresOf('zxqv wvuq ptlk')).familiarity).toBeLessThan(
    model.chancesOf(featuresOf('what is the name of the river')).familiarity,
  );
});
