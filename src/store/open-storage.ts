/** Opens what the page keeps on this device: chats, settings and models. */
import { faultOf, type FaultCode } from '../kernel/fault';
import type { KeyValue } from '../kernel/key-value';
import { openDatabase, type DatabaseOptions } from './database';
import { createMemoryKeyValue } from './memory';

export interface StorageOptions {
  /** Of the database for chats and settings. */
  readonly name: string;
  readonly notify: (code: FaultCode) => void;
  /** Closes the databases. */
  readonly signal: AbortSignal;
}

/** Databases for chats and for weights; maps in memory, and a notice, where the browser keeps nothing. */
export async function openStorage({
  name,
  notify,
  signal,
}: StorageOptions): Promise<Record<'chats' | 'settings' | 'weights', KeyValue>> {
  const callbacks = {
    signal,
    onBlocked: () => notify('storage_outdated'),
    onOutdated: () => notify('storage_outdated'),
  };
  try {
    const [app, weights] = await Promise.all([
      openChatDatabase({ name, ...callbacks }),
      openDatabase({ name: 'smallfirst-weights', version: 1, storeNames: ['weights'], ...callbacks }),
    ]);
    return { ...app, ...weights };
  } catch (error) {
    notify(faultOf(error, 'storage_blocked').code);
    return {
      chats: createMemoryKeyValue(),
      settings: createMemoryKeyValue(),
      weights: createMemoryKeyValue(),
    };
  }
}

/** The database of chats and settings; a worker opens it as the page does. Faults: `storage_blocked`, `storage_outdated`. */
export function openChatDatabase({
  name = 'smallfirst',
  ...callbacks
}: Pick<DatabaseOptions, 'onBlocked' | 'onOutdated' | 'signal'> & { readonly name?: string }): Promise<
  Record<'chats' | 'settings', KeyValue>
> {
  return openDatabase({ name, version: 1, storeNames: ['chats', 'settings'], ...callbacks });
}
