/** Who may ask: visitors with a token of ours from an allowed origin, and programs that hold the operator's token. */
import type { Context, Handler, MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { PRICE_HEADER } from '../../kernel/wire';
import { sendProblem } from '../problem';
import type { Caller, CallerVariables } from './caller';
import { addressHashOf } from './client-address';
import { createProofOfWork } from './proof-of-work';
import type { RateLimits } from './rate-limits';
import { createSessionTokens, isSame, type TokenState } from './session-token';

export interface AccessOptions {
  readonly secret: string;
  /** Whether pages of that origin may ask. */
  readonly isAllowedOrigin: (origin: string, c: Context) => boolean;
  readonly apiToken: string | undefined;
  /** Of what: sessions, questions and counts are limited apart. */
  readonly limitsOf: (name: 'asking' | 'session' | 'counts') => RateLimits;
  /** Of the visitor: the socket's, or what a trusted proxy says. */
  readonly addressOf: (c: Context) => string;
  readonly now: () => number;
  /** New sessions a minute and site from which on each has to work for it. */
  readonly freeSessionsPerMinute?: number;
  readonly workDifficultyBits?: number;
}

export interface Access {
  /** For `POST /api/session`. */
  readonly session: Handler;
  /** Lets in who may ask, and sets `caller`. Nothing is held before it. */
  readonly guard: MiddlewareHandler<CallerVariables>;
  /** Lets in pages of allowed origins, without a token: for what costs nothing. */
  readonly page: MiddlewareHandler;
  /** For allowed origins only, preflights too. */
  readonly crossOrigin: MiddlewareHandler;
}

const TOKEN_LIFETIME_S = 3_600;
const FREE_SESSIONS_PER_MINUTE = 60;
const REFUSALS = {
  expired: 'token_expired',
  invalid: 'token_invalid',
  elsewhere: 'token_elsewhere',
} as const satisfies Record<Exclude<TokenState, 'valid'>, string>;

export function createAccess(options: AccessOptions): Access {
  const { secret, isAllowedOrigin, apiToken, addressOf, now } = options;
  const tokens = createSessionTokens({ secret, lifetimeS: TOKEN_LIFETIME_S, now });
  const work = createProofOfWork({
    secret,
    now,
    sessionsPerMinute: options.freeSessionsPerMinute ?? FREE_SESSIONS_PER_MINUTE,
    ...(options.workDifficultyBits === undefined ? {} : { difficultyBits: options.workDifficultyBits }),
  });
  const limits = options.limitsOf('asking');
  const sessionLimits = options.limitsOf('session');
  const pageLimits = options.limitsOf('counts');
  const hashOf = (c: Context) => addressHashOf(addressOf(c), secret);

  const session: Handler = async (c) => {
    const origin = c.req.header('origin');
    if (!origin || !isAllowedOrigin(origin, c)) return sendProblem(c, 'origin_not_allowed');
    const holder = { origin, addressHash: hashOf(c) };
    const key = holder.addressHash;
    const waitS = await sessionLimits.take({ token: key, address: key, site: origin });
    if (waitS !== undefined) return sendProblem(c, 'rate_limited', { retryAfterS: waitS });
    const paid = workOf(await c.req.text());
    const isPaid = paid !== undefined && work.accept(paid.challenge, paid.nonce, holder);
    if (work.isWanted(origin) && !isPaid) {
      return sendProblem(c, 'proof_of_work_required', { beside: work.challenge(holder) });
    }
    const { token, expiresAtS } = tokens.issue(holder);
    return c.json({ token, expires_at: expiresAtS }, 200, { 'Cache-Control': 'no-store' });
  };

  const page: MiddlewareHandler = async (c, next) => {
    const origin = c.req.header('origin');
    if (!origin || !isAllowedOrigin(origin, c)) return sendProblem(c, 'origin_not_allowed');
    const key = hashOf(c);
    const waitS = await pageLimits.take({ token: key, address: key, site: origin });
    if (waitS !== undefined) return sendProblem(c, 'rate_limited', { retryAfterS: waitS });
    await next();
    return undefined;
  };

  const guard: MiddlewareHandler<CallerVariables> = async (c, next) => {
    const token = /^Bearer ([\x21-\x7e]+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined) return sendProblem(c, 'unauthorized');
    let caller: Caller = { kind: 'server', visitor: 'api', site: 'api' };
    if (apiToken === undefined || !isSame(token, apiToken)) {
      const origin = c.req.header('origin');
      // A wrong API token comes without an origin: it is told that, and not that an origin would help.
      if (origin === undefined && !token.startsWith('v1.')) return sendProblem(c, 'unauthorized');
      if (origin === undefined || !isAllowedOrigin(origin, c)) return sendProblem(c, 'origin_not_allowed');
      const addressHash = hashOf(c);
      const state = tokens.stateOf(token, { origin, addressHash });
      if (state !== 'valid') return sendProblem(c, REFUSALS[state]);
      caller = { kind: 'visitor', visitor: addressHash, site: origin };
    }
    // A server asks for many visitors, and from one address.
    const keys =
      caller.kind === 'server' ? { site: 'api' } : { token, address: caller.visitor, site: caller.site };
    const waitS = await limits.take(keys);
    if (waitS !== undefined) return sendProblem(c, 'rate_limited', { retryAfterS: waitS });
    c.set('caller', caller);
    await next();
    return undefined;
  };

  const forPages = cors({
    origin: (origin, c) => (isAllowedOrigin(origin, c) ? origin : null),
    allowMethods: ['GET', 'POST', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
    exposeHeaders: ['Retry-After', 'X-Request-Id', PRICE_HEADER, 'Idempotent-Replayed'],
    maxAge: 600,
  });
  // Programs send no origin, and need none of it.
  const crossOrigin: MiddlewareHandler = async (c, next) => {
    if (c.req.header('origin') !== undefined) return forPages(c, next);
    c.header('Vary', 'Origin');
    return next();
  };
  return { session, guard, page, crossOrigin };
}

/** For the operator's own routes: as if they were not there where no token is set. */
export function createAdminGuard(adminToken: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    if (adminToken === undefined) return c.notFound();
    const token = /^Bearer (\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1];
    if (token === undefined || !isSame(token, adminToken)) return sendProblem(c, 'unauthorized');
    await next();
    return undefined;
  };
}

function workOf(body: string): { challenge: string; nonce: string } | undefined {
  try {
    const { challenge, nonce } = JSON.parse(body) as { challenge?: unknown; nonce?: unknown };
    return typeof challenge === 'string' && typeof nonce === 'string' ? { challenge, nonce } : undefined;
  } catch {
    return undefined;
  }
}
