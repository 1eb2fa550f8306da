/** Whatever comes in, the server refuses or answers it: it does not fail, fall, grow, or pass on what is wrong. */
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchange, rightRaw, wrongRaw } from './raw-requests';
import { rightRequest, UNKNOWN_FIELDS, wrongBody } from './request-bodies';
import { API_TOKEN, IS_LONG, openSite, type Site } from './site';

const CASES = IS_LONG ? 50_000 : 2_000;
/** How many of the cases each kind has. */
const SHARES = { rightBody: 0.15, wrongBody: 0.5, rightSocket: 0.05, wrongSocket: 0.3 };
const WARM_UP_SHARE = 0.15;
const SEED = 4;
const MOST_GROWTH_MB = 100;
const MAX_OUTPUT_TOKENS = 64;
const MB = 1_048_576;
/** How often each status was answered on the bare socket. */
const counts: Record<number, number> = {};

let site: Site;
let warmRss: number;
beforeAll(async () => {
  site = await openSite({ env: { MAX_OUTPUT_TOKENS: String(MAX_OUTPUT_TOKENS) } });
  await fuzzAll(SEED + 1, CASES * WARM_UP_SHARE);
  warmRss = await site.rssBytes();
}, CASES * 60);
afterAll(() => site.close());

test(
  `${CASES} cases: no failure of ours, no call for what is wrong, no growth`,
  async () => {
    await fuzzAll(SEED, CASES);
    const response = await fetch(`${site.url}healthz`);
    expect(await response.json()).toEqual({ status: 'ok' });
    expect(site.isAlive()).toBe(true);
    expect(site.logged.split('\n').filter((line) => line.startsWith('error:'))).toEqual([]);
    expect(site.fake.openStreams()).toBe(0);
    expect((await site.spend()).held_usd).toBe(0);
    const growthMb = ((await site.rssBytes()) - warmRss) / MB;
    console.log(
      `${CASES} cases: RSS ${(warmRss / MB).toFixed(0)} MB after the warm-up, ${growthMb.toFixed(1)} MB more at the end`,
    );
    console.log('statuses of what was wrong on the bare socket:', JSON.stringify(counts));
    // Otherwise the bytes did not get as far as the routes.
    for (const status of [400, 401, 404, 405]) expect(counts[status]).toBeGreaterThan(0);
    expect(growthMb).toBeLessThan(MOST_GROWTH_MB);
  },
  60_000 + CASES * 60,
);

/** `SHARES` of `cases`, each kind on its own: what fails is made smaller, and can be run again from the seed that is printed. */
async function fuzzAll(seed: number, cases: number): Promise<void> {
  const runs = (kind: keyof typeof SHARES) => ({ seed, numRuns: Math.ceil(SHARES[kind] * cases) });
  await fc.assert(fc.asyncProperty(rightRequest, expectAnswered), runs('rightBody'));
  await fc.assert(
    fc.asyncProperty(wrongBody, ({ body, param }) => expectRefused(body, param)),
    runs('wrongBody'),
  );
  await fc.assert(
    fc.asyncProperty(rightRaw, async (raw) => {
      const before = callCount();
      const statuses = await exchange(site.port, raw, true);
      expect(statuses).toEqual(Array(raw.count).fill(200));
      expect(callCount() - before).toBe(raw.count);
    }),
    runs('rightSocket'),
  );
  await fc.assert(
    fc.asyncProperty(wrongRaw, async (raw) => {
      const before = callCount();
      const statuses = await exchange(site.port, raw);
      for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
      expect(statuses.filter((status) => status >= 500)).toEqual([]);
      expect(callCount()).toBe(before);
    }),
    runs('wrongSocket'),
  );
}

/** Forwarded once, and nothing of it but what the server knows. */
async function expectAnswered(request: Record<string, unknown>): Promise<void> {
  const before = callCount();
  const response = await post(JSON.stringify(request));
  const text = await response.text();
  expect([response.status, text]).toEqual([200, expect.any(String)]);
  if (request['stream'] === true) expect(text).toMatch(/data: \[DONE\]\n\n$/);
  else expect(JSON.parse(text)).toHaveProperty('choices');
  expect(callCount()).toBe(before + 1);
  const forwarded = { ...site.fake.books().at(-1)?.request } as Record<string, unknown>;
  expect(Object.keys(forwarded).filter((field) => UNKNOWN_FIELDS.includes(field))).toEqual([]);
  expect(forwarded['model']).toBe('gpt-4o');
  expect(forwarded['max_tokens']).toBeLessThanOrEqual(MAX_OUTPUT_TOKENS);
}

async function expectRefused(
  body: string | Uint8Array<ArrayBuffer>,
  param: string | undefined,
): Promise<void> {
  const before = callCount();
  const response = await post(body);
  const text = await response.text();
  expect([400, 413]).toContain(response.status);
  const { error } = JSON.parse(text) as {
    error: { type: string; code: string; param: string | null; message: string };
  };
  expect(error).toEqual({
    type: 'invalid_request_error',
    code: expect.stringMatching(/^[a-z_]+$/),
    message: expect.stringMatching(/^[ -~’…“”]+$/),
    param: param === undefined ? error.param : expect.stringMatching(new RegExp(`^${param}(\\.|$)`)),
  });
  expect(callCount()).toBe(before);
}

function post(body: string | Uint8Array<ArrayBuffer>): Promise<Response> {
  const headers = { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json' };
  return fetch(`${site.url}v1/chat/completions`, { method: 'POST', headers, body });
}

function callCount(): number {
  return site.fake.books().length;
}
