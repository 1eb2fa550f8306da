/** Answers to repeats of a request, kept in Redis: whichever server is asked again has them. */
import { RedisError, scriptOf, type RedisConnection } from '../store/redis-connection';
import { ledgerUnavailable } from './completion-error';
import { claimIn, keyOf, WITHOUT_KEY, type Claim, type Replays, type Reply } from './idempotency';

export interface RedisReplaysOptions {
  readonly connection: RedisConnection;
  /** This process's name in the ledger: where its lease has run out, what it had under way is nobody's. */
  readonly server: string;
  readonly keptMs?: number;
  readonly maxBytes?: number;
}

const KEPT_MS = 600_000;
/** Longer than any call takes. */
const PENDING_MS = 900_000;
/** Of one answer; a larger one is not kept, and a repeat is told so. */
const MAX_BYTES = 1_048_576;

/** Keys: the entry. Arguments: hash of the body, server, milliseconds that a claim lasts. Gives nothing where the claim is made. */
const CLAIM = scriptOf(`
local of = redis.call('HMGET', KEYS[1], 'bodyHash', 'server', 'status', 'requestId', 'contentType', 'body', 'price')
local isDead = of[1] and not of[3] and redis.call('HEXISTS', 'smallfirst:leases', of[2]) == 0
if of[1] and not isDead then return of end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'bodyHash', ARGV[1], 'server', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {}`);

/** Keys: the entry. Arguments: server, milliseconds, status, request id, content type, body, price. */
const KEEP = scriptOf(`
local of = redis.call('HMGET', KEYS[1], 'server', 'status')
if of[1] ~= ARGV[1] or of[2] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[3], 'requestId', ARGV[4], 'contentType', ARGV[5], 'body', ARGV[6], 'price', ARGV[7])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** Keys: the entry. Arguments: server. */
const DROP = scriptOf(`
local of = redis.call('HMGET', KEYS[1], 'server', 'status')
if of[1] ~= ARGV[1] or of[2] then return 0 end
return redis.call('DEL', KEYS[1])`);

export function createRedisReplays(options: RedisReplaysOptions): Replays {
  const { connection, server, keptMs = KEPT_MS, maxBytes = MAX_BYTES } = options;

  function first(hash: string, entry: string): Claim {
    let isOver = false;
    /** The first of both counts. Where Redis is away, the claim ends by itself, and the ledger knows what was paid. */
    const end = async (write: () => Promise<unknown>): Promise<void> => {
      if (isOver) return;
      isOver = true;
      await write().catch(() => undefined);
    };
    const drop = () => end(() => connection.run(DROP, [entry], [server]));
    return {
      kind: 'first',
      hash,
      drop,
      keep({ status, requestId, contentType, body, price }: Reply) {
        if (body.length > maxBytes) return drop();
        const args = [server, String(keptMs), String(status), requestId, contentType, body, price];
        return end(() => connection.run(KEEP, [entry], args));
      },
    };
  }

  return {
    async claim(key, account, body) {
      if (key === undefined) return WITHOUT_KEY;
      const { hash, bodyHash } = keyOf(key, account, body);
      const entry = `smallfirst:replay:${hash}`;
      let found: readonly (Uint8Array | null)[];
      try {
        const args = [bodyHash, server, String(PENDING_MS)];
        found = (await connection.run(CLAIM, [entry], args, { isBinary: true })) as typeof found;
      } catch (error) {
        if (error instanceof RedisError) throw ledgerUnavailable();
        throw error;
      }
      if (found.length === 0) return first(hash, entry);
      const [foundHash = '', , status, requestId = '', contentType = '', , price = ''] = found.map((field) =>
        field?.toString(),
      );
      const reply = status && {
        status: Number(status),
        requestId,
        contentType,
        price,
        body: found[5] ?? new Uint8Array(),
      };
      return claimIn({ bodyHash: foundHash, ...(reply ? { reply } : {}) }, bodyHash);
    },
  };
}
