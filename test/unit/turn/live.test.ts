/** Facts about telling turns under way from those whose tab is gone. */
import { expect, test } from 'vitest';
import type { ConversationRecord } from '../../../src/kernel/history';
import { whileLive, withoutDeadTurns } from '../../../src/turn/live';
import { createFakeLocks } from '../../fakes/fake-locks';
import { messageOf } from '../../fakes/turn-run';

const streaming = (id: string) => messageOf(`text of ${id}`, 'assistant', { id, status: 'streaming' });
const record: ConversationRecord = {
  id: 'c',
  title: 'Chat',
  createdAt: 0,
  updatedAt: 0,
  messages: [messageOf('One?'), streaming('dead'), messageOf('Two?'), streaming('live')],
};
const statuses = ({ messages }: ConversationRecord) => messages.map(({ status }) => status);

test('an answer under way whose lock nobody holds is incomplete; one whose lock is held is not', async () => {
  const locks = createFakeLocks();
  let end = () => {};
  const work = whileLive(locks, 'live', () => new Promise<void>((resolve) => (end = resolve)));
  expect(statuses(await withoutDeadTurns(locks, record))).toEqual([
    'done',
    'incomplete',
    'done',
    'streaming',
  ]);
  end();
  await work;
  expect(statuses(await withoutDeadTurns(locks, record))).toEqual([
    'done',
    'incomplete',
    'done',
    'incomplete',
  ]);
});

test('nothing else about the answer changes, nor the record that was given', async () => {
  const marked = await withoutDeadTurns(createFakeLocks(), record);
  expect(marked.messages[1]).toEqual({ ...record.messages[1], status: 'incomplete' });
  expect(record.messages[1]?.status).toBe('streaming');
});

test('a record without an answer under way asks for no locks', async () => {
  const locks = { ...createFakeLocks(), query: () => Promise.reject(new Error('asked')) };
  const done = { ...record, messages: [messageOf('One?')] };
  expect(await withoutDeadTurns(locks, done)).toEqual(done);
});

test('where there are no locks work runs, and every answer under way counts as incomplete', async () => {
  expect(await whileLive(undefined, 'live', async () => 7)).toBe(7);
  expect(statuses(await withoutDeadTurns(undefined, record))).toEqual([
    'done',
    'incomplete',
    'done',
    'incomplete',
  ]);
});

test('a lock is let go of when the work fails', async () => {
  const locks = createFakeLocks();
  await expect(whileLive(locks, 'live', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect((await locks.query()).held).toEqual([]);
});
