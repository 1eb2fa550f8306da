/** What a page says of itself where the operator asked for it: how many answers were made where, and nothing else. */
import * as v from 'valibot';

/** A page reports every few answers: more than this at once is made up. */
const MOST_AT_ONCE = 100;
const few = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_AT_ONCE));
const AnswersSchema = v.strictObject({ device: few, cloud: few });

export function reportedAnswersOf(data: unknown): { device: number; cloud: number } | undefined {
  const result = v.safeParse(AnswersSchema, data);
  return result.success ? result.output : undefined;
}
