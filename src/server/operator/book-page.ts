/** The operator's book as text: caps that were set, and counts by the day; pure. */
import * as v from 'valibot';
import type { Caps } from '../ledger/ledger';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const CountsSchema = v.object({
  /** Answers that pages say were made on their devices, and in the cloud. */
  device: count,
  cloud: count,
  /** Requests refused, by code. */
  refusals: v.record(v.string(), count),
});
const PageSchema = v.object({
  caps: v.optional(v.object({ dayNanoUsd: count, siteNanoUsd: count, visitorNanoUsd: count })),
  days: v.record(v.string(), CountsSchema),
});

/** Of one UTC day. */
export type DayCounts = v.InferOutput<typeof CountsSchema>;
export type BookPage = v.InferOutput<typeof PageSchema>;

export const NO_COUNTS: DayCounts = { device: 0, cloud: 0, refusals: {} };
/** Codes are ours; should ever one come from outside, the book does not grow by it. */
const MAX_CODES = 50;

/** Throws for what is no page; nothing is an empty one. */
export function readPage(text: string | undefined): BookPage {
  return text === undefined ? { days: {} } : v.parse(PageSchema, JSON.parse(text));
}

/** `page` with `counted` added, without days before `oldest`, and with other caps where there are some. */
export function writePage(
  page: BookPage,
  counted: Readonly<Record<string, DayCounts>>,
  oldest: string,
  caps: Caps | undefined = page.caps,
): string {
  const days = { ...page.days };
  for (const [day, counts] of Object.entries(counted)) days[day] = addCounts(days[day], counts);
  const kept = Object.fromEntries(Object.entries(days).filter(([day]) => day >= oldest));
  return JSON.stringify({ ...(caps ? { caps } : {}), days: kept });
}

export function addCounts(before: DayCounts | undefined, more: DayCounts): DayCounts {
  if (!before) return more;
  const refusals = { ...before.refusals };
  for (const [code, times] of Object.entries(more.refusals)) {
    const isKnown = code in refusals || Object.keys(refusals).length < MAX_CODES;
    const name = isKnown ? code : 'other';
    refusals[name] = (refusals[name] ?? 0) + times;
  }
  return { device: before.device + more.device, cloud: before.cloud + more.cloud, refusals };
}
