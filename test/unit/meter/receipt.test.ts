/** Facts about receipts: what they add up to, and how money reads. */
import { expect, test } from 'vitest';
import { PRICES } from '../../../src/meter/price';
import { billingOf, savedNanoUsdOf, usdText } from '../../../src/meter/receipt';
import { addAnswer, dayOf, NO_TOTALS } from '../../../src/meter/totals';

const flagship = PRICES[0]!;
const estimate = { promptTokens: 9, completionTokens: 9 };

test('a bill is what the vendor’s usage costs, its cached tokens at their own price', () => {
  const usage = { promptTokens: 1_000, cachedTokens: 400, completionTokens: 100 };
  // 600 × 2,500 + 400 × 1,250 + 100 × 10,000
  expect(billingOf(flagship, usage, estimate, 80)).toMatchObject({
    costNanoUsd: 3_000_000,
    isEstimated: false,
    sentBytes: 80,
    priceAsOf: flagship.asOf,
  });
});

test('without usage it is an estimate, and says so', () => {
  expect(billingOf(flagship, undefined, estimate, 0)).toMatchObject({
    promptTokens: 9,
    completionTokens: 9,
    costNanoUsd: 9 * 2_500 + 9 * 10_000,
    isEstimated: true,
  });
});

test('answers add up: where they were made, what they cost, what they saved', () => {
  const day = dayOf(new Date(2026, 10, 24, 23, 59).getTime());
  const local = { place: 'local' as const, savedNanoUsd: savedNanoUsdOf(flagship, estimate), day };
  const billing = billingOf(flagship, estimate, estimate, 0);
  const cloud = { place: 'cloud' as const, billing, savedNanoUsd: 0, day: '2026-11-25' };
  const totals = [local, cloud, local].reduce(addAnswer, NO_TOTALS);
  const all = { localAnswers: 2, cloudAnswers: 1, spentNanoUsd: 112_500, savedNanoUsd: 225_000 };
  expect(totals).toEqual({
    ...all,
    days: [
      { ...all, day: '2026-11-24', cloudAnswers: 0, spentNanoUsd: 0 },
      { ...all, day: '2026-11-25', localAnswers: 0, savedNanoUsd: 0 },
    ],
  });
});

test.for([
  [0, '$0'],
  [1, '<$0.0001'],
  [99_999, '<$0.0001'],
  [123_456_789, '$0.1235'],
  [1_234_000_000, '$1.23'],
] as const)('%i nano-dollars read as %s', ([nanoUsd, text]) => {
  expect(usdText(nanoUsd)).toBe(text);
});
