/** Facts about gate A: what the small model tries, and what it is spared. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeBefore } from '../../../src/route/before';

const decide = (question: string, dial = 0.5, earlier: Parameters<typeof judgeBefore>[0]['earlier'] = []) =>
  judgeBefore({ question, earlier }, { dial }).decision;

const HARD =
  'Prove step by step that the integral converges, then write an essay of at least 800 words about the theorem.';

test.for(['Hello!', 'thanks a lot', 'good night', 'Thank you so much'])('“%s” is answered here', (text) => {
  expect(['local', 'draft']).toContain(decide(text));
  expect(decide('Hello!')).toBe('local');
});

test.for(['What is the capital of France?', '347 + 288', 'qwertz', '今日の天気は?'])(
  'no signal is no proof that it is easy: “%s” is tried, and looked at',
  (text) => {
    expect(decide(text)).toBe('draft');
  },
);

test('what is clearly hard is not tried first', () => {
  expect(decide(HARD)).toBe('cloud');
});

test('a bare “yes” is as hard as the question it answers', () => {
  const earlier = [
    { role: 'user' as const, text: HARD },
    { role: 'assistant' as const, text: 'Shall I?' },
  ];
  expect(decide('yes', 0.5, earlier)).toBe('cloud');
  expect(decide('and why?', 0.5, [...earlier, { role: 'user', text: 'ok' }])).toBe('cloud');
  expect(decide('yes')).toBe('draft');
});

test('at “Save” everything is tried here first', () => {
  expect(decide(HARD, 0)).toBe('draft');
});

test('a higher dial is never less ready for the cloud', () => {
  const ranks = { local: 0, draft: 1, cloud: 2 };
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.constant(HARD), fc.lorem()),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (question, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        expect(ranks[decide(question, high)]).toBeGreaterThanOrEqual(ranks[decide(question, low)]);
      },
    ),
  );
});
