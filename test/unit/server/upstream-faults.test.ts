/** Facts about a vendor that fails: what is tried again, what it costs, and what the client reads. */
import { afterEach, expect, test } from 'vitest';
import { ask, startCompletions, type CompletionsServer } from '../../fakes/openai/completions-server';
import type { FakeBehaviour } from '../../fakes/openai/fake-behaviour';

const SECRET_TEXT = 'my-very-private-question';
let server: CompletionsServer;
afterEach(() => server.close());

async function post(more: object = {}): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await server.post(ask(SECRET_TEXT, more));
  return { status: response.status, text: await response.text(), headers: response.headers };
}

function codeIn(text: string): string {
  return (JSON.parse(text) as { error: { code: string } }).error.code;
}

function expectNoSecrets(text: string): void {
  const all = [text, ...server.logged].join('\n');
  expect(all).not.toContain(server.fake.key);
  expect(all).not.toContain(SECRET_TEXT);
}

test('a 429 that is over soon is waited for once, and the answer comes', async () => {
  server = await startCompletions();
  server.fake.script({ kind: 'rate-limited', retryAfterSeconds: 1 });
  const startedMs = performance.now();
  expect((await post()).status).toBe(200);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(1_000);
  expect(server.fake.books()).toHaveLength(2);
});

test('a second 429, or a long one, is passed on with its seconds, and the hold is given back', async () => {
  server = await startCompletions();
  server.fake.script({ kind: 'rate-limited', retryAfterSeconds: 60 });
  const long = await post();
  expect([long.status, codeIn(long.text)]).toEqual([429, 'upstream_rate_limited']);
  expect(long.headers.get('retry-after')).toBe('60');
  expect(long.text).toContain('60 s');
  expect(server.fake.books()).toHaveLength(1);
  server.fake.behave({ kind: 'rate-limited', retryAfterSeconds: 0 });
  const again = await post({ stream: true });
  expect([again.status, codeIn(again.text)]).toEqual([429, 'upstream_rate_limited']);
  expect(server.fake.books()).toHaveLength(3);
  expect(server.ledger.all.map(({ state }) => state)).toEqual(['released', 'released']);
});

test.each([{}, { stream: true }])('two 500s are tried again, and paid for once (%j)', async (more) => {
  server = await startCompletions();
  server.fake.script({ kind: 'status', status: 500 }, { kind: 'status', status: 503 });
  expect((await post(more)).status).toBe(200);
  expect(server.fake.books().map(({ status }) => status)).toEqual([500, 503, 200]);
  expect(server.ledger.all).toHaveLength(1);
  expect(server.ledger.settleCounts.get('call-1')).toBe(1);
});

test('the third 500 is the last, and nothing is paid', async () => {
  server = await startCompletions();
  server.fake.behave({ kind: 'status', status: 500 });
  const { status, text } = await post();
  expect([status, codeIn(text)]).toEqual([502, 'upstream_failed']);
  expect(server.fake.books()).toHaveLength(3);
  expect(server.ledger.all[0]?.state).toBe('released');
  expectNoSecrets(text);
});

test('a connection that is closed before any answer is tried again; a vendor that is gone is told', async () => {
  server = await startCompletions();
  server.fake.script({ kind: 'hang-up' });
  expect((await post()).status).toBe(200);
  await server.fake.close();
  const { status, text } = await post();
  expect([status, codeIn(text)]).toEqual([502, 'upstream_unreachable']);
  expect(server.ledger.all[1]?.state).toBe('released');
});

