/** However many ask at once, a day's budget is never overspent, and hardly any of it is left unused. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Price } from '../../src/kernel/wire';
import { askSite, billOf, createRandom, disagreementsOf, type Seen } from './ask-site';
import { openSite, type Site } from './site';

const REQUESTS = 1_000;
const CAP_NANO_USD = 100_000_000;
const FIT = 20;
const MAX_TOKENS = 64;
/** The worst case of a call is about 0.0049 dollars: 64 tokens of answer at 70,000 nano-dollars, 30 of prompt at 14,000. */
const PRICE: Price = {
  model: 'gpt-4o',
  inputNanoUsd: 14_000,
  cachedInputNanoUsd: 7_000,
  outputNanoUsd: 70_000,
  asOf: '2026-11-01',
};
const DAY_S = 86_400;

let site: Site;
beforeEach(async () => {
  // A site's budget is the day's where it is not set.
  const env = { BUDGET_USD_PER_DAY: '0.10', BUDGET_USD_PER_SITE_PER_DAY: '100000' };
  site = await openSite({ env, prices: [PRICE] });
});
afterEach(() => site.close());

test('1,000 at once, whose answers take their time: what is held counts as spent', async () => {
  site.fake.behave({ kind: 'answer', delayMs: 100 });
  const watch = watchSpent();
  const seen = await askAll(1);
  const most = await watch.stop();
  const served = seen.filter(({ isWhole }) => isWhole);
  expect(served.length).toBeGreaterThanOrEqual(FIT - 1);
  expect(most.held).toBeLessThanOrEqual(CAP_NANO_USD);
  await expectBooksToAgree(seen);
});

test('1,000 at once, answered at once: what is given back is spent again, and never more than the cap', async () => {
  const watch = watchSpent();
  const seen = await askAll(2);
  const most = await watch.stop();
  const served = seen.filter(({ isWhole }) => isWhole);
  console.log(
    `of ${REQUESTS} requests ${served.length} were served; spent: ${(await site.spend()).spent_nano_usd} n$`,
  );
  expect(served.length).toBeGreaterThan(FIT);
  expect(most.held).toBeLessThanOrEqual(CAP_NANO_USD);
  await expectBooksToAgree(seen);
});

function askAll(seed: number): Promise<Seen[]> {
  const random = createRandom(seed);
  return Promise.all(
    Array.from({ length: REQUESTS }, (_, at) => {
      const text = `Question ${100 + (at % 900)}: what is the best way from the river to the mountains in winter?`;
      return askSite(site, { text, stream: random() < 0.5, maxTokens: MAX_TOKENS });
    }),
  );
}

async function expectBooksToAgree(seen: readonly Seen[]): Promise<void> {
  const refused = seen.filter(({ isWhole }) => !isWhole);
  const wrong = refused.filter(
    ({ status, code, retryAfterS }) =>
      status !== 429 || code !== 'budget_exhausted' || !(retryAfterS >= 1 && retryAfterS <= DAY_S),
  );
  expect(wrong).toEqual([]);
  const { spent_nano_usd: spent, held_usd: held } = await site.spend();
  const books = site.fake.books();
  const entries = await site.entries();
  expect(spent).toBeLessThanOrEqual(CAP_NANO_USD);
  expect(held).toBe(0);
  expect(spent).toBe(books.reduce((sum, book) => sum + billOf(PRICE, book), 0));
  expect(books).toHaveLength(seen.length - refused.length);
  expect(disagreementsOf(seen, entries, books, PRICE)).toEqual([]);
  // Otherwise the prices do not pose the question.
  for (const { worstNanoUsd } of entries) expect(Math.floor(CAP_NANO_USD / worstNanoUsd)).toBe(FIT);
}

/** Looks at the books again and again; `held` is the most that was spent and held at once. */
function watchSpent(): { stop(): Promise<{ readonly held: number }> } {
  let isOn = true;
  let held = 0;
  const watching = (async () => {
    while (isOn) {
      const { spent_nano_usd, held_usd } = await site.spend();
      held = Math.max(held, spent_nano_usd + Math.round(held_usd * 1e9));
    }
  })();
  return {
    async stop() {
      isOn = false;
      await watching;
      return { held };
    },
  };
}
