/** Keeps the totals of this device. */
import type { KeyValue } from '../kernel/key-value';
import type { Totals } from '../kernel/route';

const KEY = 'totals';

export interface TotalsStore {
  read(): Promise<Totals | undefined>;
  /** What `change` makes of them, in one transaction: another tab's answer is not lost. Gives the new ones. */
  change(change: (totals: Totals | undefined) => Totals): Promise<Totals>;
}

export function createTotalsStore(keyValue: KeyValue): TotalsStore {
  return {
    read: () => keyValue.get<Totals>(KEY),
    async change(change) {
      let changed = change(undefined);
      await keyValue.update<Totals>([KEY], ([totals]) => [[KEY, (changed = change(totals))]]);
      return changed;
    },
  };
}
