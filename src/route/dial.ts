/** What the dial from Save to Best means: which share of questions may go to the large model; pure. */

/** The share of ordinary test questions that goes to the large model: none at 0, 1 in 4 in the middle, all at 1. */
export function shareOf(dial: number): number {
  return Math.max(0, Math.min(1, dial)) ** 2;
}
