/** The store of many servers: all that they share is in Redis. */
import { randomUUID } from 'node:crypto';
import { createRateLimits } from '../access/rate-limits';
import { createRedisLimiters } from '../access/redis-limiters';
import { createRedisReplays } from '../completions/redis-replays';
import type { Caps } from '../ledger/ledger';
import { createRedisLedger } from '../ledger/redis-ledger';
import type { Log } from '../log';
import { connectRedis, type RedisConnection } from './redis-connection';
import { createRedisState } from './redis-state';
import type { ServerStore } from './store';

export interface RedisStoreOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly caps: Caps;
  readonly now: () => number;
  readonly log: Log;
}

/** Rejects where Redis refuses the credentials; where it is away for now, everything that needs it fails until it is there. */
export async function openRedisStore({ url, caps, now, log }: RedisStoreOptions): Promise<ServerStore> {
  const connection = await connectRedis({ url, log });
  const server = randomUUID();
  const ledger = createRedisLedger({ connection, server, caps, now, log });
  await warnOfSettings(connection, log);
  return {
    ledger,
    limitsOf: (name, perMinute) => createRateLimits(perMinute, createRedisLimiters(connection, name)),
    replays: createRedisReplays({ connection, server }),
    state: createRedisState(connection),
    async close() {
      await ledger.close();
      await connection.close();
    },
  };
}

/** A cache may forget; books must not. */
async function warnOfSettings(connection: RedisConnection, log: Log): Promise<void> {
  let info: string;
  try {
    info = String(await connection.send(['INFO', 'everything']));
  } catch {
    // Away for now, or not allowed to this user.
    return;
  }
  const of = (name: string) => new RegExp(`^${name}:(.*)\r?$`, 'm').exec(info)?.[1]?.trim();
  if ((of('maxmemory_policy') ?? 'noeviction') !== 'noeviction') {
    log.warn(
      `the store may throw away what was spent when its memory is full: set maxmemory-policy to noeviction`,
    );
  }
  if (of('aof_enabled') === '0') {
    log.warn('the store forgets what was spent when it restarts: set appendonly to yes');
  }
}
