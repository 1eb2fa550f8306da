/** Facts about how long an engine may say nothing. */
import { expect, test } from 'vitest';
import { watchPace, type Pace } from '../../../src/turn/expected-pace';

const of = (pace: Pace | undefined, promptTokens = 100) =>
  watchPace({ promptTokens, maxTokens: 500, startMs: 1_000, pace });
const SLOW: Pace = { msPerPromptToken: 100, msPerToken: 4_000, isWhole: false };

test('a minute while nothing is known', () => {
  const watch = of(undefined);
  expect(watch.limitMs()).toBe(60_000);
  watch.add({ text: 'a' }, 2_000);
  expect(watch.limitMs()).toBe(60_000);
  expect(watch.pace).toBeUndefined();
});

test('three times what is expected, of the first chunk by the prompt, of the others by a token', () => {
  const watch = of(SLOW);
  expect(watch.limitMs()).toBe(3 * (100 * 100 + 4_000));
  watch.add({ text: 'a' }, 9_000);
  expect(watch.limitMs()).toBe(12_000);
});

test('progress without text is no first chunk', () => {
  const watch = of(SLOW);
  watch.add({ text: '' }, 2_000);
  expect(watch.limitMs()).toBe(42_000);
});

test('five seconds at the least, a minute at the most', () => {
  expect(of({ msPerPromptToken: 1, msPerToken: 1, isWhole: false }).limitMs()).toBe(5_000);
  expect(of(SLOW, 10_000).limitMs()).toBe(60_000);
});

test('an engine that says its answer in one piece may take as long as the longest answer', () => {
  const watch = of(undefined);
  watch.add({ text: 'All of it.', usage: { promptTokens: 10, completionTokens: 20 } }, 1_400);
  expect(watch.pace).toEqual({ msPerPromptToken: 40, msPerToken: 20, isWhole: true });
  expect(of(watch.pace, 10).limitMs()).toBe(3 * (400 + 500 * 20));
});

test('an answer that ended is what the next one is held to', () => {
  const watch = of(undefined);
  watch.add({ text: 'a' }, 2_000);
  watch.add({ text: 'b' }, 3_000);
  watch.add({ text: 'c' }, 4_000);
  watch.add({ text: '', usage: { promptTokens: 50, completionTokens: 4 } }, 4_000);
  expect(watch.pace).toEqual({ msPerPromptToken: 20, msPerToken: 500, isWhole: false });
});
