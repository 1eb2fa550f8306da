/** Adds each answer to the meter: what it cost, and what it saved against the large model. */
import type { ChatMessage } from '../kernel/history';
import type { Totals } from '../kernel/route';
import type { Price } from '../kernel/wire';
import { savedNanoUsdOf } from '../meter/receipt';
import { addAnswer, dayOf, NO_TOTALS } from '../meter/totals';
import type { createTotalsStore } from '../store/totals-store';
import type { AnswerReporter } from './report-answers';

export interface AnswerCounterOptions {
  readonly store: Promise<ReturnType<typeof createTotalsStore>>;
  /** Of the large model; where there is none, of the one it would have been. */
  readonly price: () => Price | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly reporter: AnswerReporter;
  readonly onChange: () => void;
}

export interface AnswerCounter {
  readonly totals: Totals;
  /** Reads what earlier visits counted. */
  restore(): Promise<void>;
  count(message: ChatMessage): Promise<void>;
}

export function createAnswerCounter({
  store,
  price,
  now,
  reporter,
  onChange,
}: AnswerCounterOptions): AnswerCounter {
  let totals: Totals = NO_TOTALS;
  return {
    get totals() {
      return totals;
    },
    async restore() {
      totals = { ...NO_TOTALS, ...(await (await store).read().catch(() => undefined)) };
      onChange();
    },
    async count({ answer, text }) {
      if (!answer || (!text && !answer.billing)) return;
      const { place, usage, billing, tried } = answer;
      reporter.count(place);
      const paid = price();
      const savedNanoUsd = place === 'local' && usage && paid ? savedNanoUsdOf(paid, usage) : 0;
      const bills = { ...(billing ? { billing } : {}), ...(tried ? { tried } : {}) };
      const counted = { place, savedNanoUsd, day: dayOf(now()), ...bills };
      totals = await (
        await store
      )
        .change((before) => addAnswer(before ?? NO_TOTALS, counted))
        .catch(() => addAnswer(totals, counted));
      onChange();
    },
  };
}
