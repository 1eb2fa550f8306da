/** Facts about what a passport lets one expect of a model. */
import { describe, expect, test } from 'vitest';
import { forecastOf, packingOf } from '../../../src/engine/local/passport/forecast';
import { CATALOG } from '../../../src/kernel/catalog';
import type { ModelCard } from '../../../src/kernel/config';
import type { Passport } from '../../../src/kernel/passport';

const PASSPORT: Passport = {
  measuredAt: 0,
  cpu: { threads: 1, msPerMb: { Q8_0: 0.5, Q4_K_M: 0.4, F16: 0.3 }, overheadMs: 2, promptMsPerMb: 0.25 },
  writeBytesPerSecond: 50e6,
  memoryBytes: 8e9,
};
const card = (changes: Partial<ModelCard> = {}): ModelCard => ({
  id: 'a',
  name: 'A',
  engine: 'wllama',
  url: 'https://hub.test/a-Q8_0.gguf',
  sizeBytes: 100e6,
  contextTokens: 2_048,
  licence: 'MIT',
  ...changes,
});
const offer = (changes: Partial<ModelCard> = {}, doneBytes = 0) => ({
  card: card(changes),
  isBundled: false,
  kept: { doneBytes, isVerified: false, usedAt: 0 },
});

describe('on the processor', () => {
  test('a token takes what each million bytes costs in this packing, and what every token costs', () => {
    expect(forecastOf(offer(), PASSPORT, {}).tokensPerSecond).toBeCloseTo(1_000 / (2 + 100 * 0.5));
    const tight = offer({ url: 'https://hub.test/a-Q4_K_M.gguf' });
    expect(forecastOf(tight, PASSPORT, {}).tokensPerSecond).toBeCloseTo(1_000 / (2 + 100 * 0.4));
  });

  test('a packing that nobody measured is taken for the dearest', () => {
    const unknown = offer({ url: 'https://hub.test/a.gguf' });
    expect(forecastOf(unknown, PASSPORT, {}).tokensPerSecond).toBeCloseTo(1_000 / 52);
  });

  test('a prompt is read at its own pace, which follows the packing too', () => {
    expect(forecastOf(offer(), PASSPORT, {}).promptTokensPerSecond).toBeCloseTo(1_000 / 25);
    const half = offer({ url: 'https://hub.test/a-f16.gguf' });
    expect(forecastOf(half, PASSPORT, {}).promptTokensPerSecond).toBeCloseTo(1_000 / 15);
  });

  test('what needs more than half of the memory is tight', () => {
    expect(forecastOf(offer({ sizeBytes: 3e9 }), PASSPORT, {}).isTight).toBeUndefined();
    expect(forecastOf(offer({ sizeBytes: 3.3e9 }), PASSPORT, {}).isTight).toBe(true);
    const { memoryBytes: _, ...untold } = PASSPORT;
    expect(forecastOf(offer({ sizeBytes: 3.3e9 }), untold, {}).isTight).toBeUndefined();
  });

  test('without a passport nothing is said of speed, and of what comes with the page nothing at all', () => {
    expect(forecastOf(offer(), undefined, {})).toEqual({});
    expect(forecastOf({ ...offer(), isBundled: true }, PASSPORT, { 'hub.test': 1e6 })).toEqual({});
  });

  test('nor of a model that the browser brings itself', () => {
    expect(forecastOf(offer({ engine: 'builtin' }), PASSPORT, { 'hub.test': 1e6 })).toEqual({});
  });

  test('of each model of the catalogue the packing is known by its name', () => {
    const fetched = CATALOG.filter(({ id }) => id !== 'starter');
    expect(fetched.map(({ url }) => packingOf(url))).toEqual(['Q8_0', 'Q8_0', 'Q8_0', 'Q4_K_M']);
    expect(packingOf('https://hub.test/Q8_0/model.gguf')).toBeUndefined();
    expect(packingOf('a-bf16.gguf')).toBeUndefined();
  });
});

describe('on a graphics processor', () => {
  const gpu = { name: 'x', copyBytesPerSecond: 1e11, matrixBytesPerSecond: 1e11 };
  const large = { engine: 'webllm', url: 'https://hub.test/a/', sizeBytes: 1e9 } as const;

  test('a token takes one reading of the weights and a few milliseconds', () => {
    expect(forecastOf(offer(large), { ...PASSPORT, gpu }, {}).tokensPerSecond).toBeCloseTo(1_000 / 15);
  });

  test('one that was not measured lets expect nothing, and no processor’s memory counts', () => {
    expect(forecastOf(offer({ ...large, sizeBytes: 9e9 }), PASSPORT, {})).toEqual({});
  });
});

describe('a download', () => {
  test('takes what is missing at the rate of its place', () => {
    const rates = { 'hub.test': 10e6, 'page.test': 1e6 };
    expect(forecastOf(offer({}, 40e6), PASSPORT, rates)).toMatchObject({
      downloadSeconds: 6,
      isOwnRate: true,
    });
  });

  test('of a place that was not asked yet goes by the newest other one, and that is said', () => {
    const rates = { 'other.test': 1e6, 'page.test': 2e6 };
    expect(forecastOf(offer(), PASSPORT, rates)).toMatchObject({ downloadSeconds: 50, isOwnRate: false });
  });

  test('is no faster than the storage', () => {
    expect(forecastOf(offer(), PASSPORT, { 'hub.test': 1e9 }).downloadSeconds).toBe(2);
  });

  test('of what is here takes no time, and of what nobody measured nothing is said', () => {
    expect(forecastOf(offer({}, 100e6), PASSPORT, { 'hub.test': 1e6 }).downloadSeconds).toBeUndefined();
    expect(forecastOf(offer(), PASSPORT, {}).downloadSeconds).toBeUndefined();
  });
});
