/** The ledger in Redis, for any number of servers: they keep one cap, and each sweeps what a dead one left. */
import type { Log } from '../log';
import {
  RedisError,
  type RedisArgument,
  type RedisConnection,
  type RedisScript,
} from '../store/redis-connection';
import {
  LedgerError,
  utcDayOf,
  type CapName,
  type Caps,
  type Ledger,
  type Reserved,
  type ReserveRequest,
} from './ledger';
import { entryIn, ENTRY_FIELDS, spendIn, sumsIn } from './redis-books';
import { BEAT, LEAVE, PREFIX, RELEASE, RESERVE, RESTORE, SETTLE } from './redis-ledger-scripts';

export interface RedisLedgerOptions {
  readonly connection: RedisConnection;
  /** This process's name among those that share the books; never used again. */
  readonly server: string;
  readonly caps: Caps;
  readonly now: () => number;
  readonly log: Log;
  /** Between two signs of life. */
  readonly beatMs?: number;
  /** Whoever gave no sign of life for so many beats counts as dead. */
  readonly leaseBeats?: number;
}

const BEAT_MS = 5_000;
/** Some half a minute. */
const LEASE_BEATS = 6;
/** Entries that are read at a time. */
const READ_AT_ONCE = 500;
/** A Redis that was killed, or a replica that took its place, may lack its last moments: they are written again. */
const WRITTEN_AGAIN_MS = 10_000;

/** A call of this process that is not closed yet. */
interface Open {
  readonly request: ReserveRequest;
  readonly atMs: number;
  readonly day: string;
}

interface Write {
  readonly script: RedisScript;
  readonly args: readonly string[];
}

