/** A server that is killed at any moment loses nothing that it acknowledged, and its next start leaves nothing held. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PRICES, costNanoUsdOf } from '../../src/meter/price';
import { askSite, billOf, createRandom, disagreementsOf, unbilledOf, type Seen } from './ask-site';
import { IS_LONG, openSite, type Site } from './site';

const KILLS = IS_LONG ? 50 : 5;
const SEED = 7;
const CLIENTS = 10;
const MAX_TOKENS = 100;
/** Between two chunks: a stream takes some 0.2 to 0.7 seconds. */
const CHUNK_MS = 15;
const EARLIEST_KILL_MS = 100;
const LATEST_KILL_MS = 1_600;

let site: Site;
beforeEach(async () => {
  site = await openSite();
  site.fake.behave({ kind: 'answer', delayMs: CHUNK_MS });
});
afterEach(() => site.close());

test(
  `kill -9 at ${KILLS} random moments: no acknowledged settlement is lost, and no hold outlives the sweep`,
  async () => {
    const random = createRandom(SEED);
    const seen: Seen[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const asking = askUntilKilled(seen, random, kill);
      await wait(EARLIEST_KILL_MS + random() * (LATEST_KILL_MS - EARLIEST_KILL_MS));
      await site.kill();
      await asking;
      // As the dead server left them.
      await expectNothingLost(seen);
      await site.start();
      expect(await site.spend()).toMatchObject({ held_usd: 0 });
    }
    await expectBooksToAgree(seen);
  },
  60_000 + KILLS * 10_000,
);

/** Each client asks one thing after the other, as a stream and whole, until nobody answers any more. */
async function askUntilKilled(seen: Seen[], random: () => number, kill: number): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = 0; site.isAlive(); count++) {
      const words = 'and tell me more about it '.repeat(Math.floor(random() * 40));
      const text = `Client ${client} asks ${count} after ${kill} kills ${words}`;
      seen.push(await askSite(site, { text, stream: (client + count) % 2 === 0, maxTokens: MAX_TOKENS }));
    }
  });
  await Promise.all(clients);
}

async function expectNothingLost(seen: readonly Seen[]): Promise<void> {
  const wrong = disagreementsOf(seen, await site.entries(), site.fake.books(), flagship());
  expect(wrong).toEqual([]);
}

async function expectBooksToAgree(seen: readonly Seen[]): Promise<void> {
  const entries = await site.entries();
  const books = site.fake.books();
  const swept = entries.filter(({ outcome }) => outcome === 'swept');
  const done = entries.filter(({ outcome }) => outcome === 'done');
  const whole = seen.filter(({ isWhole }) => isWhole);
  console.log(
    `${KILLS} kills: ${entries.length} calls in the ledger, ${done.length} done (${whole.length} seen whole), ` +
      `${swept.length} swept; ${books.length} in the vendor's books`,
  );
  const cutShort = books.filter(({ end }) => end !== 'done');
  console.log(
    `of the calls that were cut short the vendor billed ${sumOf(cutShort.map((book) => billOf(flagship(), book)))} n$, ` +
      `the sweep booked ${sumOf(swept.map(({ costNanoUsd }) => costNanoUsd))} n$`,
  );
  await expectNothingLost(seen);
  expect(unbilledOf(entries, books)).toEqual([]);
  expect(entries.filter(({ state }) => state !== 'settled')).toEqual([]);
  const wronglySwept = swept.filter(
    ({ costNanoUsd, promptNanoUsd, promptTokens, worstNanoUsd, isEstimated }) =>
      costNanoUsd !== promptNanoUsd ||
      costNanoUsd !== costNanoUsdOf(flagship(), { promptTokens, cachedTokens: 0, completionTokens: 0 }) ||
      costNanoUsd > worstNanoUsd ||
      !isEstimated,
  );
  expect(wronglySwept).toEqual([]);
  // A call that the vendor saw was held before.
  expect(entries.length).toBeGreaterThanOrEqual(books.length);
  expect(swept.length + done.length).toBe(entries.length);
  const { spent_nano_usd: spent } = await site.spend();
  expect(spent).toBe(sumOf(entries.map(({ costNanoUsd }) => costNanoUsd)));
  // Otherwise the kills came where there was nothing to lose.
  expect(whole.length).toBeGreaterThan(KILLS);
  expect(swept.length).toBeGreaterThan(KILLS);
}

function flagship() {
  const [price] = PRICES;
  if (!price) throw new Error('There is no price.');
  return price;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
