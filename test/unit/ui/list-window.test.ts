/** Facts about which rows of a long list are drawn. */
import { expect, test } from 'vitest';
import { windowOf } from '../../../src/ui/list-window';

const tops = Array.from({ length: 10_001 }, (_, at) => at * 40);

test('only what is in view and a few around it are drawn', () => {
  const { from, to, before, after } = windowOf(tops, 4_000, 400);
  expect([from, to]).toEqual([92, 119]);
  expect(before).toBe(92 * 40);
  expect(before + (to - from) * 40 + after).toBe(400_000);
});

test('at the start and at the end nothing is missing, nor beyond', () => {
  expect(windowOf(tops, 0, 400)).toMatchObject({ from: 0, before: 0 });
  expect(windowOf(tops, 399_600, 400)).toMatchObject({ to: 10_000, after: 0 });
  expect(windowOf(tops, 999_999, 400)).toMatchObject({ to: 10_000, after: 0 });
});

test('a list of nothing, and one that is shorter than its window', () => {
  expect(windowOf([0], 0, 400)).toEqual({ from: 0, to: 0, before: 0, after: 0 });
  expect(windowOf([0, 40, 80], 0, 400)).toEqual({ from: 0, to: 2, before: 0, after: 0 });
});
