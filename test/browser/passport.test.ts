/** Facts about what the passport measures, in a real browser: the real engine, real IndexedDB; and what it leaves behind. */
import { afterEach, expect, test } from 'vitest';
import { takePassport } from '../../src/engine/local/passport/take-passport';
import { measureWrite } from '../../src/engine/local/passport/measure-storage';
import { measureCpu } from '../../src/engine/local/wllama/measure-cpu';
import { openDatabase } from '../../src/store/database';
import { createMemoryKeyValue } from '../../src/store/memory';
import { countWorkers } from '../contract/worker-count';

const name = 'passport-test';
const open = async () =>
  (
    await openDatabase({
      name,
      version: 1,
      storeNames: ['weights'],
      onBlocked: () => {},
      onOutdated: () => {},
    })
  )['weights'];
const request: typeof fetch = (input, init) => fetch(input, init);
const workers = countWorkers();

afterEach(() => void indexedDB.deleteDatabase(name));

test('the write rate is that of a real write, and nothing of it stays', async () => {
  const keyValue = await open();
  expect(await measureWrite(keyValue, () => performance.now())).toBeGreaterThan(1e5);
  expect(await keyValue.keys('')).toEqual([]);
});

test('where nothing is kept there is no write rate', async () => {
  expect(await measureWrite(createMemoryKeyValue(), () => performance.now())).toBeUndefined();
});

test('the engine for the processor runs on made-up weights, and its worker goes', async () => {
  const pace = await measureCpu({
    threads: 1,
    request,
    now: () => performance.now(),
    signal: new AbortController().signal,
  });
  expect(pace).toMatchObject({ threads: 1 });
  expect(Object.values(pace?.msPerMb ?? {}).every((ms) => ms > 0 && ms < 1_000)).toBe(true);
  expect(pace?.promptMsPerMb).toBeGreaterThan(0);
  expect(workers.live).toBe(0);
});

test('what there is no time for is absent, and no worker stays', async () => {
  const stop = new AbortController();
  stop.abort();
  const passport = await takePassport({
    gpu: { kind: 'none' },
    threads: 1,
    request,
    keyValue: await open(),
    signal: stop.signal,
  });
  expect(Object.keys(passport)).not.toContain('cpu');
  expect(passport.measuredAt).toBeGreaterThan(0);
  await expect.poll(() => workers.live).toBe(0);
});
