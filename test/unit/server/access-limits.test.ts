/** Facts about how often one may ask, and what a browser gets to know of a refusal. */
import { Hono } from 'hono';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createAccess } from '../../../src/server/access/access';
import type { CallerVariables } from '../../../src/server/access/caller';
import { createRateLimits } from '../../../src/server/access/rate-limits';

const ORIGIN = 'https://chat.example.org';
const API_TOKEN = 'an-api-token-for-tests';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test.for(['token', 'address', 'site'] as const)(
  'a %s that is used up stops what else is fresh',
  async (kind) => {
    const limits = createRateLimits(2);
    const most = kind === 'site' ? 60 : 2;
    let count = 0;
    const take = () => {
      const fresh = { token: `t${++count}`, address: `a${count}`, site: `s${count}` };
      return limits.take({ ...fresh, [kind]: 'same' });
    };
    for (let turn = 0; turn < most; turn++) expect(await take()).toBeUndefined();
    expect(await take()).toBe(60);
  },
);

test('the seconds to wait are the ones that are left of the minute, and then it opens again', async () => {
  const limits = createRateLimits(1);
  expect(await limits.take({ token: 'one' })).toBeUndefined();
  vi.advanceTimersByTime(45_500);
  expect(await limits.take({ token: 'one' })).toBe(15);
  vi.advanceTimersByTime(14_500);
  expect(await limits.take({ token: 'one' })).toBeUndefined();
});

test('who is stopped at the address takes nothing from the others of the site', async () => {
  const limits = createRateLimits(1);
  for (let count = 0; count < 100; count++) await limits.take({ address: 'greedy', site: 'same' });
  for (let visitor = 1; visitor < 30; visitor++) {
    expect(await limits.take({ address: `visitor-${visitor}`, site: 'same' })).toBeUndefined();
  }
  expect(await limits.take({ address: 'one-too-many', site: 'same' })).toBe(60);
});

function site() {
  const access = createAccess({
    secret: 'a-secret-for-tests',
    isAllowedOrigin: (origin) => origin === ORIGIN,
    apiToken: API_TOKEN,
    limitsOf: () => createRateLimits(2),
    addressOf: () => '203.0.113.7',
    now: () => 1_800_000_000_000,
  });
  const app = new Hono<CallerVariables>();
  app.use('*', access.crossOrigin);
  app.post('/api/session', access.session);
  app.post('/v1/chat/completions', access.guard, (c) => c.json(c.get('caller')));
  const post = async (path: string, headers: Record<string, string>) =>
    app.request(path, { method: 'POST', headers });
  return { app, post };
}

test('a program is held to the limit of a site, not to that of one visitor', async () => {
  const { post } = site();
  const ask = () => post('/v1/chat/completions', { authorization: `Bearer ${API_TOKEN}` });
  const statuses = [];
  for (let count = 0; count < 61; count++) statuses.push((await ask()).status);
  expect(statuses).toEqual([...Array<number>(60).fill(200), 429]);
});

test('new sessions are limited too, and apart from questions', async () => {
  const { post } = site();
  const { token } = (await (await post('/api/session', { origin: ORIGIN })).json()) as { token: string };
  expect((await post('/api/session', { origin: ORIGIN })).status).toBe(200);
  expect((await post('/api/session', { origin: ORIGIN })).status).toBe(429);
  const asking = { origin: ORIGIN, authorization: `Bearer ${token}` };
  expect((await post('/v1/chat/completions', asking)).status).toBe(200);
});

test('refused attempts use up nobody’s questions', async () => {
  const { post } = site();
  const { token } = (await (await post('/api/session', { origin: ORIGIN })).json()) as { token: string };
  const forged = { origin: ORIGIN, authorization: `Bearer ${token}x` };
  for (let count = 0; count < 9; count++) await post('/v1/chat/completions', forged);
  const asking = { origin: ORIGIN, authorization: `Bearer ${token}` };
  expect((await post('/v1/chat/completions', asking)).status).toBe(200);
});

test('a page can read why it was refused and when to come back; another origin cannot', async () => {
  const { post } = site();
  const headersFrom = async (origin: string) =>
    (await post('/v1/chat/completions', { origin, authorization: `Bearer ${API_TOKEN}` })).headers;
  for (let count = 0; count < 60; count++) await headersFrom(ORIGIN);
  const refused = await headersFrom(ORIGIN);
  expect(refused.get('retry-after')).toBe('60');
  expect(refused.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(refused.get('access-control-expose-headers')).toContain('Retry-After');
  expect((await headersFrom('https://evil.example')).get('access-control-allow-origin')).toBeNull();
});

test('no answer is for all origins, none lets cookies through, and a cache keeps origins apart', async () => {
  const { app } = site();
  for (const origin of [ORIGIN, 'https://evil.example', 'null', undefined]) {
    for (const method of ['OPTIONS', 'POST']) {
      const { headers } = await app.request('/v1/chat/completions', {
        method,
        headers: origin ? { origin, 'access-control-request-method': 'POST' } : {},
      });
      expect(headers.get('access-control-allow-origin')).toBe(origin === ORIGIN ? ORIGIN : null);
      expect(headers.has('access-control-allow-credentials')).toBe(false);
      expect(headers.get('vary')).toContain('Origin');
    }
  }
});

test('a preflight names the headers that a page may send, without a token', async () => {
  const { app } = site();
  const response = await app.request('/v1/chat/completions', {
    method: 'OPTIONS',
    headers: { origin: ORIGIN, 'access-control-request-method': 'POST' },
  });
  expect(response.status).toBe(204);
  const allowed = response.headers.get('access-control-allow-headers')?.split(',');
  expect(allowed).toEqual(['Authorization', 'Content-Type', 'Idempotency-Key']);
});
