/** A small task for each new session while its site is under load: cheap for one visitor, dear for a thousand bots. */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { isSame } from './session-token';
import type { TokenHolder } from './session-token';

/** 16 zero bits take some 65,000 hashes: under a second in a browser. */
const DIFFICULTY_BITS = 16;
const LIFETIME_MS = 120_000;
const WINDOW_MS = 60_000;

export interface ProofOfWork {
  /** Whether the site has so many sessions a minute that a new one has to work for it. Counts this one. */
  isWanted(site: string): boolean;
  /** In the shape of `ChallengeSchema` in kernel/wire. */
  challenge(holder: TokenHolder): { readonly challenge: string; readonly difficulty: number };
  /** Whether the work was done, by this holder, in time, and not used before. */
  accept(challenge: string, nonce: string, holder: TokenHolder): boolean;
}

export interface ProofOfWorkOptions {
  readonly secret: string;
  readonly now: () => number;
  readonly sessionsPerMinute: number;
  readonly difficultyBits?: number;
}

export function createProofOfWork({
  secret,
  now,
  sessionsPerMinute,
  difficultyBits = DIFFICULTY_BITS,
}: ProofOfWorkOptions): ProofOfWork {
  const counts = new Map<string, { beganAtMs: number; sessions: number }>();
  /** Challenges that were paid with, until they would have expired anyway. */
  const used = new Map<string, number>();
  const sign = (text: string, { origin, addressHash }: TokenHolder) =>
    createHmac('sha256', secret)
      .update(`work\n${text}\n${origin}\n${addressHash}`)
      .digest('base64url')
      .slice(0, 22);

  return {
    isWanted(site) {
      const count = counts.get(site);
      if (!count || now() - count.beganAtMs >= WINDOW_MS) {
        if (counts.size > 10_000) counts.clear();
        counts.set(site, { beganAtMs: now(), sessions: 1 });
        return sessionsPerMinute < 1;
      }
      return ++count.sessions > sessionsPerMinute;
    },
    challenge(holder) {
      const text = `${now() + LIFETIME_MS}.${randomBytes(12).toString('base64url')}`;
      return { challenge: `${text}.${sign(text, holder)}`, difficulty: difficultyBits };
    },
    accept(challenge, nonce, holder) {
      const [endsAt = '', salt = '', signature = ''] = challenge.split('.');
      if (!isSame(signature, sign(`${endsAt}.${salt}`, holder)) || Number(endsAt) <= now()) return false;
      for (const [text, endsAtMs] of used) if (endsAtMs <= now()) used.delete(text);
      if (used.has(salt)) return false;
      const hash = createHash('sha256').update(`${challenge}:${nonce}`).digest();
      if (zeroBitsOf(hash) < difficultyBits) return false;
      used.set(salt, Number(endsAt));
      return true;
    },
  };
}

function zeroBitsOf(hash: Buffer): number {
  const at = hash.findIndex((byte) => byte !== 0);
  return at < 0 ? hash.length * 8 : at * 8 + Math.clz32(hash[at] as number) - 24;
}
