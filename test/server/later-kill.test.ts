/** A server that is killed at any moment answers or refunds every question for later, and pays each once. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchCourse, BatchFault, BatchOperation } from '../fakes/openai/batch-course';
import { createRandom } from './ask-site';
import { API_TOKEN, IS_LONG, openSite, type Site } from './site';

const KILLS = IS_LONG ? 20 : 3;
const SEED = 11;
const CLIENTS = 4;
/** After the first question of a life was taken. */
const LATEST_KILL_MS = 1_200;
const MOST_WAIT_MS = 30_000;
/** Half of gpt-4o's 2.50 and 10 dollars per million tokens. */
const [INPUT_NANO_USD, OUTPUT_NANO_USD] = [1_250, 5_000];

const COURSES: readonly BatchCourse[] = [
  { end: 'completed' },
  { end: 'completed', isAnswered: (line) => line % 3 !== 0 },
  { end: 'expired', isAnswered: (line) => line < 2 },
  { end: 'failed' },
];
const FAULTS: readonly (readonly [BatchOperation, BatchFault])[] = [
  ['upload', { kind: 'lost' }],
  ['create', { kind: 'lost' }],
  ['create', { kind: 'hang-up' }],
  ['create', { kind: 'status', status: 500 }],
  ['content', { kind: 'cut' }],
  ['look', { kind: 'status', status: 429 }],
];

interface Told {
  readonly status: 'waiting' | 'answered' | 'failed' | 'cancelled';
  readonly error: { readonly code: string } | null;
}

let site: Site;
beforeEach(async () => {
  const seconds = { LATER_GATHER_SECONDS: '0.1', LATER_POLL_SECONDS: '0.1' };
  site = await openSite({ env: { ANSWER_LATER: 'on', ...seconds } });
});
afterEach(() => site.close());

test(
  `kill -9 at ${KILLS} random moments: every question is answered or refunded, and the ledger is the vendor’s books`,
  async () => {
    const random = createRandom(SEED);
    const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
    const asked: string[] = [];
    const dropped = new Set<string>();
    for (let kill = 0; kill < KILLS; kill++) {
      site.fake.batches.script(pick(COURSES));
      const [operation, fault] = pick(FAULTS);
      site.fake.batches.fail(operation, fault);
      const before = asked.length;
      const asking = askUntilKilled(asked, dropped, random, kill);
      await until(() => asked.length > before);
      await wait(random() * LATEST_KILL_MS);
      await site.kill();
      await asking;
      await site.start();
    }
    const ends = await endsOf(asked.filter((id) => !dropped.has(id)));
    await untilNothingIsHeld();
    console.log(
      `${KILLS} kills: ${asked.length} questions acknowledged, ${dropped.size} taken back, ${JSON.stringify(ends)}; ` +
        `${site.fake.batches.all.length} batches, ${site.fake.batches.bills.length} answers billed`,
    );
    await expectBooksToAgree();
    expect(site.fake.batches.files).toEqual([]);
    // Otherwise the kills came where there was nothing to lose.
    expect(ends['answered']).toBeGreaterThan(0);
    expect(site.fake.batches.all.length).toBeGreaterThan(1);
  },
  60_000 + KILLS * 10_000,
);

async function askUntilKilled(
  asked: string[],
  dropped: Set<string>,
  random: () => number,
  kill: number,
): Promise<void> {
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let count = 0; site.isAlive(); count++) {
      try {
        const text = `Client ${client} asks ${count} after ${kill} kills`;
        const response = await ask(text);
        const { id } = (await response.json()) as { id: string };
        if (response.status === 202) asked.push(id);
        await wait(random() * 60);
        if (random() < 0.2) {
          // Whether the server heard of it or not.
          dropped.add(id);
          await fetch(`${site.url}api/later/${id}`, { method: 'DELETE' });
        }
      } catch {
        // The server died.
      }
    }
  });
  await Promise.all(clients);
}

function ask(text: string): Promise<Response> {
  return fetch(`${site.url}api/later`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'flagship', messages: [{ role: 'user', content: text }], max_tokens: 100 }),
  });
}

/** How many ended how; each has to. */
async function endsOf(ids: readonly string[]): Promise<Record<string, number>> {
  const ends: Record<string, number> = {};
  const endsAtMs = performance.now() + MOST_WAIT_MS;
  for (const id of ids) {
    for (;;) {
      const { status, error } = (await (await fetch(`${site.url}api/later/${id}`)).json()) as Told;
      const end = error?.code ?? status;
      if (end !== 'waiting') {
        ends[end] = (ends[end] ?? 0) + 1;
        break;
      }
      if (performance.now() > endsAtMs) throw new Error(`A question still waits: ${JSON.stringify(ends)}`);
      await wait(50);
    }
  }
  expect(Object.keys(ends)).not.toContain('not_found');
  return ends;
}

async function untilNothingIsHeld(): Promise<void> {
  await until(async () => (await site.spend()).held_usd === 0 && site.fake.batches.files.length === 0);
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (const endsAtMs = performance.now() + MOST_WAIT_MS; !(await isSo()); await wait(20)) {
    if (performance.now() > endsAtMs) throw new Error(`not so after ${MOST_WAIT_MS} ms: ${String(isSo)}`);
  }
}

/** Each answer that the vendor billed stands in the ledger once, to the nano-dollar, and nothing else does. */
async function expectBooksToAgree(): Promise<void> {
  const entries = await site.entries();
  expect(entries.filter(({ state }) => state === 'held')).toEqual([]);
  const booked = entries
    .filter(({ state }) => state === 'settled')
    .map(({ id, costNanoUsd, isEstimated }) => ({ id, costNanoUsd, isEstimated }));
  const billed = site.fake.batches.bills.map(({ customId, promptTokens, completionTokens }) => ({
    id: customId,
    costNanoUsd: promptTokens * INPUT_NANO_USD + completionTokens * OUTPUT_NANO_USD,
    isEstimated: false,
  }));
  const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
  expect(booked.sort(byId)).toEqual(billed.sort(byId));
  const { spent_nano_usd: spent } = await site.spend();
  expect(spent).toBe(billed.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0));
}
