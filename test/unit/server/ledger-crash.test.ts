/** Facts about the ledger's file when its process is killed or its disk is full: what was acknowledged is there. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../src/server/ledger/ledger';
import { createSqliteLedger } from '../../../src/server/ledger/sqlite-ledger';
import { DAY, expectSumsToAgree, NOON, WIDE } from '../../contract/ledger-books';

const WRITER = fileURLToPath(new URL('./fixtures/ledger-writer.ts', import.meta.url));
const KILLS = Number(process.env['LONG_KILLS'] ?? 5);
const SEED = 4;

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smallfirst-ledger-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => rm(folder, { recursive: true }));

/** What the writer said, over all its lives. */
interface Said {
  readonly reserved: Set<string>;
  readonly released: Set<string>;
  readonly settling: Map<string, number>;
  readonly settled: Map<string, number>;
}

test(
  `kill -9 at ${KILLS} points loses no acknowledged settlement, and a sweep leaves nothing held`,
  async () => {
    const random = createRandom(SEED);
    const said: Said = { reserved: new Set(), released: new Set(), settling: new Map(), settled: new Map() };
    let sweptCount = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const before = said.settled.size;
      const child = spawn(process.execPath, ['--import', 'tsx', WRITER, path, `run${kill}`]);
      const lines = await linesUntilKilled(child, 1 + Math.floor(random() * 150), random() * 8);
      take(said, lines);
      sweptCount += await expectBooksToBeWhole(said);
      expect(said.settled.size).toBeGreaterThanOrEqual(before);
    }
    // Otherwise the kills came where there was nothing to lose.
    expect(said.settled.size).toBeGreaterThan(KILLS);
    expect(sweptCount).toBeGreaterThan(0);
  },
  30_000 + KILLS * 10_000,
);

// On Windows a process cannot be held to a size of file.
test.skipIf(process.platform === 'win32')(
  'on a full disk every write fails, and nothing is there but what was acknowledged',
  async () => {
    const command = `ulimit -f 1200; exec "$0" --import tsx "$@"`;
    const child = spawn('/bin/sh', ['-c', command, process.execPath, WRITER, path, 'full']);
    const lines = await linesUntilKilled(child, Infinity, 0);
    const failures = lines.filter((line) => line.startsWith('failed'));
    expect(new Set(failures)).toEqual(new Set(['failed LedgerError']));
    expect(lines.at(-1)).toBe('failed LedgerError');
    const said: Said = { reserved: new Set(), released: new Set(), settling: new Map(), settled: new Map() };
    take(said, lines);
    expect(said.settled.size).toBeGreaterThan(3);
    const entries = await withLedger((ledger) => ledger.entries(DAY));
    expect(entries.map(({ id }) => id).filter((id) => !said.reserved.has(id))).toEqual([]);
    await expectBooksToBeWhole(said);
  },
  30_000,
);

/** Kills the child `delayMs` after it has said so many lines; resolves to all that it said. */
async function linesUntilKilled(child: ChildProcess, lineCount: number, delayMs: number): Promise<string[]> {
  let text = '';
  let errors = '';
  const closed = once(child, 'close');
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  await new Promise<void>((resolve) => {
    child.once('close', resolve);
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.split('\n').length > lineCount) resolve();
    });
  });
  await wait(delayMs);
  child.kill('SIGKILL');
  await closed;
  expect(errors).toBe('');
  return text.split('\n').slice(0, -1);
}

function take(said: Said, lines: readonly string[]): void {
  for (const [what, id = '', cost] of lines.map((line) => line.split(' '))) {
    if (what === 'reserved' || what === 'released') said[what].add(id);
    if (what === 'settling' || what === 'settled') said[what].set(id, Number(cost));
  }
}

/** Opens the books as the next start does; resolves to how many calls were left held. */
async function expectBooksToBeWhole(said: Said): Promise<number> {
  return withLedger(async (ledger) => {
    const found = new Map((await expectSumsToAgree(ledger, DAY)).map((entry) => [entry.id, entry]));
    const lost = [...said.reserved].filter((id) => !found.has(id));
    const unsettled = [...said.settled].filter(([id, cost]) => !isSettledAt(found.get(id), cost));
    const unreleased = [...said.released].filter((id) => found.get(id)?.state !== 'released');
    expect({ lost, unsettled, unreleased }).toEqual({ lost: [], unsettled: [], unreleased: [] });

    const held = [...found.values()].filter(({ state }) => state === 'held');
    expect(await ledger.sweep()).toBe(held.length);
    const after = await expectSumsToAgree(ledger, DAY);
    expect((await ledger.spend(DAY)).heldNanoUsd).toBe(0);
    // The writer's own books: each call at its cost, or at its prompt where it was cut off.
    const wrong = after.filter((entry) => {
      if (entry.state === 'released') return entry.costNanoUsd !== 0;
      const booked = entry.outcome === 'swept' ? entry.promptNanoUsd : said.settling.get(entry.id);
      return entry.costNanoUsd !== booked;
    });
    expect(wrong).toEqual([]);
    return held.length;
  });
}

function isSettledAt(entry: LedgerEntry | undefined, costNanoUsd: number): boolean {
  return entry?.state === 'settled' && entry.outcome === 'done' && entry.costNanoUsd === costNanoUsd;
}

async function withLedger<T>(use: (ledger: ReturnType<typeof createSqliteLedger>) => Promise<T>): Promise<T> {
  const ledger = createSqliteLedger({ path, caps: WIDE, now: () => NOON });
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
  }
}

/** Park and Miller's generator (https://doi.org/10.1145/63039.63042): the same points of time wherever the test runs. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
