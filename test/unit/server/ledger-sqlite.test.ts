/** Facts about the ledger in an embedded file: it is a ledger, it fails closed, and it keeps nothing that it should not. */
import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LedgerError, type Ledger } from '../../../src/server/ledger/ledger';
import { createSqliteLedger } from '../../../src/server/ledger/sqlite-ledger';
import { describeLedger } from '../../contract/ledger';
import { DAY, expectSumsToAgree, NOON, requestOf, settlementOf, WIDE } from '../../contract/ledger-books';

const DAY_MS = 86_400_000;
const PAGE_BYTES = 4096;

let folder: string;
let path: string;
const opened: Ledger[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smallfirst-ledger-'));
  path = join(folder, 'data', 'ledger.db');
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.allSettled(opened.splice(0).map((ledger) => ledger.close()));
  await rm(folder, { recursive: true });
});

describeLedger('sqlite', async () => {
  const ownFolder = await mkdtemp(join(tmpdir(), 'smallfirst-ledger-'));
  return {
    open: (options) =>
      Promise.resolve(createSqliteLedger({ path: join(ownFolder, 'not', 'there', 'yet.db'), ...options })),
    remove: () => rm(ownFolder, { recursive: true }),
  };
});

function openLedger(nowMs = NOON, at = path): Ledger {
  const ledger = createSqliteLedger({ path: at, caps: WIDE, now: () => nowMs });
  opened.push(ledger);
  return ledger;
}

test('books in memory are kept without a file', async () => {
  const ledger = openLedger(NOON, ':memory:');
  await ledger.reserve(requestOf('a'));
  await ledger.settle('a', settlementOf(40));
  await expectSumsToAgree(ledger, DAY);
  await expect(readdir(join(folder))).resolves.toEqual([]);
});

test('while another connection holds the lock every write fails soon, and works again afterwards', async () => {
  const ledger = openLedger();
  await ledger.reserve(requestOf('a'));
  const before = await ledger.entries(DAY);
  const other = new Database(path);
  other.exec('BEGIN EXCLUSIVE');
  const beganMs = performance.now();
  await expect(ledger.reserve(requestOf('b'))).rejects.toThrow(LedgerError);
  await expect(ledger.settle('a', settlementOf(40))).rejects.toThrow(/locked/);
  await expect(ledger.release('a')).rejects.toThrow(LedgerError);
  await expect(ledger.sweep()).rejects.toThrow(LedgerError);
  expect(performance.now() - beganMs).toBeLessThan(4_000);
  other.exec('ROLLBACK');
  other.close();
  expect(await ledger.entries(DAY)).toEqual(before);
  await ledger.settle('a', settlementOf(40));
  expect(await ledger.reserve(requestOf('b'))).toEqual({ kind: 'reserved' });
  await expectSumsToAgree(ledger, DAY);
});

test('a file of the version before goes on, with all that is in it', async () => {
  const first = openLedger();
  await first.reserve(requestOf('a'));
  await first.close();
  const other = new Database(path);
  other.exec('ALTER TABLE entries DROP COLUMN isLater; PRAGMA user_version = 1');
  other.close();
  const ledger = openLedger();
  await ledger.reserve(requestOf('b', { isLater: true }));
  expect(await ledger.heldForLater()).toEqual(['b']);
  expect(await ledger.sweep()).toBe(1);
  await expectSumsToAgree(ledger, DAY);
});

test('a file that is locked, damaged, of another kind or of a newer version is not opened', async () => {
  await openLedger().close();
  const other = new Database(path);
  other.exec('BEGIN EXCLUSIVE');
  expect(() => openLedger()).toThrow(LedgerError);
  other.exec('ROLLBACK; PRAGMA user_version = 99');
  other.close();
  expect(() => openLedger()).toThrow(/newer version/);
  await writeFile(join(folder, 'text'), 'not a database at all'.repeat(1000));
  expect(() => openLedger(NOON, join(folder, 'text'))).toThrow(LedgerError);
  expect(() => openLedger(NOON, join(folder, 'text', 'ledger.db'))).toThrow(LedgerError);
});

test('a file whose pages are overwritten is an error, never an answer', async () => {
  const ledger = openLedger();
  for (let index = 0; index < 10; index++) await ledger.reserve(requestOf(`call-${index}`));
  await ledger.close();
  const bytes = await readFile(path);
  bytes.fill(0xa5, PAGE_BYTES);
  await writeFile(path, bytes);
  const attempt = async (): Promise<unknown> => openLedger().reserve(requestOf('late'));
  await expect(attempt()).rejects.toThrow(LedgerError);
});

test('entries of more than 400 days ago are forgotten at the next start, with their sums', async () => {
  const old = openLedger();
  await old.reserve(requestOf('a'));
  await old.settle('a', settlementOf(40));
  await old.close();
  const kept = openLedger(NOON + 400 * DAY_MS);
  expect(await expectSumsToAgree(kept, DAY)).toHaveLength(1);
  await kept.close();
  const next = openLedger(NOON + 401 * DAY_MS);
  expect(await next.entries(DAY)).toEqual([]);
  expect(await next.spend(DAY)).toMatchObject({ spentNanoUsd: 0, calls: 0 });
});

test('the file holds what the contract names, and nothing else that it is handed', async () => {
  const ledger = openLedger();
  const message = 'my secret question';
  const address = '203.0.113.77';
  const extra = { messages: [{ content: message }], address };
  await ledger.reserve({ ...requestOf('a'), ...extra });
  await ledger.settle('a', { ...settlementOf(40), ...extra });
  await ledger.close();
  const files = await readdir(join(folder, 'data'));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, 'data', name), 'latin1')));
  expect(texts.join('')).toContain('visitor-a');
  expect(texts.join('')).not.toContain(message);
  expect(texts.join('')).not.toContain(address);
});

test('settlements are synced to the disk soon after, and many share one sync', async () => {
  const ledger = openLedger();
  const syncs = vi.spyOn(await fileHandlePrototype(), 'datasync');
  const ids = Array.from({ length: 100 }, (_, index) => `call-${index}`);
  for (const id of ids) await ledger.reserve(requestOf(id, { worstNanoUsd: 1 }));
  expect(syncs).not.toHaveBeenCalled();
  await Promise.all(ids.map((id) => ledger.settle(id, settlementOf(1))));
  await vi.waitFor(() => expect(syncs).toHaveBeenCalled());
  expect(syncs.mock.calls.length).toBeLessThan(5);
});

test('after a sync that failed nothing is reserved any more: nobody knows what is on the disk', async () => {
  const ledger = openLedger();
  await ledger.reserve(requestOf('a'));
  const failure = new Error('EIO: i/o error, fdatasync');
  vi.spyOn(await fileHandlePrototype(), 'datasync').mockRejectedValueOnce(failure);
  await ledger.settle('a', settlementOf(40));
  await vi.waitFor(() => expect(ledger.spend('2026-01-01')).rejects.toThrow(LedgerError));
  await expect(ledger.reserve(requestOf('b'))).rejects.toThrow(LedgerError);
  await expect(ledger.settle('a', settlementOf(40))).rejects.toThrow(LedgerError);
  await ledger.close();
  const next = openLedger();
  expect(await next.sweep()).toBe(0);
  expect(await next.reserve(requestOf('b'))).toEqual({ kind: 'reserved' });
});

async function fileHandlePrototype(): Promise<{ datasync: () => Promise<void> }> {
  const handle = await open(folder);
  await handle.close();
  return Object.getPrototypeOf(handle) as { datasync: () => Promise<void> };
}
