/** The visitor's token for the server: fetched when first needed, shared, renewed in time; pays with work where the server asks for it. */
import { Fault } from '../../kernel/fault';
import type { Request } from '../../kernel/network';
import { challengeOf, sessionOf } from '../../kernel/wire';

/** Before a token ends, so that it does not end on its way. */
const RENEW_BEFORE_MS = 30_000;
/** Hashes between two looks at the clock and the signal. */
const BATCH = 2_000;

export interface CloudSession {
  /** Faults: `cloud_refused`, `rate_limited`, and those of the request. */
  token(signal: AbortSignal): Promise<string>;
  /** The token was refused: the next one is a new one. */
  forget(): void;
}

export interface SessionOptions {
  readonly baseUrl: URL;
  readonly request: Request;
  readonly now: () => number;
}

export function createSession({ baseUrl, request, now }: SessionOptions): CloudSession {
  let kept: { token: string; endsAtMs: number } | undefined;
  let fetching: Promise<string> | undefined;

  const fetchToken = async (signal: AbortSignal): Promise<string> => {
    let body: object = {};
    for (;;) {
      const response = await request(new URL('api/session', baseUrl), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      });
      const data: unknown = await response.json().catch(() => undefined);
      const session = sessionOf(data);
      if (response.ok && session) {
        const { token, expires_at } = session;
        kept = { token, endsAtMs: expires_at * 1_000 };
        return token;
      }
      const asked = challengeOf(data);
      if (response.status !== 428 || !asked || 'nonce' in body) {
        throw new Fault(
          response.status === 429 ? 'rate_limited' : 'cloud_refused',
          `session: ${response.status}`,
        );
      }
      body = {
        challenge: asked.challenge,
        nonce: await solve(asked.challenge, asked.difficulty, signal),
      };
    }
  };

  return {
    async token(signal) {
      if (kept && now() < kept.endsAtMs - RENEW_BEFORE_MS) return kept.token;
      // Shared: whoever stops does not take it from the others.
      fetching ??= fetchToken(new AbortController().signal).finally(() => (fetching = undefined));
      const stopped = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Fault('cancelled')), { once: true });
        if (signal.aborted) reject(new Fault('cancelled'));
      });
      return Promise.race([fetching, stopped]);
    },
    forget: () => void (kept = undefined),
  };
}

/** A nonce so that SHA-256 of `challenge:nonce` begins with `difficulty` zero bits. Yields to the page between batches. */
async function solve(challenge: string, difficulty: number, signal: AbortSignal): Promise<string> {
  const encoder = new TextEncoder();
  for (let nonce = 0; ; nonce++) {
    const hash = await crypto.subtle.digest('SHA-256', encoder.encode(`${challenge}:${nonce}`));
    if (leadingZeroBitsOf(new Uint8Array(hash)) >= difficulty) return String(nonce);
    if (nonce % BATCH === 0) {
      signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
}

function leadingZeroBitsOf(bytes: Uint8Array): number {
  const at = bytes.findIndex((byte) => byte !== 0);
  if (at < 0) return bytes.length * 8;
  return at * 8 + Math.clz32(bytes[at] as number) - 24;
}
