/** Facts about the rate at which model files come. */
import { expect, test } from 'vitest';
import { watchRates } from '../../../src/engine/local/passport/network-rates';
import type { ModelOffer, ModelState } from '../../../src/kernel/app-state';

const offer = (state: ModelState, host = 'hub.test'): ModelOffer => ({
  card: {
    id: host,
    name: host,
    engine: 'wllama',
    url: host ? `https://${host}/a.gguf` : './a.gguf',
    sizeBytes: 100e6,
    contextTokens: 2_048,
    licence: 'MIT',
  },
  state,
  isBundled: false,
  kept: { doneBytes: 0, isVerified: false, usedAt: 0 },
});
const coming = (doneBytes: number, host?: string) =>
  offer({ kind: 'fetching', doneBytes, totalBytes: 100e6 }, host);

/** Whether the last look brought a new rate. */
function look(
  watch: ReturnType<typeof watchRates>,
  steps: readonly (readonly [doneBytes: number, ms: number])[],
): boolean | undefined {
  return steps.map(([doneBytes, ms]) => watch.look([coming(doneBytes)], ms)).at(-1);
}

test('it is told after four seconds, with what is under way of parts that are not whole', () => {
  const watch = watchRates({});
  expect(
    look(watch, [
      [0, 0],
      [1e6, 1_000],
      [5e6, 3_900],
    ]),
  ).toBe(false);
  expect(look(watch, [[9e6, 5_000]])).toBe(true);
  // Nine million, and of two more parts of four million one half each.
  expect(watch.rates).toEqual({ 'hub.test': 13e6 / 5 });
});

test('what was here from before does not count as having come', () => {
  const watch = watchRates({});
  look(watch, [
    [50e6, 0],
    [50e6, 100],
    [51e6, 1_000],
    [54e6, 5_000],
  ]);
  expect(watch.rates).toEqual({ 'hub.test': 7e6 / 5 });
});

test('a change of something else changes no rate', () => {
  const watch = watchRates({});
  look(watch, [
    [0, 0],
    [5e6, 5_000],
  ]);
  expect(look(watch, [[5e6, 9_000]])).toBe(false);
  expect(watch.rates).toEqual({ 'hub.test': 2e6 });
});

test('once it is over it is what came; of one that was over at once nothing is said', () => {
  const watch = watchRates({});
  look(watch, [
    [0, 0],
    [1e6, 100],
    [5e6, 500],
  ]);
  expect(watch.look([offer({ kind: 'ready' })], 600)).toBe(true);
  expect(watch.rates).toEqual({ 'hub.test': 10e6 });

  const quick = watchRates({});
  look(quick, [
    [0, 0],
    [9e6, 60],
  ]);
  expect(quick.look([offer({ kind: 'ready' })], 70)).toBe(false);
  expect(quick.rates).toEqual({});
});

test('what came damaged is taken back, and the count begins anew', () => {
  const watch = watchRates({});
  look(watch, [
    [0, 0],
    [8e6, 1_000],
    [0, 4_000],
    [3e6, 9_000],
  ]);
  expect(watch.rates).toEqual({ 'hub.test': 6e6 / 5 });
});

test('each place has its own, those of earlier visits too; the newest is the last, and the page’s own has no name', () => {
  const watch = watchRates({ 'hub.test': 1, 'old.test': 2 });
  for (const [bytes, ms] of [
    [0, 0],
    [5e6, 5_000],
  ] as const)
    watch.look([coming(bytes), coming(bytes * 2, '')], ms);
  expect(Object.entries(watch.rates)).toEqual([
    ['old.test', 2],
    ['hub.test', 2e6],
    ['', 4e6],
  ]);
});
