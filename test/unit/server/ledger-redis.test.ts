/** Facts about the ledger in Redis: it is a ledger, and it holds what a file need not: leases, lost connections, lost data. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import type { Caps, Ledger } from '../../../src/server/ledger/ledger';
import { createRedisLedger } from '../../../src/server/ledger/redis-ledger';
import { createLog } from '../../../src/server/log';
import { connectRedis } from '../../../src/server/store/redis-connection';
import { describeLedger } from '../../contract/ledger';
import { HAS_REDIS, startRedis, type RedisProcess } from '../../redis-process';

const silent = createLog('error', () => undefined);

let redis: RedisProcess;

describe.skipIf(!HAS_REDIS)('in Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  describeLedger('redis', async () => {
    await redis.command('FLUSHALL');
    return {
      open: (options) => openLedger(redis.url, options),
      lapse: async () => void (await redis.command('HINCRBY', 'smallfirst:clock', 'tick', '100')),
      remove: async () => undefined,
    };
  });
});

async function openLedger(url: string, options: { caps: Caps; now: () => number }): Promise<Ledger> {
  const connection = await connectRedis({ url, log: silent });
  const ledger = createRedisLedger({ connection, server: randomUUID(), log: silent, ...options });
  return {
    ...ledger,
    async close() {
      await ledger.close();
      await connection.close();
    },
  };
}
