/** What the server says of a question that it answers within a day. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const LaterSchema = v.object({
  id: v.string(),
  status: v.picklist(['waiting', 'answered', 'failed', 'cancelled']),
  model: v.string(),
  price_as_of: v.string(),
  cost_nano_usd: v.nullable(count),
  is_estimated: v.boolean(),
  completion: v.nullable(
    v.object({
      choices: v.pipe(
        v.array(
          v.object({
            message: v.object({ content: v.nullish(v.string()) }),
            finish_reason: v.nullish(v.string()),
          }),
        ),
        v.minLength(1),
      ),
      usage: v.nullish(v.object({ prompt_tokens: count, completion_tokens: count })),
    }),
  ),
  error: v.nullable(v.object({ code: v.string(), message: v.string() })),
});

export type LaterAnswer = v.InferOutput<typeof LaterSchema>;

export function laterAnswerOf(data: unknown): LaterAnswer | undefined {
  const result = v.safeParse(LaterSchema, data);
  return result.success ? result.output : undefined;
}
