/** Facts about the Idempotency-Key: one call upstream, and the same answer again or a 409. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createReplays, type Claim } from '../../../src/server/completions/idempotency';
import { ask, startCompletions, until, type CompletionsServer } from '../../fakes/openai/completions-server';

const ACCOUNT = { visitor: 'v1', site: 's1' };
let server: CompletionsServer;
beforeEach(async () => {
  server = await startCompletions();
});
afterEach(() => server.close());

async function codeOf(response: Response): Promise<string> {
  return ((await response.json()) as { error: { code: string } }).error.code;
}

test.each([{}, { stream: true }])(
  'a repeat gets the same bytes, and the vendor one call (%j)',
  async (more) => {
    const first = await server.post(ask('Hi', more), { key: 'k1' });
    const text = await first.text();
    const again = await server.post(ask('Hi', more), { key: 'k1' });
    expect(again.status).toBe(200);
    expect(await again.text()).toBe(text);
    expect(again.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(again.headers.get('x-request-id')).toBe('call-1');
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(server.fake.books()).toHaveLength(1);
    expect(server.ledger.all).toHaveLength(1);
  },
);

test('of twenty at once, one calls and the others hear that it is under way', async () => {
  server.fake.behave({ kind: 'silent' });
  const others: string[] = [];
  const leave = new AbortController();
  const twenty = Array.from({ length: 20 }, async () => {
    const response = await server.post(ask('Hi'), { key: 'k1', signal: leave.signal });
    others.push(`${response.status} ${await codeOf(response)}`);
  });
  await until(() => others.length >= 19 && server.fake.books().length > 0, 20_000);
  leave.abort();
  await Promise.allSettled(twenty);
  expect(others).toEqual(Array.from({ length: 19 }, () => '409 idempotency_in_flight'));
  expect(server.fake.books()).toHaveLength(1);
});

test('the same key with another body is a mismatch', async () => {
  await server.post(ask('Hi'), { key: 'k1' });
  const other = await server.post(ask('Ho'), { key: 'k1' });
  expect([other.status, await codeOf(other)]).toEqual([409, 'idempotency_mismatch']);
});

test('a key belongs to its account: another visitor’s is another one', async () => {
  const replays = createReplays({ now: () => 0 });
  const mine = (await replays.claim('k1', ACCOUNT, Buffer.from('a'))) as Extract<Claim, { kind: 'first' }>;
  const theirs = await replays.claim('k1', { ...ACCOUNT, visitor: 'v2' }, Buffer.from('a'));
  expect(theirs.kind).toBe('first');
  expect((theirs as typeof mine).hash).not.toBe(mine.hash);
});

test('a call that cost nothing leaves its key free', async () => {
  server.fake.script({ kind: 'status', status: 400 });
  expect((await server.post(ask('Hi'), { key: 'k1' })).status).toBe(400);
  expect((await server.post(ask('Hi'), { key: 'k1' })).status).toBe(200);
});

test('a failure that was paid for is repeated, not paid again', async () => {
  server.fake.script({ kind: 'cut', afterChunks: 2 });
  const text = await (await server.post(ask('Hi', { stream: true }), { key: 'k1' })).text();
  expect(text).toContain('upstream_incomplete');
  expect(await (await server.post(ask('Hi', { stream: true }), { key: 'k1' })).text()).toBe(text);
  server.fake.script({ kind: 'garbage' });
  expect((await server.post(ask('Hi'), { key: 'k2' })).status).toBe(502);
  const again = await server.post(ask('Hi'), { key: 'k2' });
  expect([again.status, await codeOf(again)]).toEqual([502, 'upstream_invalid']);
  expect(server.fake.books()).toHaveLength(2);
});

test('an answer whose reader left, or that a former process gave, is not called for again', async () => {
  server.fake.behave({ kind: 'answer', delayMs: 50 });
  const leave = new AbortController();
  await server.post(ask('Hi', { stream: true }), { key: 'k1', signal: leave.signal });
  leave.abort();
  await until(() => server.ledger.all[0]?.state === 'settled');
  const again = await server.post(ask('Hi', { stream: true }), { key: 'k1' });
  expect([again.status, await codeOf(again)]).toEqual([409, 'idempotency_replay_gone']);
  expect(server.fake.books()).toHaveLength(1);
});

test.each(['with space', 'ümlaut', 'x'.repeat(201)])('the key %j is refused', async (key) => {
  const response = await server.post(ask('Hi'), { key: Buffer.from(key).toString('latin1') });
  expect([response.status, await codeOf(response)]).toEqual([400, 'idempotency_key_invalid']);
  expect(server.fake.books()).toHaveLength(0);
});

test('answers are kept for ten minutes, and not beyond a count and a size', async () => {
  let nowMs = 0;
  const replays = createReplays({ now: () => nowMs, maxCount: 3, maxBytes: 8_000 });
  const body = Buffer.from('a');
  const keep = async (key: string, sizeBytes: number): Promise<void> => {
    const claim = await replays.claim(key, ACCOUNT, body);
    if (claim.kind !== 'first') throw new Error(`${key} is kept already`);
    const reply = { requestId: key, price: '{}', status: 200, contentType: 'x' };
    await claim.keep({ ...reply, body: new Uint8Array(sizeBytes) });
  };
  const isKept = async (key: string): Promise<boolean> => {
    const claim = await replays.claim(key, ACCOUNT, body);
    if (claim.kind === 'first') await claim.drop();
    return claim.kind === 'replay';
  };
  for (const key of ['a', 'b', 'c', 'd']) await keep(key, 10);
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(isKept))).toEqual([false, true, true, true]);
  await keep('large', 1_001);
  expect(await isKept('large')).toBe(false);
  nowMs = 600_001;
  expect(await Promise.all(['b', 'c', 'd'].map(isKept))).toEqual([false, false, false]);
});
