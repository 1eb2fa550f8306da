/** What `GET /api/spend` says: a UTC day's spending, in all and by site, visitor (a hash) and model. */
import * as v from 'valibot';

const AccountSchema = v.array(v.object({ name: v.string(), spent_usd: v.number(), calls: v.number() }));

const SpendReportSchema = v.object({
  /** `YYYY-MM-DD`. */
  day: v.string(),
  spent_usd: v.number(),
  /** Exact: in nano-dollars. */
  spent_nano_usd: v.number(),
  held_usd: v.number(),
  calls: v.number(),
  by: v.object({ site: AccountSchema, visitor: AccountSchema, model: AccountSchema }),
});
export type SpendReport = v.InferOutput<typeof SpendReportSchema>;

export function spendReportOf(data: unknown): SpendReport | undefined {
  const result = v.safeParse(SpendReportSchema, data);
  return result.success ? result.output : undefined;
}
