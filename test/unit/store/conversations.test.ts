/** Facts about stored conversations: the list, merging by message, and writers that interleave. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConversationSummary } from '../../../src/kernel/history';
import { createConversationStore } from '../../../src/store/conversations';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { messageOf } from '../../fakes/turn-run';

const summaryOf = (id: string, more: Partial<ConversationSummary> = {}): ConversationSummary => ({
  id,
  title: `Chat ${id}`,
  createdAt: 1,
  updatedAt: 1,
  ...more,
});
const said = (id: string, text = id) => messageOf(text, 'user', { id });
const openStore = () => createConversationStore(createMemoryKeyValue());

test('what is saved is read again, and the list has it without its messages', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1'), said('2')]);
  expect(await store.get('a')).toEqual({ ...summaryOf('a'), messages: [said('1'), said('2')] });
  expect(await store.list()).toEqual([summaryOf('a')]);
});

test('the list is newest first', async () => {
  const store = openStore();
  for (const [id, updatedAt] of Object.entries({ old: 1, newest: 9, newer: 5 })) {
    await store.save(summaryOf(id, { updatedAt }), [said('1')]);
  }
  expect((await store.list()).map(({ id }) => id)).toEqual(['newest', 'newer', 'old']);
});

describe('save', () => {
  test('adds messages, and replaces one of the same id where it is', async () => {
    const store = openStore();
    await store.save(summaryOf('a'), [said('1'), said('2')]);
    await store.save(summaryOf('a'), [said('1', 'changed'), said('3')]);
    expect((await store.get('a'))?.messages.map(({ text }) => text)).toEqual(['changed', '2', '3']);
  });

  test('keeps the title that is stored, its first date and its latest', async () => {
    const store = openStore();
    await store.save(summaryOf('a', { title: 'First', createdAt: 3, updatedAt: 8 }), [said('1')]);
    await store.save(summaryOf('a', { title: 'Second', createdAt: 5, updatedAt: 6 }), [said('2')]);
    expect(await store.list()).toEqual([summaryOf('a', { title: 'First', createdAt: 3, updatedAt: 8 })]);
  });

  test('of an answer alone does not bring back a chat that was deleted meanwhile', async () => {
    const store = openStore();
    await store.save(summaryOf('a'), [said('1')]);
    await store.remove('a');
    await store.save(summaryOf('a'), [messageOf('late', 'assistant')]);
    expect(await store.get('a')).toBeUndefined();
    expect(await store.list()).toEqual([]);
  });
});

test('two writers, however they interleave, never lose each other’s messages', async () => {
  const writer = fc.constantFrom('left', 'right');
  const writes = fc.array(fc.record({ writer, at: fc.nat(4), waits: fc.boolean() }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(writes, async (list) => {
      const keyValue = createMemoryKeyValue();
      const stores = { left: createConversationStore(keyValue), right: createConversationStore(keyValue) };
      const pending: Promise<void>[] = [];
      const latest = new Map<string, string>();
      for (const [index, { writer, at, waits }] of list.entries()) {
        const id = `${writer}${at}`;
        latest.set(id, `write ${index}`);
        pending.push(stores[writer as 'left'].save(summaryOf('a'), [said(id, `write ${index}`)]));
        if (waits) await Promise.all(pending.splice(0));
      }
      await Promise.all(pending);
      const messages = (await stores.left.get('a'))?.messages ?? [];
      expect(new Map(messages.map(({ id, text }) => [id, text]))).toEqual(latest);
    }),
    { numRuns: 50 },
  );
});

test('removing messages leaves the others, and does not make a chat that is not there', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1'), said('2'), said('3')]);
  await store.removeMessages('a', ['2', 'unknown']);
  expect((await store.get('a'))?.messages.map(({ id }) => id)).toEqual(['1', '3']);
  await store.removeMessages('b', ['1']);
  expect(await store.get('b')).toBeUndefined();
});

test('a rename reaches the record and the list, and makes no chat', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1')]);
  await store.rename('a', 'Other');
  await store.rename('b', 'Ghost');
  expect((await store.get('a'))?.title).toBe('Other');
  expect((await store.list()).map(({ title }) => title)).toEqual(['Other']);
});

test('what is removed is in neither the list nor the store, and can be restored as it was', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1'), said('2')]);
  const record = await store.get('a');
  await store.remove('a');
  expect(await store.get('a')).toBeUndefined();
  expect(await store.list()).toEqual([]);
  await store.restore(record!);
  expect(await store.get('a')).toEqual(record);
  expect(await store.list()).toEqual([summaryOf('a')]);
});

test('a pin is in the record and in the list, outlives a save, and can be taken out again', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1')]);
  await store.pin('a', true);
  await store.save(summaryOf('a'), [said('2')]);
  expect(await store.summary('a')).toEqual(summaryOf('a', { isPinned: true }));
  expect((await store.get('a'))?.messages).toHaveLength(2);
  await store.pin('a', false);
  expect(await store.list()).toEqual([summaryOf('a')]);
});

test('many are changed at once, and where that fails none is', async () => {
  const store = openStore();
  await store.save(summaryOf('a'), [said('1')]);
  const record = (id: string) => ({ ...summaryOf(id), messages: [said(id)] });
  await store.changeMany(['a', 'b'], (stored) => {
    expect([...stored.keys()]).toEqual(['a']);
    return [record('a'), record('b')];
  });
  expect((await store.list()).map(({ id }) => id).sort()).toEqual(['a', 'b']);
  const broken = store.changeMany(['c'], () => {
    throw new Error('broken');
  });
  await expect(broken).rejects.toThrow('broken');
  expect(await store.list()).toHaveLength(2);
});
