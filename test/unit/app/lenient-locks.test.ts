/** Facts about locks in a browser that refuses them. */
import { expect, test } from 'vitest';
import { lenientLocks } from '../../../src/app/lenient-locks';

const refusing = {
  request: () => Promise.reject(new DOMException('Access to the Locks API is denied', 'SecurityError')),
  query: () => Promise.reject(new DOMException('Access to the Locks API is denied', 'SecurityError')),
} as unknown as LockManager;

const granting = {
  request: async (_name: string, _options: object, work: (lock: object) => unknown) => work({}),
  query: async () => ({ held: [{ name: 'a' }] }),
} as unknown as LockManager;

test('where they are refused work runs all the same, once, and nobody holds one', async () => {
  let runs = 0;
  expect(await lenientLocks(refusing)!.request('a', async () => ++runs)).toBe(1);
  expect(await lenientLocks(refusing)!.request('a', { steal: true }, async () => ++runs)).toBe(2);
  expect(await lenientLocks(refusing)!.query()).toEqual({ held: [], pending: [] });
});

test('where they are granted they are the browser’s own, and what the work throws is thrown', async () => {
  expect(await lenientLocks(granting)!.request('a', async () => 'done')).toBe('done');
  const denied = new DOMException('of the work itself', 'SecurityError');
  let runs = 0;
  const failing = lenientLocks(granting)!.request('a', async () => {
    runs++;
    throw denied;
  });
  await expect(failing).rejects.toBe(denied);
  expect(runs).toBe(1);
  expect(lenientLocks(undefined)).toBeUndefined();
});
