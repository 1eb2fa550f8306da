/** Adds answers up; pure. */
import type { Place } from '../kernel/engine';
import type { Billing, Totals } from '../kernel/route';

export const NO_TOTALS: Totals = { localAnswers: 0, cloudAnswers: 0, spentNanoUsd: 0, savedNanoUsd: 0 };

export interface CountedAnswer {
  readonly place: Place;
  readonly billing?: Billing;
  readonly savedNanoUsd: number;
}

export function addAnswer(totals: Totals, { place, billing, savedNanoUsd }: CountedAnswer): Totals {
  return {
    localAnswers: totals.localAnswers + (place === 'local' ? 1 : 0),
    cloudAnswers: totals.cloudAnswers + (place === 'cloud' ? 1 : 0),
    spentNanoUsd: totals.spentNanoUsd + (billing?.costNanoUsd ?? 0),
    savedNanoUsd: totals.savedNanoUsd + savedNanoUsd,
  };
}
