/** Adds answers up, in all and by the day; pure. */
import type { Place } from '../kernel/engine';
import type { Billing, DayTotals, Sums, Totals } from '../kernel/route';

const NONE: Sums = { localAnswers: 0, cloudAnswers: 0, spentNanoUsd: 0, savedNanoUsd: 0 };
export const NO_TOTALS: Totals = { ...NONE, days: [] };
/** As many days are kept apart; older ones are in the sum only. */
const KEPT_DAYS = 366;

export interface CountedAnswer {
  readonly place: Place;
  readonly billing?: Billing;
  readonly tried?: Billing;
  readonly savedNanoUsd: number;
  /** Of this device's calendar, `YYYY-MM-DD`. */
  readonly day: string;
}

export function addAnswer(totals: Totals, answer: CountedAnswer): Totals {
  const { day } = answer;
  const others = (totals.days ?? []).filter((one) => one.day !== day);
  const before = totals.days?.find((one) => one.day === day) ?? NONE;
  const days: DayTotals[] = [...others, { ...add(before, answer), day }];
  return {
    ...add(totals, answer),
    days: days.toSorted((a, b) => a.day.localeCompare(b.day)).slice(-KEPT_DAYS),
  };
}

/** `YYYY-MM-DD` of the device's own calendar; `time` in milliseconds since 1970. */
export function dayOf(time: number): string {
  const date = new Date(time);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function add(sums: Sums, { place, billing, tried, savedNanoUsd }: CountedAnswer): Sums {
  return {
    localAnswers: sums.localAnswers + (place === 'local' ? 1 : 0),
    cloudAnswers: sums.cloudAnswers + (place === 'cloud' ? 1 : 0),
    spentNanoUsd: sums.spentNanoUsd + (billing?.costNanoUsd ?? 0) + (tried?.costNanoUsd ?? 0),
    savedNanoUsd: sums.savedNanoUsd + savedNanoUsd,
  };
}
