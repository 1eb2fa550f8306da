/** Facts about clients that leave: the vendor's stream ends with them, and what it made is booked once. */
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ask, startCompletions, until, type CompletionsServer } from '../../fakes/openai/completions-server';

/** The promise is a second. */
const MOST_MS = 500;
let server: CompletionsServer;
beforeEach(async () => {
  server = await startCompletions();
});
afterEach(() => server.close());

async function isOver(): Promise<void> {
  const tookMs = await until(() => server.fake.openStreams() === 0);
  expect(tookMs).toBeLessThan(MOST_MS);
  await until(() => server.ledger.all[0]?.state !== 'held');
}

function expectAborted(): void {
  const [entry] = server.ledger.all;
  const [book] = server.fake.books();
  expect(entry).toMatchObject({ state: 'settled', outcome: 'aborted', isEstimated: true, cachedTokens: 0 });
  expect(book?.end).toBe('left');
  expect(entry?.promptTokens).toBe(book?.promptTokens);
  expect(server.ledger.settleCounts.get('call-1')).toBe(1);
}

test('a client that leaves before the first byte of a stream', async () => {
  server.fake.behave({ kind: 'stall' });
  const leave = new AbortController();
  const response = server.post(ask('Hi', { stream: true }), { signal: leave.signal });
  await until(() => server.fake.openStreams() === 1);
  leave.abort();
  await expect(response).rejects.toThrow();
  await isOver();
  expectAborted();
  expect(server.ledger.all[0]?.completionTokens).toBe(0);
});

test('a client that leaves before the vendor has answered at all', async () => {
  server.fake.behave({ kind: 'silent' });
  const leave = new AbortController();
  const response = server.post(ask('Hi', { stream: true }), { signal: leave.signal });
  await until(() => server.fake.openStreams() === 1);
  leave.abort();
  await expect(response).rejects.toThrow();
  await isOver();
  expectAborted();
});

test('a client that leaves in the middle of a stream pays for what was made', async () => {
  server.fake.behave({ kind: 'answer', delayMs: 20 });
  const leave = new AbortController();
  const response = await server.post(ask('Hi', { stream: true }), { signal: leave.signal });
  await response.body!.getReader().read();
  await until(() => (server.fake.books()[0]?.completionTokens ?? 0) >= 4);
  leave.abort();
  await isOver();
  expectAborted();
  const [entry] = server.ledger.all;
  expect(entry?.completionTokens).toBeGreaterThanOrEqual(3);
  expect(Math.abs(entry!.completionTokens - server.fake.books()[0]!.completionTokens)).toBeLessThanOrEqual(2);
  expect(entry!.costNanoUsd).toBeLessThanOrEqual(entry!.worstNanoUsd);
});

test('a client that leaves a plain request ends it upstream', async () => {
  server.fake.behave({ kind: 'answer', delayMs: 60_000 });
  const leave = new AbortController();
  const response = server.post(ask('Hi'), { signal: leave.signal });
  await until(() => server.fake.openStreams() === 1);
  leave.abort();
  await expect(response).rejects.toThrow();
  await isOver();
  expectAborted();
});

test('a client that reads nothing and then leaves does not keep the vendor’s stream', async () => {
  server.fake.behave({ kind: 'answer', text: `${'x'.repeat(200_000)} `.repeat(100) });
  const body = JSON.stringify(ask('Hi', { stream: true }));
  const socket = connect(server.port, '127.0.0.1');
  socket.pause();
  socket.write(
    `POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await until(() => (server.fake.books()[0]?.completionTokens ?? 0) > 0);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(server.fake.openStreams()).toBe(1);
  socket.destroy();
  await isOver();
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', outcome: 'aborted' });
});

test('a client that leaves while its request waits for another try pays nothing', async () => {
  await server.close();
  server = await startCompletions({ upstream: { retryBaseMs: 60_000, random: () => 0.5 } });
  server.fake.behave({ kind: 'status', status: 500 });
  const leave = new AbortController();
  const response = server.post(ask('Hi'), { signal: leave.signal });
  await until(() => server.fake.books().length === 1 && server.fake.openStreams() === 0);
  leave.abort();
  await expect(response).rejects.toThrow();
  await until(() => server.ledger.all[0]?.state === 'released');
});

test('a call that goes on for too long is ended, and the client told', async () => {
  await server.close();
  server = await startCompletions({ maxCallMs: 150 });
  server.fake.behave({ kind: 'answer', delayMs: 20 });
  const text = await (await server.post(ask('Hi', { stream: true }))).text();
  expect(text).toMatch(/"code":"upstream_timeout"[^\n]*\n\n$/);
  await isOver();
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', outcome: 'incomplete', isEstimated: true });
});
