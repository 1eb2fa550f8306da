/** Facts about who may ask: tokens, origins, limits and the work under load. */
import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { createRateLimits } from '../../../src/server/access/rate-limits';
import { createAccess, createAdminGuard, type AccessOptions } from '../../../src/server/access/access';
import type { CallerVariables } from '../../../src/server/access/caller';

const ORIGIN = 'https://chat.example.org';
const API_TOKEN = 'an-api-token-for-tests';

function site(more: Partial<AccessOptions> = {}) {
  const world = { now: 1_800_000_000_000, address: '203.0.113.7' };
  const access = createAccess({
    secret: 'a-secret-for-tests',
    isAllowedOrigin: (origin) => [ORIGIN, 'https://other.example.org'].includes(origin),
    apiToken: API_TOKEN,
    limitsOf: () => createRateLimits(5),
    addressOf: () => world.address,
    now: () => world.now,
    ...more,
  });
  const app = new Hono<CallerVariables>();
  app.use('/v1/*', access.crossOrigin, access.guard);
  app.get('/v1/whoami', (c) => c.json(c.get('caller')));
  app.post('/api/session', access.session);
  const session = async (origin: string | undefined = ORIGIN, body: object = {}) =>
    app.request('/api/session', {
      method: 'POST',
      body: JSON.stringify(body),
      headers: origin ? { origin } : {},
    });
  const ask = async (token: string | undefined, origin: string | undefined = ORIGIN) =>
    app.request('/v1/whoami', {
      headers: { ...(origin ? { origin } : {}), ...(token ? { authorization: `Bearer ${token}` } : {}) },
    });
  const tokenOf = async (origin = ORIGIN) =>
    ((await (await session(origin)).json()) as { token: string }).token;
  return { world, app, session, ask, tokenOf };
}

const codeOf = async (response: Response) =>
  ((await response.json()) as { error?: { code: string } }).error?.code;

test('a visitor from an allowed page gets a token, and is known by a hash of the address', async () => {
  const { ask, tokenOf } = site();
  const response = await ask(await tokenOf());
  expect(response.status).toBe(200);
  const caller = (await response.json()) as { visitor: string };
  expect(caller).toMatchObject({ kind: 'visitor', site: ORIGIN });
  expect(caller.visitor).toMatch(/^[\w-]{22}$/);
  expect(JSON.stringify(caller)).not.toContain('203.0.113');
});

test('a program with the API token needs no origin', async () => {
  const { ask } = site();
  expect(await (await ask(API_TOKEN, '')).json()).toEqual({ kind: 'server', visitor: 'api', site: 'api' });
});

test('without a token nobody is let in', async () => {
  const { ask } = site();
  const response = await ask(undefined);
  expect([response.status, await codeOf(response)]).toEqual([401, 'unauthorized']);
  expect(await codeOf(await ask('wrong-api-token', ''))).toBe('unauthorized');
});

test('a page that is not allowed gets neither a token nor an answer', async () => {
  const { session, ask, tokenOf } = site();
  expect((await session('https://evil.example')).status).toBe(403);
  expect((await session('')).status).toBe(403);
  const token = await tokenOf();
  for (const origin of ['https://evil.example', '']) {
    const response = await ask(token, origin);
    expect([response.status, await codeOf(response)]).toEqual([403, 'origin_not_allowed']);
  }
});

test('a token is good for its own page, its own address and its own time', async () => {
  const { world, ask, tokenOf } = site();
  const token = await tokenOf();
  expect(await codeOf(await ask(token, 'https://other.example.org'))).toBe('token_elsewhere');
  world.address = '203.0.113.8';
  expect(await codeOf(await ask(token))).toBe('token_elsewhere');
  world.address = '203.0.113.7';
  world.now += 3_601_000;
  expect(await codeOf(await ask(token))).toBe('token_expired');
});

test('a token that anybody changed is invalid', async () => {
  const { ask, tokenOf } = site({ limitsOf: () => createRateLimits(1_000) });
  const token = await tokenOf();
  const [version, expiry = '', binding, signature] = token.split('.');
  const later = [version, String(Number(expiry) + 9_999), binding, signature].join('.');
  for (const forged of [later, `${token}x`, `${token}.x`, token.slice(0, -1), 'v1.9999999999..', 'v1']) {
    expect(await codeOf(await ask(forged)), forged).toBe('token_invalid');
  }
});

test('a new token buys no more questions, and neither does a new address at the same site for ever', async () => {
  const { world, ask, tokenOf } = site();
  const first = await tokenOf();
  const second = await tokenOf();
  for (let count = 0; count < 5; count++) expect((await ask(first)).status).toBe(200);
  const limited = await ask(second);
  expect([limited.status, await codeOf(limited)]).toEqual([429, 'rate_limited']);
  expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
  let served = 0;
  for (let visitor = 0; visitor < 40; visitor++) {
    world.address = `198.51.100.${visitor}`;
    const token = await tokenOf();
    for (let count = 0; count < 5; count++) served += (await ask(token)).status === 200 ? 1 : 0;
  }
  expect(served).toBe(145);
});

test('under load a session has to be worked for, once for each challenge, by its own holder', async () => {
  const { world, session } = site({
    freeSessionsPerMinute: 0,
    workDifficultyBits: 8,
    limitsOf: () => createRateLimits(100),
  });
  const refused = await session();
  expect(refused.status).toBe(428);
  const { challenge, difficulty } = (await refused.json()) as { challenge: string; difficulty: number };
  const nonce = solve(challenge, difficulty);
  expect((await session(ORIGIN, { challenge, nonce: `${nonce}x` })).status).toBe(428);
  world.address = '203.0.113.99';
  expect((await session(ORIGIN, { challenge, nonce })).status).toBe(428);
  world.address = '203.0.113.7';
  expect((await session(ORIGIN, { challenge, nonce })).status).toBe(200);
  expect((await session(ORIGIN, { challenge, nonce })).status).toBe(428);
});

test('a challenge ends after two minutes', async () => {
  const { world, session } = site({ freeSessionsPerMinute: 0, workDifficultyBits: 4 });
  const { challenge } = (await (await session()).json()) as { challenge: string };
  world.now += 121_000;
  expect((await session(ORIGIN, { challenge, nonce: solve(challenge, 4) })).status).toBe(428);
});

test('a browser on an allowed page may read the answer, one on another page may not', async () => {
  const { app } = site();
  const preflight = (origin: string) =>
    app.request('/v1/whoami', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
  const allowed = await preflight(ORIGIN);
  expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(allowed.headers.get('access-control-allow-headers')).toContain('Authorization');
  expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
});

test('the operator’s routes are not there without a token, and closed with a wrong one', async () => {
  const routesWith = (token: string | undefined) => {
    const app = new Hono();
    app.get('/api/spend', createAdminGuard(token), (c) => c.text('books'));
    return (sent?: string) =>
      app.request('/api/spend', { headers: sent ? { authorization: `Bearer ${sent}` } : {} });
  };
  expect((await routesWith(undefined)('anything')).status).toBe(404);
  expect((await routesWith('the-admin-token-1')()).status).toBe(401);
  expect((await routesWith('the-admin-token-1')('the-admin-token-2')).status).toBe(401);
  expect(await (await routesWith('the-admin-token-1')('the-admin-token-1')).text()).toBe('books');
});

function solve(challenge: string, bits: number): string {
  for (let nonce = 0; ; nonce++) {
    const hash = createHash('sha256').update(`${challenge}:${nonce}`).digest();
    if (hash.readUInt32BE(0) >>> (32 - bits) === 0) return String(nonce);
  }
}
