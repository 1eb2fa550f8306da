/** One connection to Redis or Valkey: what is asked of it is answered within a bounded time or fails; it comes back by itself. */
import { createHash } from 'node:crypto';
import { createClient, ErrorReply, RESP_TYPES } from 'redis';
import type { Log } from '../log';

/** Lua, which Redis runs with nothing in between: https://redis.io/docs/latest/develop/programmability/eval-intro/. */
export interface RedisScript {
  readonly text: string;
  readonly sha: string;
}

export type RedisArgument = string | Uint8Array;

export interface AskOptions {
  /** Strings of the reply come as bytes. */
  readonly isBinary?: boolean;
}

/** Everything rejects with a `RedisError`. */
export interface RedisConnection {
  run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly RedisArgument[],
    options?: AskOptions,
  ): Promise<unknown>;
  send(args: readonly RedisArgument[], options?: AskOptions): Promise<unknown>;
  /** Called each time that it answers again. */
  onReady(listener: () => void): void;
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`, with a password where there is one; never repeated in an error or a log. */
  readonly url: string;
  readonly log: Log;
  /** The longest that a call waits for Redis. */
  readonly answerWithinMs?: number;
  /** A connection that has been silent for so long is given up for a new one. */
  readonly silentMs?: number;
  /** How long a start waits for the first connection. */
  readonly connectWithinMs?: number;
}

export class RedisError extends Error {
  override readonly name = 'RedisError';
  /** Whether Redis may have done all the same what was asked: it had it, and did not answer. */
  readonly isUncertain: boolean;

  constructor(message: string, isUncertain: boolean, options?: ErrorOptions) {
    super(message, options);
    this.isUncertain = isUncertain;
  }
}

const ANSWER_WITHIN_MS = 1_000;
const CONNECT_WITHIN_MS = 3_000;
/** More than two beats of the ledger, which keep a connection that lives from being silent that long. */
const SILENT_MS = 12_000;
const MOST_WAIT_MS = 2_000;
/** Wrong credentials do not become right by themselves. */
const REFUSED =
  /^(WRONGPASS|NOAUTH|NOPERM|ERR (invalid password|Client sent AUTH|invalid DB index|DB index))/i;

export function scriptOf(text: string): RedisScript {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/**
 * Resolves once it is connected, and also where Redis cannot be reached for now: then everything fails until it can. Rejects
 * with a `RedisError` where Redis refuses the credentials.
 */
export async function connectRedis(options: RedisConnectionOptions): Promise<RedisConnection> {
  const { url, log, answerWithinMs = ANSWER_WITHIN_MS, silentMs = SILENT_MS } = options;
  const { connectWithinMs = CONNECT_WITHIN_MS } = options;
  const place = placeOf(url);
  let state: 'connecting' | 'ready' | 'silent' | 'away' | 'closed' = 'connecting';
  const listeners: (() => void)[] = [];

  const client = createClient({
    url,
    // Understood by every Redis and Valkey.
    RESP: 2,
    maintNotifications: 'disabled',
    // What cannot be sent now fails now: whoever asks must not wait, and must know that it was not done.
    disableOfflineQueue: true,
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: 5_000,
      socketTimeout: silentMs,
      reconnectStrategy: (retries, cause) =>
        state === 'connecting' && REFUSED.test(cause.message)
          ? cause
          : Math.min(50 * 2 ** retries, MOST_WAIT_MS) * (0.75 + Math.random() / 2),
    },
  });
  const become = (next: typeof state, reason?: string) => {
    if (state === next || state === 'closed') return;
    const wasWorking = state === 'ready';
    const isFirst = state === 'connecting';
    state = next;
    if (next === 'ready') {
      if (!isFirst) log.warn(`the store at ${place} answers again`);
      for (const listener of listeners) listener();
    } else if (wasWorking && next !== 'closed') {
      log.error(`the store at ${place} does not answer: nothing is spent until it does (${reason ?? ''})`);
    }
  };
  client.on('error', (error: Error) => {
    if (state !== 'connecting') become('away', reasonOf(error));
  });
  client.on('ready', () => become('ready'));

  async function send(args: readonly RedisArgument[], { isBinary }: AskOptions = {}) {
    // What it was asked already will show that it is back; where it is not, a connection without traffic is given up.
    if (state === 'silent') throw new RedisError(`${place} does not answer`, false);
    if (!client.isReady) throw new RedisError(`${place} cannot be reached`, false);
    const typeMapping = isBinary ? { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } } : {};
    return within(client.sendCommand(args.map(bufferOf), typeMapping));
  }

  function within(reply: Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      // In quarters: time in which this process was busy with something else counts as one, however long it was.
      let quarters = 0;
      let timer = setTimeout(wait, answerWithinMs / 4);
      function wait(): void {
        if (++quarters < 4) {
          timer = setTimeout(wait, answerWithinMs / 4);
          return;
        }
        become('silent', `no answer within ${answerWithinMs} ms`);
        reject(new RedisError(`${place} does not answer`, true));
      }
      reply
        .finally(() => clearTimeout(timer))
        .then(
          (value) => {
            if (client.isReady) become('ready');
            resolve(value);
          },
          (error: Error) => {
            const isAnswer = error instanceof ErrorReply;
            if (isAnswer && client.isReady) become('ready');
            reject(new RedisError(`${place}: ${reasonOf(error)}`, !isAnswer, { cause: error }));
          },
        );
    });
  }

  const connecting = client.connect();
  // A refusal is told below; anything later is an event.
  connecting.catch(() => undefined);
  const timeout = new Promise<'late'>((resolve) => setTimeout(resolve, connectWithinMs, 'late').unref());
  try {
    if ((await Promise.race([connecting, timeout])) === 'late') {
      state = 'away';
      log.error(`the store at ${place} cannot be reached: nothing is spent until it can`);
    } else {
      // Where a password is missing, only a command is told so.
      await within(client.ping());
    }
  } catch (error) {
    const reason = reasonOf(((error as Error).cause ?? error) as Error);
    if (REFUSED.test(reason)) {
      state = 'closed';
      client.destroy();
      throw new RedisError(reason, false, { cause: error });
    }
  }

  return {
    send,
    async run({ text, sha }, keys, args, asking) {
      const rest = [String(keys.length), ...keys, ...args];
      try {
        return await send(['EVALSHA', sha, ...rest], asking);
      } catch (error) {
        // Redis forgets its scripts when it restarts.
        const cause = (error as RedisError).cause as Error | undefined;
        if (!cause?.message.startsWith('NOSCRIPT')) throw error;
        return send(['EVAL', text, ...rest], asking);
      }
    },
    onReady: (listener) => void listeners.push(listener),
    async close() {
      if (state === 'closed') return;
      state = 'closed';
      client.destroy();
    },
  };
}

/** Without name and password. */
function placeOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`;
}

function bufferOf(argument: RedisArgument): string | Buffer {
  return typeof argument === 'string'
    ? argument
    : Buffer.from(argument.buffer, argument.byteOffset, argument.length);
}

/** The last of what went wrong, in a word or two: addresses that were tried are several errors in one. */
function reasonOf(error: Error & { code?: string; originalError?: Error }): string {
  if (error.originalError) return reasonOf(error.originalError);
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [];
  return (first ?? error).message || error.code || error.name;
}
