/** What the vendor says it billed, read from its JSON with the mistrust that money deserves. */
import * as v from 'valibot';
import type { BilledUsage } from '../../meter/price';

/** No vendor's context is near it; what is larger is a mistake. */
const MOST_TOKENS = 100_000_000;

const tokens = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_TOKENS));
const UsageSchema = v.object({
  prompt_tokens: tokens,
  completion_tokens: tokens,
  total_tokens: v.fallback(v.optional(tokens), undefined),
  prompt_tokens_details: v.nullish(v.object({ cached_tokens: v.nullish(tokens) })),
});

/** Undefined where there is none that makes sense. */
export function billedUsageOf(usage: unknown): BilledUsage | undefined {
  const result = v.safeParse(UsageSchema, usage);
  if (!result.success) return undefined;
  const { prompt_tokens, completion_tokens, total_tokens = 0, prompt_tokens_details } = result.output;
  return {
    promptTokens: prompt_tokens,
    cachedTokens: Math.min(prompt_tokens_details?.cached_tokens ?? 0, prompt_tokens),
    // Google bills thoughts as output, but counts them in the total only.
    completionTokens: Math.max(completion_tokens, total_tokens - prompt_tokens),
  };
}
