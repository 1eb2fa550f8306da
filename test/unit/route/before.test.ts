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

const onDevice = (
  question: string,
  device: object,
  earlier: Parameters<typeof judgeBefore>[0]['earlier'] = [],
) => judgeBefore({ question, earlier, device }, { dial: 0.5 });

test('a question that the small model cannot hold is not tried, and a history that it cannot is noted', () => {
  const long = 'What do these words say? '.repeat(120);
  expect(onDevice(long, { contextTokens: 1_024 }).decision).toBe('cloud');
  expect(onDevice(long, { contextTokens: 1_024 }).evidence.signals).toContain('too-long-for-it');
  expect(onDevice(long, { contextTokens: 8_192 }).evidence.signals).not.toContain('too-long-for-it');
  const earlier = [{ role: 'user', text: long } as const, { role: 'assistant', text: long } as const];
  expect(onDevice('And who wrote it?', { contextTokens: 1_024 }, earlier).evidence.signals).toContain(
    'history-cut',
  );
});

test('a slow device is spared long answers, not short ones', () => {
  const essay = 'Write an essay about the sea.';
  expect(onDevice(essay, { tokensPerSecond: 1 }).evidence.signals).toContain('slow-device');
  expect(onDevice(essay, { tokensPerSecond: 1 }).decision).toBe('cloud');
  expect(onDevice(essay, { tokensPerSecond: 30 }).decision).toBe('draft');
  expect(onDevice('What is the capital of France?', { tokensPerSecond: 1 }).decision).toBe('draft');
});
