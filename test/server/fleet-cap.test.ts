/** However many ask at once, and whichever of three servers they ask, a day's budget is never overspent. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Price } from '../../src/kernel/wire';
import { HAS_REDIS } from '../redis-process';
import { askSite, billOf, createRandom, disagreementsOf, type Seen } from './ask-site';
import { openFleet, type Fleet } from './fleet';

const REQUESTS = 1_000;
const CAP_NANO_USD = 100_000_000;
const FIT = 20;
const MAX_TOKENS = 64;
/** As in `cap.test.ts`: twenty of the worst case fit. */
const PRICE: Price = {
  model: 'gpt-4o',
  inputNanoUsd: 14_000,
  cachedInputNanoUsd: 7_000,
  outputNanoUsd: 70_000,
  asOf: '2026-11-01',
};

describe.skipIf(!HAS_REDIS)('three servers on one Redis', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    const env = { BUDGET_USD_PER_DAY: '0.10', BUDGET_USD_PER_SITE_PER_DAY: '100000' };
    fleet = await openFleet({ env, prices: [PRICE] });
  });
  afterEach(() => fleet.close());

  test('1,000 at once, whose answers take their time: what is held counts as spent, on every server', async () => {
    fleet.fake.behave({ kind: 'answer', delayMs: 100 });
    const watch = watchSpent();
    const seen = await askAll(1);
    const most = await watch.stop();
    expect(seen.filter(({ isWhole }) => isWhole).length).toBeGreaterThanOrEqual(FIT - 1);
    expect(most).toBeLessThanOrEqual(CAP_NANO_USD);
    await expectBooksToAgree(seen);
  });

  test('1,000 at once, answered at once: what is given back is spent again, and never more than the cap', async () => {
    const watch = watchSpent();
    const seen = await askAll(2);
    const most = await watch.stop();
    const served = seen.filter(({ isWhole }) => isWhole).length;
    console.log(
      `of ${REQUESTS} requests ${served} were served; spent: ${(await fleet.spend()).spentNanoUsd} n$`,
    );
    expect(served).toBeGreaterThanOrEqual(FIT - 1);
    expect(most).toBeLessThanOrEqual(CAP_NANO_USD);
    await expectBooksToAgree(seen);
  });

  function askAll(seed: number): Promise<Seen[]> {
    const random = createRandom(seed);
    return Promise.all(
      Array.from({ length: REQUESTS }, (_, at) => {
        const text = `Question ${100 + (at % 900)}: what is the best way from the river to the mountains in winter?`;
        const server = fleet.servers[at % fleet.servers.length]!;
        return askSite(server, { text, stream: random() < 0.5, maxTokens: MAX_TOKENS });
      }),
    );
  }

  async function expectBooksToAgree(seen: readonly Seen[]): Promise<void> {
    const refused = seen.filter(({ isWhole }) => !isWhole);
    // On a machine so busy that Redis does not get to answer within a second, some are refused for that.
    const codes = new Set(refused.map(({ status, code }) => `${status} ${code}`));
    codes.delete('503 ledger_unavailable');
    expect([...codes]).toEqual(['429 budget_exhausted']);
    await expect.poll(async () => (await fleet.spend()).heldNanoUsd, { timeout: 30_000 }).toBe(0);
    const { spentNanoUsd: spent } = await fleet.spend();
    const books = fleet.fake.books();
    const entries = await fleet.entries();
    expect(spent).toBeLessThanOrEqual(CAP_NANO_USD);
    expect(spent).toBe(books.reduce((sum, book) => sum + billOf(PRICE, book), 0));
    expect(books).toHaveLength(seen.length - refused.length);
    expect(disagreementsOf(seen, entries, books, PRICE)).toEqual([]);
    // Otherwise the prices do not pose the question.
    expect(entries.length).toBeGreaterThan(0);
    for (const { worstNanoUsd } of entries) expect(Math.floor(CAP_NANO_USD / worstNanoUsd)).toBe(FIT);
  }

  /** Looks at the books again and again; resolves to the most that was spent and held at once. */
  function watchSpent(): { stop(): Promise<number> } {
    let isOn = true;
    let most = 0;
    const watching = (async () => {
      while (isOn) {
        const { spentNanoUsd, heldNanoUsd } = await fleet.spend();
        most = Math.max(most, spentNanoUsd + heldNanoUsd);
      }
    })();
    return {
      async stop() {
        isOn = false;
        await watching;
        return most;
      },
    };
  }
});
