/** Facts about prices: whole nano-dollars, exact however many calls are added up. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Price } from '../../../src/kernel/wire';
import { costNanoUsdOf, nanoUsdOf, PRICES, usdOf } from '../../../src/meter/price';

const flagship = priceOf('gpt-4o');
const small = priceOf('gpt-4o-mini');

function priceOf(model: string): Price {
  return PRICES.find((price) => price.model === model)!;
}

test.each([
  ['nothing', 0, 0, 0, 0],
  ['a prompt', 1_000_000, 0, 0, 2_500_000_000],
  ['an answer', 0, 0, 1_000_000, 10_000_000_000],
  ['a prompt that the vendor had in its cache', 1_000_000, 1_000_000, 0, 1_250_000_000],
  ['a prompt of which it had a part', 1000, 400, 50, 600 * 2500 + 400 * 1250 + 50 * 10_000],
  ['one token of each', 1, 0, 1, 12_500],
])('gpt-4o costs for %s what the list says', (_what, promptTokens, cachedTokens, completionTokens, cost) => {
  expect(costNanoUsdOf(flagship, { promptTokens, cachedTokens, completionTokens })).toBe(cost);
});

test('gpt-4o-mini costs 0.15 and 0.60 dollars a million', () => {
  const million = { promptTokens: 1_000_000, cachedTokens: 0, completionTokens: 1_000_000 };
  expect(usdOf(costNanoUsdOf(small, million))).toBe(0.75);
});

test('more cached tokens than the prompt has are not believed', () => {
  const usage = { promptTokens: 10, cachedTokens: 11, completionTokens: 0 };
  expect(costNanoUsdOf(flagship, usage)).toBe(10 * 1250);
});

test('a million calls add up to the nano-dollar', () => {
  const usage = { promptTokens: 1037, cachedTokens: 333, completionTokens: 211 };
  let sum = 0;
  for (let call = 0; call < 1_000_000; call++) sum += costNanoUsdOf(small, usage);
  expect(BigInt(sum)).toBe(1_000_000n * (704n * 150n + 333n * 75n + 211n * 600n));
});

test('every cost is what it is in integers of any size, and never negative', () => {
  const tokens = fc.nat(2_000_000);
  fc.assert(
    fc.property(tokens, tokens, tokens, fc.constantFrom(...PRICES), (prompt, cached, completion, price) => {
      const usage = { promptTokens: prompt, cachedTokens: cached, completionTokens: completion };
      const fromCache = BigInt(Math.min(cached, prompt));
      const exact =
        (BigInt(prompt) - fromCache) * BigInt(price.inputNanoUsd) +
        fromCache * BigInt(price.cachedInputNanoUsd) +
        BigInt(completion) * BigInt(price.outputNanoUsd);
      const cost = costNanoUsdOf(price, usage);
      expect(Number.isSafeInteger(cost)).toBe(true);
      expect(BigInt(cost)).toBe(exact);
    }),
  );
});

test('dollars become whole nano-dollars, also where a float cannot say the amount', () => {
  expect(nanoUsdOf(0.1)).toBe(100_000_000);
  expect(nanoUsdOf(0.1 + 0.2)).toBe(300_000_000);
  expect(nanoUsdOf(1.005)).toBe(1_005_000_000);
});

test('an amount of nano-dollars survives being shown in dollars', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (nanoUsd) => {
      // Up to a million dollars; beyond that, a float has not got the digits.
      const amount = nanoUsd % 1e15;
      expect(nanoUsdOf(usdOf(amount))).toBe(amount);
    }),
  );
});

test('each price says of which day it is, and a cached token never costs more than another', () => {
  for (const price of PRICES) {
    expect(price.asOf).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(price.cachedInputNanoUsd).toBeLessThanOrEqual(price.inputNanoUsd);
  }
  expect(flagship.shutdown).toBe('2027-01-14');
});
