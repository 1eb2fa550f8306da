/** What `GET /api/admin` says to the operator, and `PUT /api/caps` takes: money, counts, dates and names of models; no word of a message. */
import * as v from 'valibot';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const RowsSchema = v.array(v.object({ name: v.string(), spent_nano_usd: count, calls: count }));

const DaySchema = v.object({
  /** `YYYY-MM-DD`, in UTC. */
  day: v.string(),
  spent_nano_usd: count,
  calls: count,
  by: v.object({ site: RowsSchema, model: RowsSchema }),
  /** What pages reported of themselves, where the operator asked for it. */
  answers: v.object({ device: count, cloud: count }),
  /** Requests refused, by code. */
  refusals: v.record(v.string(), count),
});
export type AdminDay = v.InferOutput<typeof DaySchema>;

const RungSchema = v.object({
  role: v.picklist(['flagship', 'small']),
  /** As the operator wrote it, and what answers today; null where nothing is left. */
  configured: v.string(),
  model: v.nullable(v.string()),
  input_nano_usd: count,
  cached_input_nano_usd: count,
  output_nano_usd: count,
  price_as_of: v.string(),
  shutdown: v.nullable(v.string()),
  days_left: v.nullable(v.number()),
  successor: v.nullable(v.string()),
  state: v.picklist(['serving', 'retiring', 'replaced', 'gone']),
  /** Whether the vendor's list has it; null where no list was read. */
  is_listed: v.nullable(v.boolean()),
  /** What no vendor confirmed. */
  unconfirmed: v.array(v.string()),
});
export type AdminRung = v.InferOutput<typeof RungSchema>;

/** Of a UTC day, in nano-dollars. */
const CapsSchema = v.object({ day: count, site: count, visitor: count });
export type AdminCaps = v.InferOutput<typeof CapsSchema>;

const AdminReportSchema = v.object({
  /** Milliseconds since 1970. */
  now: v.number(),
  /** Oldest first; days without anything are there too. */
  days: v.array(DaySchema),
  held_nano_usd: count,
  /** Calls that this process holds money for. */
  open_reservations: count,
  caps: CapsSchema,
  /** Of the environment; where the caps are others, they were changed here. */
  usual_caps: CapsSchema,
  rungs: v.array(RungSchema),
  vendor: v.object({
    name: v.string(),
    circuit: v.picklist(['closed', 'half-open', 'open']),
    list_read_at: v.nullable(v.number()),
    list_problem: v.nullable(v.string()),
  }),
  /** Whether pages report how many answers were made where. */
  reports_answers: v.boolean(),
});
export type AdminReport = v.InferOutput<typeof AdminReportSchema>;

export function adminReportOf(data: unknown): AdminReport | undefined {
  const result = v.safeParse(AdminReportSchema, data);
  return result.success ? result.output : undefined;
}

/** Undefined for anything but three whole amounts. */
export function adminCapsOf(data: unknown): AdminCaps | undefined {
  const result = v.safeParse(CapsSchema, data);
  return result.success ? result.output : undefined;
}
