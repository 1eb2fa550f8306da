/** Facts about storage: IndexedDB and memory keep one contract, and IndexedDB's own failures have names. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isFault } from '../../src/kernel/fault';
import type { KeyValue } from '../../src/kernel/key-value';
import { openDatabase, type DatabaseOptions } from '../../src/store/database';
import { createMemoryKeyValue } from '../../src/store/memory';

let name = '';
let count = 0;
beforeEach(() => void (name = `test-${Date.now()}-${count++}`));
afterEach(() => {
  vi.restoreAllMocks();
  indexedDB.deleteDatabase(name);
});

const open = (options: Partial<DatabaseOptions> = {}) =>
  openDatabase({
    name,
    version: 1,
    storeNames: ['map', 'other'],
    onBlocked: () => {},
    onOutdated: () => {},
    ...options,
  }) as Promise<Record<'map' | 'other', KeyValue>>;

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a fault: ${String(error)}`;
  }
  return 'no error';
}

describe.for([
  ['memory', async () => createMemoryKeyValue()],
  ['IndexedDB', async () => (await open()).map],
] as const)('a key-value map in %s', ([kind, create]) => {
  test('reads what was set, and undefined for what was not', async () => {
    const map = await create();
    await map.set('a', { deep: [1, { two: 2 }] });
    expect(await map.get('a')).toEqual({ deep: [1, { two: 2 }] });
    expect(await map.get('b')).toBeUndefined();
    expect(map.isPersistent).toBe(kind === 'IndexedDB');
  });

  test('keeps blobs', async () => {
    const map = await create();
    await map.set('blob', new Blob(['some ', 'bytes']));
    expect(await (await map.get<Blob>('blob'))?.text()).toBe('some bytes');
  });

  test('keeps a value as it was when it was set', async () => {
    const map = await create();
    const value = { list: [1] };
    await map.set('a', value);
    value.list.push(2);
    expect(await map.get('a')).toEqual({ list: [1] });
  });

  test('lists keys and values by prefix, in key order, and no others', async () => {
    const map = await create();
    for (const key of ['b:2', 'a:10', 'a:09', 'a', 'a:é', 'a;', 'A:1']) await map.set(key, `value of ${key}`);
    expect(await map.keys('a:')).toEqual(['a:09', 'a:10', 'a:é']);
    expect(await map.list('a:')).toEqual(['value of a:09', 'value of a:10', 'value of a:é']);
    expect(await map.list('c')).toEqual([]);
  });

  test('lists more than a batch, whole and in order', async () => {
    const map = await create();
    const keys = Array.from({ length: 1_100 }, (_, at) => `k:${String(at).padStart(5, '0')}`);
    await map.update([], () => keys.map((key) => [key, key] as const));
    expect(await map.list('k:')).toEqual(keys);
  });

  test('removes the keys it is given, known or not', async () => {
    const map = await create();
    for (const key of ['a', 'b', 'c']) await map.set(key, key);
    await map.remove(['a', 'c', 'unknown']);
    expect(await map.keys('')).toEqual(['b']);
  });

  test('updates several keys from the values of several', async () => {
    const map = await create();
    await map.set('a', 1);
    await map.update<number>(['a', 'b'], ([a, b]) => [
      ['a', (a ?? 0) + 1],
      ['b', b ?? 'new'],
    ]);
    expect(await map.list('')).toEqual([2, 'new']);
  });

  test('an update that changes nothing writes nothing', async () => {
    const map = await create();
    await map.update(['a'], () => []);
    expect(await map.keys('')).toEqual([]);
  });

  test('fifty updates at once all count', async () => {
    const map = await create();
    const add = () => map.update<number>(['sum'], ([sum]) => [['sum', (sum ?? 0) + 1]]);
    await Promise.all(Array.from({ length: 50 }, add));
    expect(await map.get('sum')).toBe(50);
  });

  test('an update that fails half-way writes nothing', async () => {
    const map = await create();
    await map.set('a', 'old');
    const change = () => [['a', 'new'] as const, ['b', () => 'functions cannot be kept'] as const];
    expect(await codeOf(map.update(['a'], change))).not.toBe('no error');
    expect(await map.get('a')).toBe('old');
    expect(await map.keys('')).toEqual(['a']);
  });

  test('an update whose own function throws rejects, and the map goes on', async () => {
    const map = await create();
    const failing = map.update(['a'], () => {
      throw new Error('mine');
    });
    expect(await codeOf(failing)).not.toBe('no error');
    await map.set('a', 1);
    expect(await map.get('a')).toBe(1);
  });
});

describe('a database', () => {
  test('keeps its maps apart, and what is in them for the next time', async () => {
    const { map, other } = await open();
    await map.set('a', 1);
    expect(await other.get('a')).toBeUndefined();
    expect(await (await open()).map.get('a')).toBe(1);
  });

  test('that reached a higher version keeps what it had and gets the new maps', async () => {
    await (await open({ storeNames: ['map'] })).map.set('a', 1);
    const { map, other } = await open({ version: 2 });
    await other.set('b', 2);
    expect(await map.get('a')).toBe(1);
  });

  test('where the browser throws at open is the fault storage_blocked', async () => {
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    });
    expect(await codeOf(open())).toBe('storage_blocked');
  });

  test('where the browser refuses to open is the fault storage_blocked', async () => {
    const request = { error: new DOMException('no', 'UnknownError') } as unknown as IDBOpenDBRequest;
    vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      setTimeout(() => request.onerror?.(new Event('error')));
      return request;
    });
    expect(await codeOf(open())).toBe('storage_blocked');
  });

  test('of a newer version is the fault storage_outdated', async () => {
    await open({ version: 3 });
    expect(await codeOf(open({ version: 2 }))).toBe('storage_outdated');
  });

  test('that the browser closed by itself is opened again at the next use', async () => {
    const { map } = await open();
    await map.set('a', 1);
    const { database, restore } = captureDatabase();
    const again = await open();
    await again.map.get('a');
    restore();
    database()?.close();
    database()?.onclose?.(new Event('close'));
    expect(await again.map.get('a')).toBe(1);
  });

  test('that could not be opened again is tried anew at the use after', async () => {
    const { database, restore } = captureDatabase();
    const { map } = await open();
    await map.set('a', 1);
    restore();
    database()?.close();
    database()?.onclose?.(new Event('close'));
    const refusing = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
      throw new DOMException('not now', 'InvalidStateError');
    });
    expect(await codeOf(map.get('a'))).toBe('storage_blocked');
    refusing.mockRestore();
    expect(await map.get('a')).toBe(1);
  });
});

describe('an upgrade', () => {
  test('makes an older connection close itself, which is told that it is outdated', async () => {
    const onOutdated = vi.fn();
    const onBlocked = vi.fn();
    await open({ onOutdated });
    await open({ version: 2, onBlocked });
    expect(onOutdated).toHaveBeenCalledOnce();
    expect(onBlocked).not.toHaveBeenCalled();
  });

  test('that an older connection holds up is told of within 3 seconds, and goes on once that one closes', async () => {
    const stubborn = await rawConnection(name);
    const onBlocked = vi.fn();
    let isOpen = false;
    const opening = open({ version: 2, onBlocked }).then((maps) => {
      isOpen = true;
      return maps;
    });
    await vi.waitFor(() => expect(onBlocked).toHaveBeenCalledOnce(), { timeout: 3_000 });
    expect(isOpen).toBe(false);
    stubborn.close();
    const { map } = await opening;
    await map.set('a', 1);
    expect(await map.get('a')).toBe(1);
  });

  test('that is held up for a moment only is told to nobody', async () => {
    const slow = await rawConnection(name);
    const onBlocked = vi.fn();
    const opening = open({ version: 2, onBlocked });
    setTimeout(() => slow.close(), 300);
    await opening;
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(onBlocked).not.toHaveBeenCalled();
  });
});

describe('a write that fails', () => {
  test.for([
    ['QuotaExceededError', 'quota'],
    ['UnknownError', 'storage_failed'],
    ['AbortError', 'storage_failed'],
  ] as const)('with %s is the fault %s, for set and for update', async ([error, code]) => {
    const { map } = await open();
    await map.set('a', 'old');
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('refused', error);
    });
    expect(await codeOf(map.set('a', 'new'))).toBe(code);
    expect(await codeOf(map.update(['a'], () => [['a', 'new']]))).toBe(code);
    vi.restoreAllMocks();
    expect(await map.get('a')).toBe('old');
  });
});

/** A connection at version 1 that does not close when it is asked to. */
function rawConnection(database: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(database, 1);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
}

/** Gets hold of the connection that is opened next. */
function captureDatabase(): { database: () => IDBDatabase | undefined; restore: () => void } {
  const real = indexedDB.open.bind(indexedDB);
  let request: IDBOpenDBRequest | undefined;
  const spy = vi
    .spyOn(indexedDB, 'open')
    .mockImplementation((...args: Parameters<typeof real>) => (request = real(...args)));
  return { database: () => request?.result, restore: () => spy.mockRestore() };
}
