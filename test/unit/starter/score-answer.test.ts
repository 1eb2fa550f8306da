/** Facts about how answers of the starter are judged. */
import { expect, test } from 'vitest';
import { createChance } from '../../../src/engine/local/starter/text/chance';
import { aurocOf, confidenceOf, isRight } from '../../starter/score-answer';

test.each([
  [['paris'], 'The capital of France is Paris.', true],
  [['143'], '86 + 57 = 143.', true],
  [['43'], '86 + 57 = 143.', false],
  [['-57'], '33 - 90 = -57.', true],
  [['57'], '33 - 90 = -57.', false],
  [['7000'], '7 km is 7,000 m.', true],
  [['17:00'], '5 pm is 17:00.', true],
  [['not found'], 'Status 404 means that the page was not found.', true],
  [['found not', 'missing'], 'Status 404 means that the page was not found.', false],
])('with %j, “%s” is right: %s', (right, text, expected) => {
  expect(isRight(right, { text, isHandOver: false })).toBe(expected);
});

test('a hand-over is right where one is wanted, and only there', () => {
  expect(isRight(undefined, { text: 'Not mine.', isHandOver: true })).toBe(true);
  expect(isRight(undefined, { text: 'Paris.', isHandOver: false })).toBe(false);
  expect(isRight(['paris'], { text: 'Paris is beyond me.', isHandOver: true })).toBe(false);
});

test('AUROC equals the share of ordered pairs, ties counted half', () => {
  const chance = createChance(7);
  const draw = (count: number) => Array.from({ length: count }, () => chance.int(0, 9));
  const [positives, negatives] = [draw(40), draw(60)];
  let pairs = 0;
  for (const a of positives) for (const b of negatives) pairs += a > b ? 1 : a === b ? 0.5 : 0;
  expect(aurocOf(positives, negatives)).toBeCloseTo(pairs / 2_400, 12);
  expect(aurocOf([2, 3], [0, 1])).toBe(1);
  expect(aurocOf([1], [1])).toBe(0.5);
});

test('confidence is that of the verdict and of the least likely token after it', () => {
  const token = (id: number, logprob: number, alternatives: { id: number; logprob: number }[] = []) => ({
    token: '',
    id,
    logprob,
    alternatives: alternatives.map((other) => ({ token: '', ...other })),
  });
  expect(confidenceOf([token(6, -0.25), token(90, -0.125), token(91, -1)])).toBe(-1.25);
  expect(confidenceOf([token(7, -0.1, [{ id: 6, logprob: -3 }]), token(90, -2)])).toBe(-3);
  expect(confidenceOf([])).toBe(-Infinity);
});
