/** Facts about live turns on the browser's own locks, with a second tab that dies. */
import { afterEach, expect, test } from 'vitest';
import type { ConversationRecord } from '../../src/kernel/history';
import { whileLive, withoutDeadTurns } from '../../src/turn/live';

let id = '';
let count = 0;
afterEach(() => document.querySelectorAll('iframe').forEach((frame) => frame.remove()));

const recordOf = (...ids: string[]): ConversationRecord => ({
  id: 'c',
  title: 'Chat',
  createdAt: 0,
  updatedAt: 0,
  messages: ids.map((id) => ({ id, role: 'assistant', text: 'some', status: 'streaming', createdAt: 0 })),
});
const statuses = async (record: ConversationRecord) =>
  (await withoutDeadTurns(navigator.locks, record)).messages.map(({ status }) => status);
const nextId = () => (id = `live-${Date.now()}-${count++}`);

test('an answer is live while its work runs, and dead once that ended', async () => {
  nextId();
  const { promise, resolve } = Promise.withResolvers<void>();
  const work = whileLive(navigator.locks, id, () => promise);
  // The lock is granted in a task of its own.
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await statuses(recordOf(id, 'other'))).toEqual(['streaming', 'incomplete']);
  resolve();
  await work;
  expect(await statuses(recordOf(id))).toEqual(['incomplete']);
});

test('what the work brings or throws comes through the lock', async () => {
  expect(await whileLive(navigator.locks, nextId(), async () => 7)).toBe(7);
  await expect(whileLive(navigator.locks, id, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await statuses(recordOf(id))).toEqual(['incomplete']);
});

test('an answer that another document makes is live until that document goes away', async () => {
  nextId();
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const elsewhere = frame.contentWindow!.navigator.locks;
  void whileLive(elsewhere, id, () => new Promise(() => {})).catch(() => undefined);
  await expect.poll(() => statuses(recordOf(id))).toEqual(['streaming']);
  frame.remove();
  await expect.poll(() => statuses(recordOf(id)), { timeout: 5_000 }).toEqual(['incomplete']);
});
