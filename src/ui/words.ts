/** Numbers and times as people read them. */

const SIZES = ['B', 'kB', 'MB', 'GB'] as const;

/** `386 MB`: decimal units, as operating systems show files. */
export function sizeText(bytes: number): string {
  // 999,999 B reads as 1.0 MB, not as 1000 kB: the power is that of the rounded number.
  let power = 0;
  while (power < SIZES.length - 1 && Math.round(bytes / 1_000 ** power) >= 1_000) power++;
  const value = bytes / 1_000 ** power;
  return `${value < 10 && power > 1 ? value.toFixed(1) : Math.round(value)} ${SIZES[power]}`;
}

/** `12 MB of 386 MB`; `3 %` where only the share is known, and the whole is 1. */
export function doneText(doneBytes: number, totalBytes: number): string {
  if (totalBytes === 1) return `${Math.floor(100 * doneBytes)} %`;
  return `${sizeText(doneBytes)} of ${sizeText(totalBytes)}`;
}

/** `2 min left`; rounded up, since a promise should be kept. */
export function timeLeftText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.ceil(minutes / 6) / 10} h left`;
}

const DAY_MS = 86_400_000;

/** `Today`, `Yesterday`, `Last 7 days` … for a list's headings. */
export function dayGroupOf(time: number, now: number): string {
  return groupOf(time, new Date(now).setHours(0, 0, 0, 0));
}

/** Items that come newest first, under their headings; those of a group are together whatever their order. */
export function dayGroupsOf<T>(
  items: readonly T[],
  timeOf: (item: T) => number,
  now: number,
): [heading: string, items: T[]][] {
  const startOfToday = new Date(now).setHours(0, 0, 0, 0);
  return [...Map.groupBy(items, (item) => groupOf(timeOf(item), startOfToday))];
}

function groupOf(time: number, startOfToday: number): string {
  if (time >= startOfToday) return 'Today';
  if (time >= startOfToday - DAY_MS) return 'Yesterday';
  if (time >= startOfToday - 6 * DAY_MS) return 'Last 7 days';
  return 'Earlier';
}

/** `Today`, else the date as this browser's language has it, without a year that is this one. */
export function dayText(time: number, now = Date.now()): string {
  const [date, today] = [new Date(time), new Date(now)];
  if (date.toDateString() === today.toDateString()) return 'Today';
  const isThisYear = date.getFullYear() === today.getFullYear();
  return date.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
}
