/** Facts about the door of the whole server: who is refused before any money is held, and what needs no token. */
import { afterAll, expect, test } from 'vitest';
import { createSessionTokens } from '../../../src/server/access/session-token';
import { readEnvironment } from '../../../src/server/environment';
import { createRateLimits } from '../../../src/server/access/rate-limits';
import { createReplays } from '../../../src/server/completions/idempotency';
import { createMemoryState } from '../../../src/server/store/shared-state';
import type { ServerStore } from '../../../src/server/store/store';
import { createEscalationServer } from '../../../src/server/escalation';
import { createApp } from '../../../src/server/http-app';
import type { Ledger } from '../../../src/server/ledger/ledger';
import { createLog } from '../../../src/server/log';
import type { OperatorBook } from '../../../src/server/operator/operator-book';
import { createFindModel } from '../../../src/server/pairs/known-models';

const ORIGIN = 'https://chat.example.org';
const SECRETS = {
  OPENAI_API_KEY: 'sk-the-key-of-the-vendor',
  SESSION_SECRET: 'the-secret-that-signs-tokens',
  API_TOKEN: 'the-token-for-programs',
  ADMIN_TOKEN: 'the-token-for-the-operator',
};
const NOW_MS = 1_800_000_000_000;
const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

/** The server as it is built, on a ledger that only notes that it was asked, and an upstream that is not there. */
function serverWith(variables: Readonly<Record<string, string>> = {}) {
  const reading = readEnvironment({
    ...SECRETS,
    ALLOWED_ORIGINS: `${ORIGIN},https://other.example.org`,
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    ...variables,
  });
  if (!reading.ok) throw new Error(reading.problems.join(' '));
  const world = { now: NOW_MS, held: 0, logged: [] as string[] };
  const ledger = {
    reserve: () => Promise.resolve({ kind: 'exhausted', cap: 'day', opensAtMs: ++world.held }),
    close: () => Promise.resolve(),
  } as unknown as Ledger;
  const now = () => world.now;
  const store: ServerStore = {
    ledger,
    limitsOf: (_name, perMinute) => createRateLimits(perMinute),
    replays: createReplays({ now }),
    state: createMemoryState({ now }),
    close: () => ledger.close(),
  };
  const log = createLog('debug', (line) => world.logged.push(line));
  const escalation = createEscalationServer({
    environment: reading.environment,
    apiKey: SECRETS.OPENAI_API_KEY,
    findModel: createFindModel(),
    store,
    book: { close: () => Promise.resolve(), countRefusal: () => undefined } as unknown as OperatorBook,
    reportsAnswers: false,
    log,
    now,
  });
  closing.push(() => escalation.close());
  const app = createApp({ distDir: 'absent', modelsDir: 'absent', config: { models: [] }, log, escalation });
  const send = async (method: string, path: string, headers: object, remoteAddress = '203.0.113.7') => {
    const body = method === 'POST' ? { body: QUESTION } : {};
    const sent = { 'content-type': 'application/json', ...headers } as Record<string, string>;
    return app.request(path, { method, headers: sent, ...body }, { incoming: { socket: { remoteAddress } } });
  };
  const tokenFor = async (origin = ORIGIN) => {
    const response = await send('POST', '/api/session', { origin });
    return ((await response.json()) as { token: string }).token;
  };
  return { world, send, tokenFor };
}

const QUESTION = JSON.stringify({ model: 'flagship', messages: [{ role: 'user', content: 'Hi' }] });
const COMPLETIONS = '/v1/chat/completions';

async function told(response: Response): Promise<[number, string | undefined]> {
  const body = (await response.json()) as { error?: { code: string } };
  return [response.status, body.error?.code];
}

test('whoever may ask gets as far as the ledger', async () => {
  const { world, send, tokenFor } = serverWith();
  const authorization = `Bearer ${await tokenFor()}`;
  expect(await told(await send('POST', COMPLETIONS, { origin: ORIGIN, authorization }))).toEqual([
    429,
    'budget_exhausted',
  ]);
  await send('POST', COMPLETIONS, { authorization: `Bearer ${SECRETS.API_TOKEN}` });
  expect(world.held).toBe(2);
});

const otherServer = createSessionTokens({ secret: 'another-servers', lifetimeS: 60, now: () => NOW_MS });
const forged = otherServer.issue({ origin: ORIGIN, addressHash: 'any' }).token;

