/** What a call to a model costs: dated prices, and the one formula that page and server share. */

import type { Price } from '../kernel/wire';

/** Tokens as the vendor bills them; the cached ones are part of the prompt's. */
export interface BilledUsage {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

/**
 * OpenAI's list prices (https://platform.openai.com/docs/pricing), as last seen in 2026-11; an operator can override them.
 * The shutdown date is from secondary copies of OpenAI's page on deprecations.
 */
export const PRICES: readonly Price[] = [
  {
    model: 'gpt-4o',
    inputNanoUsd: 2500,
    cachedInputNanoUsd: 1250,
    outputNanoUsd: 10_000,
    asOf: '2026-11-01',
    shutdown: '2027-01-14',
  },
  {
    model: 'gpt-4o-mini',
    inputNanoUsd: 150,
    cachedInputNanoUsd: 75,
    outputNanoUsd: 600,
    asOf: '2026-11-01',
  },
];

/** Whole nano-dollars. */
export function costNanoUsdOf(price: Price, usage: BilledUsage): number {
  const cachedTokens = Math.min(usage.cachedTokens, usage.promptTokens);
  return (
    (usage.promptTokens - cachedTokens) * price.inputNanoUsd +
    cachedTokens * price.cachedInputNanoUsd +
    usage.completionTokens * price.outputNanoUsd
  );
}

/**
 * Of an answer that may take a day: half of it all, and no discount for what the vendor had in its cache
 * (https://platform.openai.com/docs/guides/batch and its price list, as last seen in 2026-11). Whole nano-dollars, rounded up.
 */
export function laterCostNanoUsdOf(price: Price, usage: BilledUsage): number {
  return Math.ceil(costNanoUsdOf(price, { ...usage, cachedTokens: 0 }) / 2);
}

export function usdOf(nanoUsd: number): number {
  return nanoUsd / 1e9;
}

export function nanoUsdOf(usd: number): number {
  return Math.round(usd * 1e9);
}
