/** Facts about how fast bytes are said to arrive. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRate } from '../../../src/engine/local/rate';

/** The last figure, when `bytesPerMs` arrive in steps of `stepMs` for `forMs`. */
function figureAfter(bytesPerMs: number, stepMs: number, forMs: number): number | undefined {
  const rate = createRate();
  let last: number | undefined;
  for (let at = 0; at <= forMs; at += stepMs) last = rate(at * bytesPerMs, at);
  return last;
}

test('in the first half second there is no figure', () => {
  const rate = createRate();
  expect(rate(0, 1_000)).toBeUndefined();
  expect(rate(50_000, 1_499)).toBeUndefined();
  expect(rate(50_000, 1_500)).toBe(100_000);
});

test('a steady rate is told as it is, however often it is asked', () => {
  const steady = fc.record({
    bytesPerMs: fc.integer({ min: 1, max: 100_000 }),
    stepMs: fc.integer({ min: 1, max: 400 }),
    forMs: fc.integer({ min: 1_000, max: 20_000 }),
  });
  fc.assert(
    fc.property(steady, ({ bytesPerMs, stepMs, forMs }) => {
      expect(figureAfter(bytesPerMs, stepMs, forMs)).toBeCloseTo(bytesPerMs * 1_000, 3);
    }),
    { numRuns: 50 },
  );
});

test('a network that slowed down is told after five seconds, without what it was before', () => {
  const rate = createRate();
  let bytes = 0;
  for (let at = 0; at < 10_000; at += 100) rate((bytes += 100_000), at);
  let last: number | undefined;
  for (let at = 10_000; at <= 15_100; at += 100) last = rate((bytes += 1_000), at);
  expect(last).toBeCloseTo(10_000, 0);
});

test('a network that stood still is told to stand still', () => {
  const rate = createRate();
  rate(0, 0);
  rate(1_000, 500);
  expect(rate(1_000, 20_000)).toBeLessThan(100);
});

test('two reports at one time are no division by zero', () => {
  const rate = createRate();
  rate(0, 7);
  expect(rate(1_000, 7)).toBeUndefined();
});
