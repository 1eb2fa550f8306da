/** Opens an IndexedDB database as key-value maps, with idb-keyval. */
import { get, promisifyRequest, set, type UseStore } from 'idb-keyval';
import { Fault, isFault } from '../kernel/fault';
import type { KeyValue } from '../kernel/key-value';

/** How long another tab may hold up an upgrade before the person is told. */
const BLOCKED_NOTICE_MS = 1_500;
const LIST_BATCH = 500;

export interface DatabaseOptions {
  readonly name: string;
  readonly version: number;
  readonly storeNames: readonly string[];
  /** Another tab holds an older version open and does not let go. */
  readonly onBlocked: () => void;
  /** A newer version was opened elsewhere: this connection is closed, and the page should be reloaded. */
  readonly onOutdated: () => void;
  /** Closes the connection. */
  readonly signal?: AbortSignal;
}

/** The named maps of a database. Faults: `storage_blocked` where the browser keeps nothing, `storage_outdated`. */
export async function openDatabase<Name extends string>(
  options: DatabaseOptions & { readonly storeNames: readonly Name[] },
): Promise<Record<Name, KeyValue>> {
  let opening: Promise<IDBDatabase> | undefined;
  const forget = () => (opening = undefined);
  const connect = () =>
    (opening ??= open(options, forget).catch((error: unknown) => {
      forget();
      throw error;
    }));
  await connect();
  options.signal?.addEventListener('abort', () => {
    void opening?.then((database) => database.close());
    forget();
  });
  const maps = options.storeNames.map((name) => [name, createKeyValue(name, connect)] as const);
  return Object.fromEntries(maps) as Record<Name, KeyValue>;
}

async function open(options: DatabaseOptions, onClosed: () => void): Promise<IDBDatabase> {
  let blockedTimer: ReturnType<typeof setTimeout> | undefined;
  try {
    const request = indexedDB.open(options.name, options.version);
    request.onupgradeneeded = () => {
      for (const name of options.storeNames) {
        if (!request.result.objectStoreNames.contains(name)) request.result.createObjectStore(name);
      }
    };
    request.onblocked = () => {
      blockedTimer = setTimeout(options.onBlocked, BLOCKED_NOTICE_MS);
    };
    const database = await promisifyRequest(request);
    database.onversionchange = () => {
      database.close();
      options.onOutdated();
    };
    // Safari closes connections on its own; the next use opens a new one.
    database.onclose = onClosed;
    return database;
  } catch (error) {
    const isOutdated = error instanceof DOMException && error.name === 'VersionError';
    throw new Fault(isOutdated ? 'storage_outdated' : 'storage_blocked', undefined, { cause: error });
  } finally {
    clearTimeout(blockedTimer);
  }
}

function createKeyValue(storeName: string, connect: () => Promise<IDBDatabase>): KeyValue {
  const useStore: UseStore = async (mode, callback) => {
    const database = await connect();
    return callback(database.transaction(storeName, mode).objectStore(storeName));
  };
  return {
    isPersistent: true,
    get: (key) => guarded(get(key, useStore)),
    list: (prefix) => guarded(useStore('readonly', (store) => listIn(store, rangeOf(prefix)))),
    keys: (prefix) =>
      guarded(
        useStore('readonly', (store) => promisifyRequest(store.getAllKeys(rangeOf(prefix)))),
      ) as Promise<string[]>,
    set: (key, value) => guarded(set(key, value, useStore)),
    remove: (keys) =>
      guarded(
        useStore('readwrite', async (store) => {
          for (const key of keys) store.delete(key);
          await promisifyRequest(store.transaction);
        }),
      ),
    update: (keys, change) =>
      guarded(
        useStore('readwrite', async (store) => {
          const values = await Promise.all(keys.map((key) => promisifyRequest(store.get(key))));
          try {
            for (const [key, value] of change(values)) store.put(value, key);
          } catch (error) {
            // What was put before would be kept otherwise.
            store.transaction.abort();
            throw error;
          }
          await promisifyRequest(store.transaction);
        }),
      ),
  };
}

/** In batches: to make objects of ten thousand values at once would hold up the page. */
async function listIn<T>(store: IDBObjectStore, range: IDBKeyRange): Promise<T[]> {
  const all: T[] = [];
  let rest = range;
  for (;;) {
    const [keys, values] = await Promise.all([
      promisifyRequest(store.getAllKeys(rest, LIST_BATCH)),
      promisifyRequest(store.getAll(rest, LIST_BATCH) as IDBRequest<T[]>),
    ]);
    all.push(...values);
    const last = keys.at(-1);
    if (last === undefined || values.length < LIST_BATCH) return all;
    rest = IDBKeyRange.bound(last, range.upper, true);
  }
}

function rangeOf(prefix: string): IDBKeyRange {
  return IDBKeyRange.bound(prefix, `${prefix}\u{ffff}`);
}

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (isFault(error)) throw error;
    const isQuota = error instanceof DOMException && error.name === 'QuotaExceededError';
    // An AbortError too: the browser gave the transaction up, nobody asked it to.
    throw isQuota
      ? new Fault('quota', undefined, { cause: error })
      : new Fault('storage_failed', error instanceof Error ? error.message : undefined, { cause: error });
  }
}
