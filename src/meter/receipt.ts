/** What one answer cost, and what it saved; pure. */
import type { Usage } from '../kernel/engine';
import type { Billing } from '../kernel/route';
import type { Price } from '../kernel/wire';
import { costNanoUsdOf, usdOf } from './price';

/** `usage` is the vendor's; where it told none, `estimate` stands in and the bill says so. */
export function billingOf(
  price: Price,
  usage: Usage | undefined,
  estimate: Usage,
  sentBytes: number,
): Billing {
  const { promptTokens, cachedTokens = 0, completionTokens } = usage ?? estimate;
  const tokens = { promptTokens, cachedTokens, completionTokens };
  return {
    model: price.model,
    ...tokens,
    costNanoUsd: costNanoUsdOf(price, tokens),
    priceAsOf: price.asOf,
    isEstimated: usage === undefined,
    sentBytes,
  };
}

/** What a local answer would have cost at `price`: as many tokens, none of them cached. Whole nano-dollars. */
export function savedNanoUsdOf(price: Price, { promptTokens, completionTokens }: Usage): number {
  return costNanoUsdOf(price, { promptTokens, cachedTokens: 0, completionTokens });
}

/** `$0.0123`: two places from a dollar on, otherwise as many as four; below that it says so. */
export function usdText(nanoUsd: number): string {
  if (nanoUsd === 0) return '$0';
  const usd = usdOf(nanoUsd);
  if (usd < 0.0001) return '<$0.0001';
  return `$${usd.toFixed(usd >= 1 ? 2 : 4)}`;
}
