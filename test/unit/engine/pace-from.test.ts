/** Facts about what one run of a model of known size says of others. */
import { expect, test } from 'vitest';
import { paceFrom } from '../../../src/engine/local/passport/pace-from';

/** A prompt of 10 tokens that took 500 ms, then tokens with these times between them. */
function run(gaps: readonly number[]) {
  let at = 1_500;
  const times = [at, ...gaps.map((gap) => (at += gap))];
  return { megabytes: 49, promptTokens: 10, startedAt: 1_000, times };
}

test('the middle of the later tokens counts: neither the slow first ones nor one that was held up', () => {
  const pace = paceFrom(run([90, 80, 70, 60, 50, 50, 50, 400, 50, 50]), 2);
  expect(pace?.threads).toBe(2);
  // 49 million bytes, and what takes as long as one more; with the page it is twelve.
  expect(pace?.msPerMb.Q8_0).toBeCloseTo(1);
  expect(pace?.overheadMs).toBeCloseTo(12);
});

test('other packings follow by what they cost against Q8_0, each less than it', () => {
  const { msPerMb } = paceFrom(run(Array(10).fill(50)), 1)!;
  expect(msPerMb.Q4_K_M / msPerMb.Q8_0).toBeGreaterThan(0.5);
  expect(msPerMb.Q4_K_M).toBeLessThan(msPerMb.Q8_0);
  expect(msPerMb.F16).toBeLessThan(msPerMb.Q4_K_M);
});

test('a prompt’s token is what the wait for the first one was made of', () => {
  expect(paceFrom(run(Array(10).fill(50)), 1)?.promptMsPerMb).toBeCloseTo(50 / 49);
});

test('a run that hardly began says nothing', () => {
  expect(paceFrom(run([50, 50, 50, 50, 50]), 1)).toBeUndefined();
  expect(paceFrom({ ...run([]), times: [] }, 1)).toBeUndefined();
});
