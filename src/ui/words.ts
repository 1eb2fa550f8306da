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

/** `2 min left`; rounded up, since a promise should be kept. */
export function timeLeftText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s left`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min left`;
  return `${Math.ceil(minutes / 6) / 10} h left`;
}

/** `Today`, `Yesterday`, `Earlier this week` … for a list's headings. */
export function dayGroupOf(time: number, now: number): string {
  const dayMs = 86_400_000;
  const startOfToday = new Date(now).setHours(0, 0, 0, 0);
  if (time >= startOfToday) return 'Today';
  if (time >= startOfToday - dayMs) return 'Yesterday';
  if (time >= startOfToday - 6 * dayMs) return 'Last 7 days';
  return 'Earlier';
}
