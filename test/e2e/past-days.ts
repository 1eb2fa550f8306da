/** Writes what a site has been through: days of calls into its ledger, and the operator's counts beside it, by a clock of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRICES, costNanoUsdOf } from '../../src/meter/price';
import { utcDayOf } from '../../src/server/ledger/ledger';
import { createSqliteLedger } from '../../src/server/ledger/sqlite-ledger';

const DAY_MS = 86_400_000;
const AMPLE = { dayNanoUsd: 1e15, siteNanoUsd: 1e15, visitorNanoUsd: 1e15 };
const SITES = [
  'https://shop.example.org',
  'https://www.example.com',
  'https://docs.example.net',
  'api',
  'https://blog.example.org',
  'https://help.example.com',
  'https://old.example.net',
];
const REFUSALS = [
  'budget_exhausted',
  'rate_limited',
  'token_expired',
  'origin_not_allowed',
  'upstream_failed',
];

/** The last of `count` days is today; what a day holds follows from its number. */
export async function writePastDays(dataDir: string, count: number, nowMs: number): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  let atMs = 0;
  const ledger = createSqliteLedger({ path: join(dataDir, 'ledger.db'), caps: AMPLE, now: () => atMs });
  const days: Record<string, object> = {};
  for (let number = 0; number < count; number++) {
    const { day, endsAtMs } = utcDayOf(nowMs - (count - 1 - number) * DAY_MS);
    const isWeekend = [0, 6].includes(new Date(endsAtMs - 1).getUTCDay());
    const calls = Math.round((isWeekend ? 9 : 22) * (1 + 0.4 * Math.sin(number / 3)));
    for (let call = 0; call < calls; call++) {
      atMs = Math.min(endsAtMs - 1, endsAtMs - DAY_MS + ((call + 1) * DAY_MS) / (calls + 1));
      const [large, small] = PRICES;
      const price = call % 3 === 0 ? large : small;
      if (!price) throw new Error('There is no price.');
      const usage = {
        promptTokens: 150 + ((call * 397) % 1_900),
        cachedTokens: call % 4 === 0 ? 120 : 0,
        completionTokens: 80 + ((call * 211) % 600),
      };
      const id = `past-${number}-${call}`;
      const promptNanoUsd = costNanoUsdOf(price, { ...usage, completionTokens: 0 });
      await ledger.reserve({
        id,
        visitor: `visitor-${call % 9}`,
        site: SITES[Math.floor(((call * call + number) % 49) / 7)] ?? 'api',
        model: price.model,
        promptTokens: usage.promptTokens,
        worstNanoUsd: promptNanoUsd + 1_024 * price.outputNanoUsd,
        promptNanoUsd,
        priceAsOf: price.asOf,
      });
      const costNanoUsd = costNanoUsdOf(price, usage);
      await ledger.settle(id, { outcome: 'done', isEstimated: false, ...usage, costNanoUsd, latencyMs: 900 });
    }
    days[day] = {
      device: calls * 4 + ((number * 7) % 13),
      cloud: calls,
      refusals: Object.fromEntries(REFUSALS.map((code, at) => [code, (number * (at + 2)) % (11 - at)])),
    };
  }
  await ledger.close();
  writeFileSync(join(dataDir, 'operator.json'), JSON.stringify({ days }));
}
