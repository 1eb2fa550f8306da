/** Whatever becomes of Redis meanwhile: nothing is spent that is not in the books, never more than the cap, and it goes on by itself. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Price } from '../../src/kernel/wire';
import { HAS_REDIS } from '../redis-process';
import { askSite, billOf, createRandom, disagreementsOf, type Seen } from './ask-site';
import { openFleet, type Fleet } from './fleet';
import { ADMIN_TOKEN, IS_LONG } from './site';

const ROUNDS = IS_LONG ? 8 : 1;
const SEED = 17;
const CLIENTS = 30;
const MAX_TOKENS = 1_024;
const CHUNK_MS = 5;
const CAP_NANO_USD = 100_000_000;
/** The worst case of a call is some 2.6 million nano-dollars, of which 38 fit; most calls come to a fiftieth of it. */
const PRICE: Price = {
  model: 'gpt-4o',
  inputNanoUsd: 100,
  cachedInputNanoUsd: 50,
  outputNanoUsd: 2_500,
  asOf: '2026-11-01',
};
/** No call is without an answer for longer, whatever Redis does. */
const PATIENCE_MS = 30_000;

describe.skipIf(!HAS_REDIS)('three servers on one Redis', () => {
  let fleet: Fleet;
  beforeEach(async () => {
    const env = { BUDGET_USD_PER_DAY: '0.10', BUDGET_USD_PER_SITE_PER_DAY: '100000' };
    // As the compose file has it: what was acknowledged is on the disk.
    fleet = await openFleet({ env, prices: [PRICE], redisArgs: ['--appendfsync', 'always'], hasLines: true });
    fleet.fake.behave({ kind: 'answer', delayMs: CHUNK_MS });
  });
  afterEach(() => fleet.close());

  const faults: Record<string, () => Promise<unknown>> = {
    'Redis is restarted': async () => {
      await fleet.redis.stop();
      await wait(800);
      await fleet.redis.start();
    },
    'Redis is killed': async () => {
      await fleet.redis.kill();
      await wait(300);
      await fleet.redis.start();
    },
    'Redis stands still': async () => {
      fleet.redis.pause();
      await wait(2_500);
      fleet.redis.resume();
    },
    'Redis pauses its clients': () => fleet.redis.command('CLIENT', 'PAUSE', '1500'),
    'Redis ends its connections': () => fleet.redis.command('CLIENT', 'KILL', 'TYPE', 'normal'),
    'one server is cut off': async () => {
      fleet.servers[0]?.line?.cut();
      await wait(1_500);
      fleet.servers[0]?.line?.mend();
    },
    'nothing gets through to Redis': async () => {
      for (const { line } of fleet.servers) line?.silence();
      await wait(2_000);
      for (const { line } of fleet.servers) line?.mend();
    },
  };

  test(
    'Redis restarted, killed, paused, cut off: never over the cap, and the ledger has the vendor’s books',
    async () => {
      const random = createRandom(SEED);
      const seen: Seen[] = [];
      const asking = keepAsking(seen, random);
      const watch = watchSpent();
      await wait(500);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [, cause] of shuffled(Object.entries(faults), random)) {
          const before = seen.length;
          await cause();
          await wait(500 + random() * 1_000);
          // It goes on by itself, for as long as there is budget.
          await expect
            .poll(() => seen.slice(before).some(({ status }) => status === 200 || status === 429), {
              timeout: 10_000,
            })
            .toBe(true);
        }
      }
      await asking.stop();
      const most = await watch.stop();
      await expect.poll(async () => (await fleet.spend()).heldNanoUsd, { timeout: 30_000 }).toBe(0);
      await expectBooksToAgree(seen, most);
    },
    120_000 + ROUNDS * 60_000,
  );

  test('while Redis is away the page is served, nothing is spent, and a graceful stop still ends', async () => {
    const [server] = fleet.servers;
    if (!server) throw new Error('There is no server.');
    await fleet.redis.stop();
    const paths = ['', 'healthz', 'api/config', 'v1/models'];
    const statuses = await Promise.all(paths.map(async (path) => (await fetch(server.url + path)).status));
    expect(statuses).toEqual([200, 200, 200, 200]);
    const origin = server.url.slice(0, -1);
    const session = await fetch(`${server.url}api/session`, { method: 'POST', headers: { Origin: origin } });
    expect(session.status).toBe(200);
    const refused = await askSite(server, { text: 'Hi', stream: true });
    expect(refused).toMatchObject({ status: 503, code: 'ledger_unavailable' });
    const keyed = await server.post(ASKED, { headers: { 'Idempotency-Key': 'k1' } });
    expect(keyed.status).toBe(503);
    const spend = await fetch(`${server.url}api/spend`, {
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(spend.status).toBe(503);
    expect(fleet.fake.books()).toEqual([]);
    expect(server.logged.match(/does not answer: nothing is spent/g)).toHaveLength(1);
    await server.stop();
    expect(server.isAlive()).toBe(false);
  });

  test('a server that starts while Redis is away serves the page, says so once, and spends once Redis is there', async () => {
    const [server] = fleet.servers;
    if (!server) throw new Error('There is no server.');
    await server.stop();
    await fleet.redis.stop();
    await server.start();
    expect((await fetch(server.url)).status).toBe(200);
    expect(await askSite(server, { text: 'Hi', stream: false })).toMatchObject({ status: 503 });
    expect(server.logged.match(/cannot be reached: nothing is spent until it can/g)).toHaveLength(1);
    await fleet.redis.start();
    await expect
      .poll(async () => (await askSite(server, { text: 'Hi', stream: false })).isWhole, { timeout: 15_000 })
      .toBe(true);
  });

  function keepAsking(seen: Seen[], random: () => number): { stop(): Promise<void> } {
    let isOn = true;
    const clients = Array.from({ length: CLIENTS }, async (_, client) => {
      for (let count = 0; isOn; count++) {
        const text = `Client ${client} asks for the ${count + 1}th time.`;
        const server = fleet.servers[(client + count) % fleet.servers.length]!;
        const signal = AbortSignal.timeout(PATIENCE_MS);
        const one = await askSite(server, { text, stream: random() < 0.5, maxTokens: MAX_TOKENS, signal });
        seen.push(one);
        // As a client does that was refused.
        if (!one.isWhole) await wait(50 + random() * 100);
      }
    });
    return {
      async stop() {
        isOn = false;
        await Promise.all(clients);
      },
    };
  }

  /** Looks at the books again and again, whenever Redis lets it; resolves to the most that was spent and held at once. */
  function watchSpent(): { stop(): Promise<number> } {
    let isOn = true;
    let most = 0;
    const watching = (async () => {
      while (isOn) {
        const spend = await fleet.spend().catch(() => undefined);
        if (spend) most = Math.max(most, spend.spentNanoUsd + spend.heldNanoUsd);
        await wait(10);
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

  async function expectBooksToAgree(seen: readonly Seen[], most: number): Promise<void> {
    const { spentNanoUsd: spent } = await fleet.spend();
    const books = fleet.fake.books();
    const entries = await fleet.entries();
    const counts: Record<string, number> = {};
    for (const { isWhole, status, code } of seen) {
      const end = isWhole ? 'whole' : `${status} ${code}`;
      counts[end] = (counts[end] ?? 0) + 1;
    }
    console.log(
      `${ROUNDS * Object.keys(faults).length} faults, ${seen.length} calls: ${JSON.stringify(counts)}; ` +
        `at most ${most} n$ spent and held at once; spent ${spent} n$ of ${CAP_NANO_USD}`,
    );
    // Nobody was cut off, nobody waited for ever, nobody saw anything else.
    const others = Object.keys(counts).filter((name) => !EXPECTED.has(name));
    expect(others).toEqual([]);
    expect(most).toBeLessThanOrEqual(CAP_NANO_USD);
    expect(spent).toBeLessThanOrEqual(CAP_NANO_USD);
    expect(books.every(({ end }) => end === 'done')).toBe(true);
    expect(books).toHaveLength(counts['whole'] ?? 0);
    expect(spent).toBe(books.reduce((sum, book) => sum + billOf(PRICE, book), 0));
    expect(disagreementsOf(seen, entries, books, PRICE)).toEqual([]);
    expect(entries.filter(({ state }) => state === 'settled')).toHaveLength(books.length);
    // Otherwise the faults came where there was nothing to lose.
    expect(counts['503 ledger_unavailable']).toBeGreaterThan(Object.keys(faults).length);
    expect(counts['whole']).toBeGreaterThan(100);
  }
});

const ASKED = { model: 'flagship', messages: [{ role: 'user', content: 'Hi' }] };
const EXPECTED = new Set(['whole', '429 budget_exhausted', '503 ledger_unavailable']);

function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((one) => ({ one, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