test.for([
  ['no token', { origin: ORIGIN }, undefined, 401, 'unauthorized'],
  ['another scheme', { origin: ORIGIN, authorization: 'Basic YTpi' }, undefined, 401, 'unauthorized'],
  ['a wrong API token', { authorization: 'Bearer the-token-for-program' }, undefined, 401, 'unauthorized'],
  [
    'the operator’s token',
    { authorization: `Bearer ${SECRETS.ADMIN_TOKEN}` },
    undefined,
    401,
    'unauthorized',
  ],
  ['a foreign origin', { origin: 'https://evil.example' }, 0, 403, 'origin_not_allowed'],
  ['a sandboxed page', { origin: 'null' }, 0, 403, 'origin_not_allowed'],
  ['no origin', {}, 0, 403, 'origin_not_allowed'],
  ['the origin of another allowed page', { origin: 'https://other.example.org' }, 0, 403, 'token_elsewhere'],
  ['a forged token', { origin: ORIGIN, authorization: `Bearer ${forged}` }, undefined, 403, 'token_invalid'],
  ['an expired token', { origin: ORIGIN }, 3_600_000, 403, 'token_expired'],
] as const)('%s is refused, and nothing is held', async ([, headers, agedMs, status, code]) => {
  const { world, send, tokenFor } = serverWith();
  const own = agedMs === undefined ? {} : { authorization: `Bearer ${await tokenFor()}` };
  world.now += agedMs ?? 0;
  expect(await told(await send('POST', COMPLETIONS, { ...own, ...headers }))).toEqual([status, code]);
  expect(world.held).toBe(0);
});

test('what is read by all needs neither token nor origin', async () => {
  const { send } = serverWith();
  for (const path of ['/v1/models', '/api/config', '/healthz']) {
    expect((await send('GET', path, {})).status, path).toBe(200);
    expect((await send('GET', path, { origin: 'https://evil.example' })).status, path).toBe(200);
  }
});

test('every page may read the config, and only one that may ask is offered the large model', async () => {
  const { send } = serverWith();
  const offered = async (headers: Record<string, string>) => {
    const response = await send('GET', '/api/config', headers);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Vary')).toContain('Origin');
    return ((await response.json()) as { escalation: unknown }).escalation;
  };
  expect(await offered({})).toHaveProperty('flagship');
  expect(await offered({ origin: ORIGIN })).toHaveProperty('flagship');
  expect(await offered({ origin: 'https://evil.example' })).toBe(false);
});

test('a token is bound to the socket’s address, whatever X-Forwarded-For says', async () => {
  const { world, send, tokenFor } = serverWith();
  const headers = { origin: ORIGIN, authorization: `Bearer ${await tokenFor()}` };
  const lying = { ...headers, 'x-forwarded-for': '203.0.113.7' };
  expect(await told(await send('POST', COMPLETIONS, lying, '198.51.100.1'))).toEqual([
    403,
    'token_elsewhere',
  ]);
  expect(world.held).toBe(0);
});

test('behind a trusted proxy the visitor’s address counts, and not the proxy’s', async () => {
  const { send } = serverWith({ TRUST_PROXY: 'on' });
  const from = (address: string) => ({ origin: ORIGIN, 'x-forwarded-for': `6.6.6.6, ${address}` });
  const { token } = (await (await send('POST', '/api/session', from('203.0.113.7'))).json()) as {
    token: string;
  };
  const authorization = `Bearer ${token}`;
  const ask = async (address: string) =>
    told(await send('POST', COMPLETIONS, { ...from(address), authorization }, '10.0.0.1'));
  expect(await ask('203.0.113.7')).toEqual([429, 'budget_exhausted']);
  expect(await ask('203.0.113.8')).toEqual([403, 'token_elsewhere']);
});

test('no refusal and no line of the log holds a secret, a token or an address', async () => {
  const { world, send, tokenFor } = serverWith();
  const token = await tokenFor();
  const words = [...Object.values(SECRETS), token, '203.0.113'];
  const texts: string[] = [];
  for (const sent of [...words, `${SECRETS.API_TOKEN}x`]) {
    for (const path of [COMPLETIONS, '/api/session']) {
      const response = await send('POST', path, { authorization: `Bearer ${sent}` });
      texts.push(await response.text(), JSON.stringify([...response.headers]));
    }
    const spend = await send('GET', '/api/spend', { authorization: `Bearer ${sent}x` });
    expect(spend.status).toBe(401);
    texts.push(await spend.text());
  }
  expect(world.logged.length).toBeGreaterThan(10);
  for (const text of [...texts, ...world.logged]) for (const word of words) expect(text).not.toContain(word);
});
