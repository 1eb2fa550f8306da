/** Counts requests in Redis, so that asking another server buys nothing; while Redis is away each server counts its own. */
import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import { scriptOf, type RedisConnection } from '../store/redis-connection';
import { WINDOW_S, type LimiterFactory } from './rate-limits';

/** What the limiter calls of the `redis` package's client. */
interface LimiterClient {
  eval(text: string, call: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** `name` is of what is limited; money is safe without this: the ledger has no second place to count. */
export function createRedisLimiters(connection: RedisConnection, name: string): LimiterFactory {
  const scripts = new Map<string, ReturnType<typeof scriptOf>>();
  const storeClient: LimiterClient = {
    eval(text, { keys, arguments: args }) {
      const script = scripts.get(text) ?? scriptOf(text);
      scripts.set(text, script);
      return connection.run(script, keys, args);
    },
  };
  return (kind, points) => {
    const limiter = new RateLimiterRedis({
      storeClient,
      useRedisPackage: true,
      keyPrefix: `smallfirst:limit:${name}:${kind}`,
      points,
      duration: WINDOW_S,
      insuranceLimiter: new RateLimiterMemory({ points, duration: WINDOW_S }),
    });
    // A token opens the door to whoever reads it: Redis has only its hash.
    return {
      consume: (key) => limiter.consume(createHash('sha256').update(String(key)).digest('base64url')),
    };
  };
}
