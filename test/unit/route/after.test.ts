/** Facts about gate B: which drafts are kept. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createConfidence, judgeAfter, type DraftFacts } from '../../../src/route/after';

const draft = (more: Partial<DraftFacts> = {}): DraftFacts => ({
  text: 'Paris.',
  isHandOver: false,
  ...more,
});
const token = (text: string, logprob: number) => ({ token: text, logprob, alternatives: [] });

test('a hand-over is escalated, however the dial stands', () => {
  expect(judgeAfter(draft({ isHandOver: true }), 0)).toBe('hand_over');
  expect(judgeAfter(draft({ isHandOver: true }), 1)).toBe('hand_over');
});

test('a draft that is empty or repeats itself is broken; one that reached its length is not', () => {
  expect(judgeAfter(draft({ text: ' \n' }), 0)).toBe('broken');
  expect(judgeAfter(draft({ cut: 'repetition' }), 0)).toBe('broken');
  expect(judgeAfter(draft({ cut: 'length' }), 0.5)).toBeUndefined();
});

test('a model that says how sure it is, is taken at its word', () => {
  expect(judgeAfter(draft({ firstLogprob: -0.01, worstLogprob: -0.1 }), 0.5)).toBeUndefined();
  expect(judgeAfter(draft({ firstLogprob: -0.7, worstLogprob: -1.5 }), 0.5)).toBe('unsure');
  expect(judgeAfter(draft({ firstLogprob: -0.7, worstLogprob: -1.5 }), 0)).toBeUndefined();
});

test('a model without a verdict is judged by its mean, and without logprobs nothing is unsure', () => {
  expect(judgeAfter(draft({ meanLogprob: -0.2, worstLogprob: -5 }), 0.5)).toBeUndefined();
  expect(judgeAfter(draft({ meanLogprob: -2, worstLogprob: -5 }), 0.5)).toBe('unsure');
  expect(judgeAfter(draft(), 1)).toBeUndefined();
});

test('a higher dial never keeps what a lower one sent', () => {
  const chance = fc.double({ min: -10, max: 0, noNaN: true });
  const dial = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(chance, chance, dial, dial, (firstLogprob, worstLogprob, one, other) => {
      const isSent = (at: number) => judgeAfter(draft({ firstLogprob, worstLogprob }), at) !== undefined;
      expect(isSent(Math.max(one, other)) || !isSent(Math.min(one, other))).toBe(true);
    }),
  );
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
