/** Facts about the list of departures: its order, and that it can be cleared. */
import { expect, test } from 'vitest';
import type { DepartureRecord } from '../../../src/kernel/departure';
import { createDepartureStore } from '../../../src/store/departures';
import { createMemoryKeyValue } from '../../../src/store/memory';

const record = (id: string, at: number): DepartureRecord => ({
  id,
  at,
  conversationId: 'one',
  modelName: 'gpt-4o',
  host: 'site.example',
  messages: [{ role: 'user', content: 'Why?' }],
  bytes: 4,
  redacted: {},
});

test('the newest come first, and two of one millisecond are two', async () => {
  const keyValue = createMemoryKeyValue();
  const store = createDepartureStore(keyValue);
  for (const [id, at] of [
    ['a', 1_000],
    ['b', 999_999_999_999],
    ['c', 2_000],
    ['d', 2_000],
  ] as const) {
    await store.add(record(id, at));
  }
  await keyValue.set('dial', 0.5);
  expect((await store.list()).map(({ id }) => id)).toEqual(['b', 'd', 'c', 'a']);
  await store.clear();
  expect(await store.list()).toEqual([]);
  expect(await keyValue.get('dial')).toBe(0.5);
});
