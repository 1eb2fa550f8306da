/** Opens the store that the environment names, and loads only that one. */
import { resolve } from 'node:path';
import type { StorePlace } from '../environment';
import type { Caps } from '../ledger/ledger';
import type { Log } from '../log';
import type { ServerStore } from './store';

export interface OpenStoreOptions {
  readonly place: StorePlace;
  readonly caps: Caps;
  readonly now: () => number;
  readonly log: Log;
}

/** Settles first what an earlier process left open. Rejects where the store cannot be used, and will not by itself. */
export async function openStore({ place, ...options }: OpenStoreOptions): Promise<ServerStore> {
  const { log } = options;
  if (place.kind === 'redis') {
    const { openRedisStore } = await import('./redis-store');
    const store = await openRedisStore({ url: place.url, ...options });
    // Away for now: it sweeps when it is back.
    await sweep(store, log).catch(() => undefined);
    return store;
  }
  const { createEmbeddedStore } = await import('./embedded-store');
  const store = createEmbeddedStore({ path: resolve(place.path), ...options });
  await sweep(store, log);
  return store;
}

async function sweep({ ledger }: ServerStore, log: Log): Promise<void> {
  const swept = await ledger.sweep();
  if (swept > 0)
    log.warn(`${swept} calls were open when the server ended; they are settled at their prompts' price`);
}
