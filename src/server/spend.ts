/** What the operator can read of the books: `GET /api/spend` for people and programs, `GET /metrics` for Prometheus. */
import type { Handler } from 'hono';
import { Gauge, Registry, collectDefaultMetrics } from 'prom-client';
import type { SpendReport } from '../kernel/spend-report';
import { usdOf } from '../meter/price';
import { utcDayOf, type Ledger } from './ledger/ledger';

export interface SpendHandlers {
  /** `?day=YYYY-MM-DD`, in UTC; today where it is absent. Who is a hash. */
  readonly report: Handler;
  readonly metrics: Handler;
}

export function createSpendHandlers({
  ledger,
  now,
}: {
  readonly ledger: Ledger;
  readonly now: () => number;
}): SpendHandlers {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gaugeOf = (name: string, help: string) => new Gauge({ name, help, registers: [registry] });
  const spent = gaugeOf('smallfirst_spent_usd', 'Spent on the large model in this UTC day.');
  const held = gaugeOf('smallfirst_held_usd', 'Held for calls under way.');
  const calls = gaugeOf('smallfirst_calls', 'Calls to the large model in this UTC day.');

  return {
    async report(c) {
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
    },
    async metrics(c) {
      const today = await ledger.spend(utcDayOf(now()).day);
      spent.set(usdOf(today.spentNanoUsd));
      held.set(usdOf(today.heldNanoUsd));
      calls.set(today.calls);
      return c.body(await registry.metrics(), 200, { 'Content-Type': registry.contentType });
    },
  };
}
