/** Facts about the operator's book: it survives, it adds up over many servers, and what cannot be kept is not in force. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../../../src/server/log';
import { fileKeeping, sharedKeeping, type Keeping } from '../../../src/server/operator/keeping';
import { openOperatorBook } from '../../../src/server/operator/operator-book';
import { createMemoryState } from '../../../src/server/store/shared-state';

const USUAL = { dayNanoUsd: 1_000, siteNanoUsd: 500, visitorNanoUsd: 100 };
const LOWER = { dayNanoUsd: 10, siteNanoUsd: 5, visitorNanoUsd: 1 };
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

function filePath(): string {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-book-'));
  closing.push(() => rmSync(dir, { recursive: true }));
  return join(dir, 'data', 'operator.json');
}

async function open(keeping: Keeping, now = () => Date.parse('2026-11-26T12:00:00Z')) {
  const logged: string[] = [];
  const caps = { ...USUAL };
  const log = createLog('debug', (line) => logged.push(line), { now });
  const book = await openOperatorBook({ keeping, caps, now, log });
  closing.push(() => book.close());
  return { book, caps, logged };
}

test('counts of several servers add up, and each sees the caps that another one set', async () => {
  const state = createMemoryState({ now: Date.now });
  const one = await open(sharedKeeping(state));
  const other = await open(sharedKeeping(state));
  one.book.countRefusal('rate_limited');
  other.book.countRefusal('rate_limited');
  other.book.countAnswers(3, 1);
  await Promise.all([one.book.sync(), other.book.sync()]);
  await one.book.sync();
  const counts = { device: 3, cloud: 1, refusals: { rate_limited: 2 } };
  expect(one.book.countsOf('2026-11-26')).toEqual(counts);
  await one.book.setCaps(LOWER);
  await other.book.sync();
  expect([one.caps, other.caps]).toEqual([LOWER, LOWER]);
  expect((await open(sharedKeeping(state))).caps).toEqual(LOWER);
});

test('caps that cannot be kept are not in force, and what was counted is not lost', async () => {
  const path = filePath();
  const kept = fileKeeping(path);
  let isFull = false;
  const { book, caps, logged } = await open({
    ...kept,
    update: (change) => (isFull ? Promise.reject(new Error('ENOSPC')) : kept.update(change)),
  });
  isFull = true;
  await expect(book.setCaps(LOWER)).rejects.toThrow('ENOSPC');
  expect(caps).toEqual(USUAL);
  book.countRefusal('rate_limited');
  await book.sync();
  await book.sync();
  expect(logged.filter((line) => line.includes('cannot be kept'))).toHaveLength(1);
  isFull = false;
  await book.sync();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
    days: { '2026-11-26': { device: 0, cloud: 0, refusals: { rate_limited: 1 } } },
  });
});

test('a book that is damaged is not taken for an empty one', async () => {
  const path = filePath();
  await fileKeeping(path).update(() => '{}');
  writeFileSync(path, '{"caps": {"dayNanoUsd": "much"}');
  await expect(open(fileKeeping(path))).rejects.toThrow();
});

test('a shared store that is away at the start is no reason not to start', async () => {
  let isAway = true;
  const kept = sharedKeeping(createMemoryState({ now: Date.now }));
  await kept.update(() => JSON.stringify({ caps: LOWER, days: {} }));
  const { book, caps } = await open({
    ...kept,
    read: () => (isAway ? Promise.reject(new Error('away')) : kept.read()),
  });
  expect(caps).toEqual(USUAL);
  isAway = false;
  await book.sync();
  expect(caps).toEqual(LOWER);
});

test('days older than 400 are forgotten, and the names of refusals do not grow without end', async () => {
  let nowMs = Date.parse('2025-01-01T00:00:00Z');
  const path = filePath();
  const { book } = await open(fileKeeping(path), () => nowMs);
  for (let code = 0; code < 60; code++) book.countRefusal(`code-${code}`);
  await book.sync();
  const { refusals } = book.countsOf('2025-01-01');
  expect(Object.keys(refusals)).toHaveLength(51);
  expect(refusals['other']).toBe(10);
  nowMs += 401 * 86_400_000;
  book.countAnswers(1, 0);
  await book.sync();
  expect(book.countsOf('2025-01-01').device + Object.keys(book.countsOf('2025-01-01').refusals).length).toBe(
    0,
  );
});
