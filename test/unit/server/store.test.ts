/** The embedded store and Redis do the same for what stands before them. */
import { afterAll, beforeAll, describe } from 'vitest';
import { createLog } from '../../../src/server/log';
import { createEmbeddedStore } from '../../../src/server/store/embedded-store';
import { openRedisStore } from '../../../src/server/store/redis-store';
import { describeStore } from '../../contract/store';
import { WIDE } from '../../contract/ledger-books';
import { HAS_REDIS, startRedis, type RedisProcess } from '../../redis-process';

const log = createLog('error', () => undefined);

describeStore('embedded', async () => ({
  servers: [createEmbeddedStore({ path: ':memory:', caps: WIDE, now: Date.now })],
  remove: async () => undefined,
}));

describe.skipIf(!HAS_REDIS)('in Redis', () => {
  let redis: RedisProcess;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.close());

  describeStore('redis', async () => {
    await redis.command('FLUSHALL');
    const open = () => openRedisStore({ url: redis.url, caps: WIDE, now: Date.now, log });
    const servers = [await open(), await open()] as const;
    // Each says that it lives, as it does at its start.
    for (const { ledger } of servers) await ledger.sweep();
    return { servers, remove: async () => undefined };
  });
});
