/** Which rows of a long list are worth drawing: those in view and a few around them; all rows of a kind are equally high. */

export interface ListWindow {
  /** Of the rows: the first one drawn, and the first one after them. */
  readonly from: number;
  readonly to: number;
  /** What the rows before and after take, in pixels. */
  readonly before: number;
  readonly after: number;
}

/** So many rows above and below what is in view: the keyboard finds a next one there. */
const AROUND = 8;

/** `tops` holds where each row begins, and at its end where the last one ends. */
export function windowOf(tops: readonly number[], scrollTop: number, height: number): ListWindow {
  const count = tops.length - 1;
  const from = Math.max(0, firstEndingAfter(tops, scrollTop) - AROUND);
  const to = Math.min(count, firstEndingAfter(tops, scrollTop + height) + 1 + AROUND);
  return { from, to, before: tops[from] ?? 0, after: (tops[count] ?? 0) - (tops[to] ?? 0) };
}

function firstEndingAfter(tops: readonly number[], y: number): number {
  let low = 0;
  let high = tops.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tops[middle + 1] ?? Infinity) > y) high = middle;
    else low = middle + 1;
  }
  return low;
}