test.each<[FakeBehaviour, number, string]>([
  [{ kind: 'unauthorized' }, 502, 'upstream_auth'],
  [{ kind: 'status', status: 403 }, 502, 'upstream_auth'],
  [{ kind: 'status', status: 404, code: 'model_not_found' }, 503, 'model_retired'],
  [{ kind: 'status', status: 429, code: 'insufficient_quota' }, 503, 'upstream_quota'],
  [{ kind: 'status', status: 400 }, 400, 'upstream_rejected'],
  [{ kind: 'status', status: 400, code: 'sk-secret' }, 400, 'upstream_rejected'],
  [{ kind: 'status', status: 400, code: 'context_length_exceeded' }, 400, 'context_length_exceeded'],
  [{ kind: 'status', status: 302 }, 502, 'upstream_failed'],
])('%j becomes %i %s, costs nothing, and neither key nor text comes out', async (behaviour, status, code) => {
  server = await startCompletions();
  server.fake.behave(behaviour);
  const answer = await post({ stream: true });
  expect([answer.status, codeIn(answer.text)]).toEqual([status, code]);
  expect(server.ledger.all[0]?.state).toBe('released');
  expect(server.logged.join()).toContain(code);
  expectNoSecrets(`${answer.text}${JSON.stringify([...answer.headers])}`);
});

test.each<FakeBehaviour>([
  { kind: 'cut', afterChunks: 5 },
  { kind: 'undone', afterChunks: 5 },
])('a stream that breaks off ends with an error event and is settled by estimate (%j)', async (behaviour) => {
  server = await startCompletions();
  server.fake.behave(behaviour);
  const { status, text } = await post({ stream: true });
  expect(status).toBe(200);
  const events = text.split('\n\n');
  expect(events.pop()).toBe('');
  expect(codeIn(events.pop()!.slice(6))).toBe('upstream_incomplete');
  // The role, five pieces; of the half chunk nothing.
  expect(events.map((event) => JSON.parse(event.slice(6)) as object)).toHaveLength(6);
  const [entry] = server.ledger.all;
  expect(entry).toMatchObject({
    state: 'settled',
    outcome: 'incomplete',
    isEstimated: true,
    completionTokens: 5,
  });
  expect(entry?.promptTokens).toBe(server.fake.books()[0]?.promptTokens);
});

test('an error event of the vendor’s becomes one of ours', async () => {
  server = await startCompletions();
  server.fake.behave({ kind: 'error-event', afterChunks: 2 });
  const { text } = await post({ stream: true });
  expect(text).toMatch(/"code":"upstream_failed"[^\n]*\n\n$/);
  expectNoSecrets(text);
});

test.each([{}, { stream: true }])('garbage is told as such (%j)', async (more) => {
  server = await startCompletions();
  server.fake.behave({ kind: 'garbage' });
  const { status, text } = await post(more);
  expect([status, codeIn(text)]).toEqual([502, 'upstream_invalid']);
  expect(server.ledger.all[0]).toMatchObject({
    state: 'settled',
    outcome: 'incomplete',
    completionTokens: 0,
  });
});

test.each([{}, { stream: true }])('10 MB in one chunk are refused, not gathered (%j)', async (more) => {
  server = await startCompletions();
  server.fake.behave({ kind: 'huge', sizeBytes: 10_000_000 });
  const { status, text } = await post(more);
  expect([status, codeIn(text)]).toEqual([502, 'upstream_too_large']);
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', outcome: 'incomplete' });
});

test.each<[FakeBehaviour, object, number]>([
  [{ kind: 'stall' }, { stream: true }, 504],
  [{ kind: 'stall' }, {}, 504],
  [{ kind: 'stall', afterChunks: 3 }, { stream: true }, 200],
  [{ kind: 'silent' }, { stream: true }, 504],
])('a vendor that stops answering is given up (%j, %j)', async (behaviour, more, expected) => {
  server = await startCompletions({ upstream: { idleTimeoutMs: 200, headersTimeoutMs: 200 } });
  server.fake.behave(behaviour);
  const { status, text } = await post(more);
  expect(status).toBe(expected);
  expect(text).toContain('"code":"upstream_timeout"');
  expect(server.fake.openStreams()).toBe(0);
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', outcome: 'incomplete', isEstimated: true });
});