/** Rejects what cannot be written within the connection's time; a settlement or a release is kept, and written later. */
export function createRedisLedger(options: RedisLedgerOptions): Ledger {
  const { connection, server, caps, now, log, beatMs = BEAT_MS, leaseBeats = LEASE_BEATS } = options;
  const opens = new Map<string, Open>();
  /** What has to be written yet, by call: all of it may be written twice. */
  const unwritten = new Map<string, Write>();
  /** What was acknowledged lately, the oldest first. */
  const written = new Map<string, Write & { readonly atMs: number }>();
  /** Whether Redis may lack what it acknowledged: it was away. */
  let isInDoubt = false;
  let isClosed = false;
  let beating: Promise<number> | undefined;

  async function ask(script: RedisScript, args: readonly RedisArgument[]): Promise<unknown> {
    if (isClosed) throw new LedgerError('The ledger is closed.');
    return guard(() => connection.run(script, [], args));
  }

  function write(id: string, script: RedisScript, args: readonly string[]): Promise<void> {
    if (isClosed) throw new LedgerError('The ledger is closed.');
    // The first counts, as it does where it was written at once.
    if (!unwritten.has(id)) unwritten.set(id, { script, args });
    return deliver(id);
  }

  async function deliver(id: string): Promise<void> {
    const waiting = unwritten.get(id);
    if (!waiting) return;
    await ask(waiting.script, waiting.args);
    unwritten.delete(id);
    opens.delete(id);
    written.set(id, { ...waiting, atMs: now() });
    for (const [old, { atMs }] of written) {
      if (atMs > now() - WRITTEN_AGAIN_MS) break;
      written.delete(old);
    }
  }

  /** One at a time: where one cannot be written the next cannot, either. */
  async function deliverAll(): Promise<void> {
    for (const id of unwritten.keys()) await deliver(id);
  }

  /** Resolves to how many calls of dead servers were settled. */
  function beat(): Promise<number> {
    beating ??= beatOnce().finally(() => (beating = undefined));
    return beating;
  }

  async function beatOnce(): Promise<number> {
    const [isKnown, swept] = (await ask(BEAT, [server, String(beatMs), String(leaseBeats)])) as [
      number,
      number,
    ];
    // This process was taken for dead, or Redis was away, and may have forgotten: what is open here counts again.
    if (isKnown === 0) isInDoubt = true;
    if (isInDoubt) await writeAgain();
    await deliverAll();
    return swept;
  }

  async function writeAgain(): Promise<void> {
    isInDoubt = false;
    const before = { opens: Array.from(opens), written: Array.from(written.values()) };
    try {
      for (const [id, open] of before.opens) {
        // Of one that ended meanwhile, what ended it was asked later or will be.
        if (opens.has(id) && !unwritten.has(id)) await ask(RESTORE, argumentsOf(open));
      }
      for (const { script, args } of before.written) await ask(script, args);
    } catch (error) {
      isInDoubt = true;
      throw error;
    }
  }

  function beatAlong(): void {
    if (beating) return;
    beat().then(
      (swept) => {
        if (swept > 0) log.warn(`${swept} calls of a server that ended are settled at their prompts' price`);
      },
      // The connection has logged it.
      () => undefined,
    );
  }
  const timer = setInterval(beatAlong, beatMs);
  timer.unref();
  connection.onReady(() => {
    isInDoubt = true;
    if (!isClosed) beatAlong();
  });

  function argumentsOf({ request, atMs, day }: Open): string[] {
    return [JSON.stringify(request), String(atMs), day, server];
  }

  async function reserveOnce(open: Open): Promise<readonly string[]> {
    const limits = [caps.dayNanoUsd, caps.siteNanoUsd, caps.visitorNanoUsd].map((cap) =>
      String(Math.min(cap, Number.MAX_VALUE)),
    );
    return (await ask(RESERVE, [...argumentsOf(open), ...limits])) as string[];
  }

  return {
    async reserve(request) {
      checkAmounts([request.promptTokens, request.worstNanoUsd, request.promptNanoUsd]);
      const atMs = Math.trunc(now());
      const { day, endsAtMs } = utcDayOf(atMs);
      const open: Open = { request, atMs, day };
      let reply: readonly string[];
      try {
        reply = await reserveOnce(open);
        if (reply[0] === 'unknown') {
          await beat();
          reply = await reserveOnce(open);
        }
      } catch (error) {
        const isUncertain = ((error as Error).cause as RedisError | undefined)?.isUncertain ?? false;
        if (isUncertain && !isClosed) write(request.id, RELEASE, [request.id]).catch(() => undefined);
        throw error;
      }
      const reserved = reservedIn(reply, endsAtMs);
      // What is for later is no process's own.
      if (reserved.kind === 'reserved' && !request.isLater) opens.set(request.id, open);
      return reserved;
    },
    async settle(id, settlement) {
      const { promptTokens, cachedTokens, completionTokens, costNanoUsd, outcome } = settlement;
      checkAmounts([promptTokens, cachedTokens, completionTokens, costNanoUsd]);
      const open = opens.get(id);
      const own = open ? argumentsOf(open) : ['', '', '', ''];
      await write(id, SETTLE, [id, outcome, String(costNanoUsd), JSON.stringify(settlement), ...own]);
    },
    release: async (id) => write(id, RELEASE, [id]),
    sweep: async () => beat(),
    heldForLater: async () => (await read(['SMEMBERS', `${PREFIX}later`])) as string[],
    async spend(day) {
      const fields = ['day spent ', 'day held ', 'day calls '];
      return spendIn(day, await read(['HMGET', `${PREFIX}totals:${day}`, ...fields]));
    },
    async spendBy(day, account) {
      return sumsIn(await read(['HGETALL', `${PREFIX}totals:${day}`]), account);
    },
    async entries(day) {
      const ids = (await read(['LRANGE', `${PREFIX}ids:${day}`, '0', '-1'])) as string[];
      const entries = [];
      for (let from = 0; from < ids.length; from += READ_AT_ONCE) {
        const some = ids.slice(from, from + READ_AT_ONCE);
        const rows = some.map((id) => read(['HMGET', `${PREFIX}entry:${id}`, ...ENTRY_FIELDS]));
        entries.push(...(await Promise.all(rows)).map(entryIn));
      }
      return entries.filter((entry) => entry !== undefined);
    },
    async close() {
      if (isClosed) return;
      clearInterval(timer);
      try {
        await deliverAll();
        await ask(LEAVE, [server]);
      } catch {
        log.error(`${unwritten.size} calls could not be written before the end; another server settles them`);
      }
      isClosed = true;
    },
  };

  function read(args: readonly string[]): Promise<unknown> {
    if (isClosed) throw new LedgerError('The ledger is closed.');
    return guard(() => connection.send(args));
  }
}

function reservedIn([kind, detail = '']: readonly string[], opensAtMs: number): Reserved {
  switch (kind) {
    case 'reserved':
      return { kind };
    case 'repeated':
      return { kind, id: detail };
    case 'exhausted':
      return { kind, cap: detail as CapName, opensAtMs };
    default:
      throw new LedgerError(
        kind === 'used' ? 'This id was used before.' : 'The ledger does not know this server.',
      );
  }
}

/** Redis would take anything. */
function checkAmounts(amounts: readonly number[]): void {
  for (const amount of amounts) {
    if (!Number.isSafeInteger(amount) || amount < 0) throw new LedgerError(`${amount} is no amount.`);
  }
}

async function guard<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LedgerError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LedgerError(`The ledger could not be used: ${reason}`, { cause: error });
  }
}
