/** What the operator can read of the books for one day: `GET /api/spend`. */
import type { Handler } from 'hono';
import type { SpendReport } from '../kernel/spend-report';
import { usdOf } from '../meter/price';
import { utcDayOf, type Ledger } from './ledger/ledger';

export interface SpendOptions {
  readonly ledger: Ledger;
  readonly now: () => number;
}

/** `?day=YYYY-MM-DD`, in UTC; today where it is absent. Who is a hash. */
export function createSpendHandler({ ledger, now }: SpendOptions): Handler {
  return async (c) => {
    const day = c.req.query('day') ?? utcDayOf(now()).day;
    const { spentNanoUsd, heldNanoUsd, calls: count } = await ledger.spend(day);
    const rowsOf = async (account: 'site' | 'visitor' | 'model') =>
      (await ledger.spendBy(day, account)).map((row) => ({
        name: row.name,
        spent_usd: usdOf(row.spentNanoUsd),
        calls: row.calls,
      }));
    const report: SpendReport = {
      day,
      spent_usd: usdOf(spentNanoUsd),
      spent_nano_usd: spentNanoUsd,
      held_usd: usdOf(heldNanoUsd),
      calls: count,
      by: { site: await rowsOf('site'), visitor: await rowsOf('visitor'), model: await rowsOf('model') },
    };
    return c.json(report, 200, { 'Cache-Control': 'no-store' });
  };
}
