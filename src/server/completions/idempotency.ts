/** What an `Idempotency-Key` promises: one call upstream, and its answer again for whoever repeats the request. */
import { createHash } from 'node:crypto';
import type { Account } from '../ledger/ledger';
import { CompletionError, invalid } from './completion-error';

/** A response as it was sent, to the byte. */
export interface Reply {
  readonly requestId: string;
  /** Of the model that answered; see `PRICE_HEADER`. */
  readonly price: string;
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array;
}

export type Claim =
  /** The first of its key, or without one. `keep` or `drop` has to follow; the first of them counts, and none of them fails. */
  | {
      readonly kind: 'first';
      /** For the ledger, where there is a key. */
      readonly hash: string | undefined;
      keep(reply: Reply): Promise<void>;
      drop(): Promise<void>;
    }
  | { readonly kind: 'replay'; readonly reply: Reply };

export interface Replays {
  /** Rejects with a `CompletionError` for a key that is in use, or that stood for another body. */
  claim(key: string | undefined, account: Account, body: Uint8Array): Promise<Claim>;
}

export interface ReplaysOptions {
  readonly now: () => number;
  readonly keptMs?: number;
  readonly maxCount?: number;
  readonly maxBytes?: number;
}

/** What is known of a key. */
export interface Claimed {
  readonly bodyHash: string;
  /** Undefined as long as the first call is under way. */
  readonly reply?: Reply;
}

interface Entry extends Claimed {
  readonly expiresAtMs: number;
}

const KEPT_MS = 600_000;
const MAX_COUNT = 1_000;
const MAX_BYTES = 33_554_432;
/** One reply may take so large a part of the memory. */
const LARGEST_SHARE = 8;
const VISIBLE = /^[\x21-\x7e]{1,200}$/;

export const WITHOUT_KEY: Claim = {
  kind: 'first',
  hash: undefined,
  keep: async () => undefined,
  drop: async () => undefined,
};

/** For one server: in its memory. */
export function createReplays(options: ReplaysOptions): Replays {
  const { now, keptMs = KEPT_MS, maxCount = MAX_COUNT, maxBytes = MAX_BYTES } = options;
  /** In the order in which the answers were kept: the oldest goes first. */
  const entries = new Map<string, Entry>();
  let keptBytes = 0;
  let keptCount = 0;

  function remove(hash: string): void {
    const reply = entries.get(hash)?.reply;
    if (reply) {
      keptBytes -= reply.body.length;
      keptCount--;
    }
    entries.delete(hash);
  }

  function makeRoom(): void {
    for (const [hash, { reply, expiresAtMs }] of entries) {
      if (!reply) continue;
      if (keptCount <= maxCount && keptBytes <= maxBytes && expiresAtMs > now()) return;
      remove(hash);
    }
  }

  function first(hash: string, bodyHash: string): Claim {
    const pending: Entry = { bodyHash, expiresAtMs: Infinity };
    entries.set(hash, pending);
    const isPending = (): boolean => entries.get(hash) === pending && !pending.reply;
    return {
      kind: 'first',
      hash,
      async keep(reply) {
        if (!isPending()) return;
        entries.delete(hash);
        if (reply.body.length > maxBytes / LARGEST_SHARE) return;
        entries.set(hash, { bodyHash, reply, expiresAtMs: now() + keptMs });
        keptBytes += reply.body.length;
        keptCount++;
        makeRoom();
      },
      async drop() {
        if (isPending()) entries.delete(hash);
      },
    };
  }

  return {
    async claim(key, account, body) {
      if (key === undefined) return WITHOUT_KEY;
      const { hash, bodyHash } = keyOf(key, account, body);
      makeRoom();
      const entry = entries.get(hash);
      return entry ? claimIn(entry, bodyHash) : first(hash, bodyHash);
    },
  };
}

/** What a key stands for. Throws `CompletionError` where it is none. */
export function keyOf(
  key: string,
  { visitor, site }: Account,
  body: Uint8Array,
): { readonly hash: string; readonly bodyHash: string } {
  checkKey(key);
  return { hash: hashOf(visitor, site, key), bodyHash: hashOf(body) };
}

/** What a repeat gets. Throws `CompletionError` where that is no answer. */
export function claimIn(claimed: Claimed, bodyHash: string): Claim {
  if (claimed.bodyHash !== bodyHash) throw mismatch();
  if (!claimed.reply) throw inFlight();
  return { kind: 'replay', reply: claimed.reply };
}

/** Throws `CompletionError` for what is no key. */
export function checkKey(key: string): void {
  if (VISIBLE.test(key)) return;
  throw invalid('idempotency_key_invalid', 'Idempotency-Key takes 1 to 200 visible ASCII characters.');
}

/** The ledger knows the key, but nobody has its answer any more. */
export function replayGone(): CompletionError {
  return conflict(
    'idempotency_replay_gone',
    'The request with this Idempotency-Key was made and paid for; its answer is no longer kept.',
  );
}

export function mismatch(): CompletionError {
  return conflict('idempotency_mismatch', 'This Idempotency-Key stood for another request.');
}

export function inFlight(): CompletionError {
  return conflict(
    'idempotency_in_flight',
    'The first request with this Idempotency-Key is not answered yet.',
  );
}

function conflict(code: string, message: string): CompletionError {
  return new CompletionError({ status: 409, code, message });
}

/** SHA-256 of the parts, in hexadecimal digits. */
export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // The lengths keep what stands where apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}
