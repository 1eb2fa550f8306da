/** Of three servers on one Redis any may be killed at any moment: the others go on, and settle once what it left. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PRICES, costNanoUsdOf } from '../../src/meter/price';
import { HAS_REDIS } from '../redis-process';
import { askSite, billOf, createRandom, disagreementsOf, unbilledOf, type Seen } from './ask-site';
import { openFleet, type Fleet } from './fleet';
import { IS_LONG } from './site';

const KILLS = IS_LONG ? 50 : 5;
const SEED = 13;
const CLIENTS = 12;
const MAX_TOKENS = 100;
const CHUNK_MS = 15;
const EARLIEST_KILL_MS = 100;
const LATEST_KILL_MS = 1_600;
/** Six beats of five seconds, and some. */
const LEASE_MS = 60_000;

describe.skipIf(!HAS_REDIS)('three servers on one Redis', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await openFleet();
    fleet.fake.behave({ kind: 'answer', delayMs: CHUNK_MS });
  });
  afterEach(() => fleet.close());

  test(
    `kill -9 of one of them at ${KILLS} random moments: nothing acknowledged is lost, what it held is settled once`,
    async () => {
      const random = createRandom(SEED);
      const seen: Seen[] = [];
      const asking = keepAsking(seen, random);
      for (let kill = 0; kill < KILLS; kill++) {
        await wait(EARLIEST_KILL_MS + random() * (LATEST_KILL_MS - EARLIEST_KILL_MS));
        const server = fleet.servers[Math.floor(random() * fleet.servers.length)]!;
        await server.kill();
        await wait(random() * 200);
        await server.start();
      }
      await asking.stop();
      expectNothingLost(seen, await fleet.entries());
      await expect
        .poll(async () => (await fleet.spend()).heldNanoUsd, { timeout: LEASE_MS, interval: 500 })
        .toBe(0);
      await expectBooksToAgree(seen);
    },
    120_000 + KILLS * 5_000,
  );

  /** Each client asks one server after the other, as a stream and whole. */
  function keepAsking(seen: Seen[], random: () => number): { stop(): Promise<void> } {
    let isOn = true;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let count = 0; isOn; count++) {
        const words = 'and tell me more about it '.repeat(Math.floor(random() * 40));
        const text = `Client ${client} asks for the ${count + 1}th time ${words}`;
        const server = fleet.servers[(client + count) % fleet.servers.length]!;
        if (!server.isAlive()) await wait(20);
        else seen.push(await askSite(server, { text, stream: count % 2 === 0, maxTokens: MAX_TOKENS }));
      }
    });
    return {
      async stop() {
        isOn = false;
        await Promise.all(clients);
      },
    };
  }

  function expectNothingLost(seen: readonly Seen[], entries: Awaited<ReturnType<Fleet['entries']>>): void {
    expect(disagreementsOf(seen, entries, fleet.fake.books(), flagship())).toEqual([]);
  }

  async function expectBooksToAgree(seen: readonly Seen[]): Promise<void> {
    const entries = await fleet.entries();
    const books = fleet.fake.books();
    const swept = entries.filter(({ outcome }) => outcome === 'swept');
    const done = entries.filter(({ outcome }) => outcome === 'done');
    const whole = seen.filter(({ isWhole }) => isWhole);
    const cutShort = books.filter(({ end }) => end !== 'done');
    console.log(
      `${KILLS} kills of one of three: ${entries.length} calls in the ledger, ${done.length} done ` +
        `(${whole.length} seen whole), ${swept.length} swept; ${books.length} in the vendor's books; of the calls cut short ` +
        `the vendor billed ${sumOf(cutShort.map((book) => billOf(flagship(), book)))} n$, the sweep booked ` +
        `${sumOf(swept.map(({ costNanoUsd }) => costNanoUsd))} n$`,
    );
    expectNothingLost(seen, entries);
    expect(unbilledOf(entries, books)).toEqual([]);
    expect(entries.filter(({ state }) => state !== 'settled')).toEqual([]);
    const wronglySwept = swept.filter(
      ({ costNanoUsd, promptNanoUsd, promptTokens, isEstimated }) =>
        costNanoUsd !== promptNanoUsd ||
        costNanoUsd !== costNanoUsdOf(flagship(), { promptTokens, cachedTokens: 0, completionTokens: 0 }) ||
        !isEstimated,
    );
    expect(wronglySwept).toEqual([]);
    // A call that the vendor saw was held before.
    expect(entries.length).toBeGreaterThanOrEqual(books.length);
    expect(swept.length + done.length).toBe(entries.length);
    // Whatever is settled twice is in the sums twice.
    const { spentNanoUsd, calls } = await fleet.spend();
    expect(spentNanoUsd).toBe(sumOf(entries.map(({ costNanoUsd }) => costNanoUsd)));
    expect(calls).toBe(entries.length);
    // Otherwise the kills came where there was nothing to lose.
    expect(whole.length).toBeGreaterThan(KILLS);
    expect(swept.length).toBeGreaterThan(KILLS / 2);
  }
});

function flagship() {
  const [price] = PRICES;
  if (!price) throw new Error('There is no price.');
  return price;
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
