/** Visitor tokens: anonymous, signed, short-lived, good for one origin and one address only. */
import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export type TokenState = 'valid' | 'expired' | 'invalid' | 'elsewhere';

/** What a token is bound to. */
export interface TokenHolder {
  readonly origin: string;
  /** Of the visitor's address; see `client-address`. */
  readonly addressHash: string;
}

export interface SessionTokens {
  /** `expiresAtS`: Unix seconds. */
  issue(holder: TokenHolder): { readonly token: string; readonly expiresAtS: number };
  stateOf(token: string, holder: TokenHolder): TokenState;
}

export interface SessionTokenOptions {
  readonly secret: string;
  readonly lifetimeS: number;
  readonly now: () => number;
}

/** `v1.<expiry in Unix seconds>.<binding>.<signature>`, each in base64url but the expiry. */
export function createSessionTokens({ secret, lifetimeS, now }: SessionTokenOptions): SessionTokens {
  const sign = (text: string) => createHmac('sha256', secret).update(text).digest('base64url');
  const bindingOf = ({ origin, addressHash }: TokenHolder) =>
    sign(`holder\n${origin}\n${addressHash}`).slice(0, 22);
  return {
    issue(holder) {
      const expiresAtS = Math.floor(now() / 1_000) + lifetimeS;
      const claims = `v1.${expiresAtS}.${bindingOf(holder)}`;
      return { token: `${claims}.${sign(claims)}`, expiresAtS };
    },
    stateOf(token, holder) {
      const [version = '', expiry = '', binding = '', signature = '', ...rest] = token.split('.');
      const isSigned = isSame(signature, sign(`${version}.${expiry}.${binding}`));
      if (!isSigned || version !== 'v1' || rest.length > 0) return 'invalid';
      if (Number(expiry) * 1_000 <= now()) return 'expired';
      return isSame(binding, bindingOf(holder)) ? 'valid' : 'elsewhere';
    },
  };
}

/** In a time that tells nothing of where they differ, nor of their lengths. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}
