/** Facts about answers that arrive, what they cost in our books and the vendor's, and a budget or ledger that says no. */
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { costNanoUsdOf } from '../../../src/meter/price';
import { utcDayOf } from '../../../src/server/ledger/ledger';
import {
  ask,
  MAX_TOKENS,
  PAIR,
  startCompletions,
  type CompletionsServer,
} from '../../fakes/openai/completions-server';

let server: CompletionsServer;
afterEach(() => server.close());

function billedNanoUsd(): number {
  return server.fake
    .books()
    .reduce((sum, book) => sum + costNanoUsdOf(PAIR.flagship, { ...book, cachedTokens: 0 }), 0);
}

test('a plain answer is the vendor’s to the byte, and the ledger says what the vendor billed', async () => {
  server = await startCompletions();
  const response = await server.post(ask('Why is the sky blue?'));
  expect(response.status).toBe(200);
  expect(response.headers.get('x-request-id')).toBe('call-1');
  expect(response.headers.get('cache-control')).toContain('no-store');
  const text = await response.text();
  // The fake indents its JSON: a server that parses and writes anew would not.
  expect(text).toMatch(/^\{\n {2}"id": "chatcmpl-1"/);
  const [entry] = server.ledger.all;
  expect(entry).toMatchObject({ state: 'settled', outcome: 'done', isEstimated: false, visitor: 'v1' });
  expect(entry?.costNanoUsd).toBe(billedNanoUsd());
  expect(entry?.promptTokens).toBe(server.fake.books()[0]?.promptTokens);
  expect(entry!.costNanoUsd).toBeLessThanOrEqual(entry!.worstNanoUsd);
});

test('what is forwarded has the real model, our limit and nothing that is not on the list', async () => {
  server = await startCompletions();
  await server.post(
    ask('Hi', { max_tokens: 5_000, base_url: 'http://elsewhere', tools: [], user: 'x', n: 1, stop: null }),
  );
  expect(server.fake.books()[0]?.request).toEqual({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: 'Hi' }],
    max_tokens: MAX_TOKENS,
  });
});

test.each([
  ['flagship', 'gpt-4o'],
  ['gpt-4o', 'gpt-4o'],
  ['small', 'gpt-4o-mini'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
])('%s is asked as %s', async (asked, real) => {
  server = await startCompletions();
  await server.post(ask('Hi', { model: asked, max_completion_tokens: 7 }));
  expect(server.fake.books()[0]).toMatchObject({ model: real, request: { max_tokens: 7 } });
  expect(server.ledger.all[0]).toMatchObject({ model: real, priceAsOf: PAIR.flagship.asOf });
});

test('a stream has its usage chunk only if it was asked for, and is settled before it ends', async () => {
  server = await startCompletions();
  const without = await (await server.post(ask('Hello', { stream: true }))).text();
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', isEstimated: false, outcome: 'done' });
  const asked = { stream: true, stream_options: { include_usage: true } };
  const response = await server.post(ask('Hello', asked));
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('cache-control')).toContain('no-store');
  const withUsage = await response.text();
  expect(without).toMatch(/data: \[DONE\]\n\n$/);
  expect(without).not.toContain('prompt_tokens');
  expect(withUsage).toMatch(/"choices":\[\],"usage":\{"prompt_tokens":\d+.*\n\ndata: \[DONE\]\n\n$/);
  const costs = server.ledger.all.map(({ costNanoUsd }) => costNanoUsd);
  expect(costs[0]! + costs[1]!).toBe(billedNanoUsd());
});

test('the openai package completes, streams and lists models', async () => {
  server = await startCompletions();
  const client = new OpenAI({ baseURL: server.url, apiKey: 'any', maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'Name a river.' }];
  const plain = await client.chat.completions.create({ model: 'flagship', messages });
  const stream = await client.chat.completions.create({ model: 'flagship', messages, stream: true });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  expect(text).toBe(plain.choices[0]?.message.content);
  expect(text).toContain('✓');
  const models = await client.models.list();
  expect(models.data.map(({ id }) => id)).toEqual(['gpt-4o', 'gpt-4o-mini']);
  expect(models.data[0]).toMatchObject({
    role: 'flagship',
    price: { input_usd_per_million: 2.5, output_usd_per_million: 10, as_of: '2026-11-01' },
    shutdown: '2027-01-14',
  });
});

test('a budget that does not cover the worst case is 429 with the time it opens again, and no call', async () => {
  const now = () => Date.parse('2026-11-24T22:30:00Z');
  server = await startCompletions({ now, dayNanoUsd: 1_000_000 });
  const response = await server.post(ask('Hi'));
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('5400');
  expect(response.headers.get('x-should-retry')).toBe('false');
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe('budget_exhausted');
  expect(error.message).toContain('2026-11-25T00:00:00');
  expect(server.fake.books()).toHaveLength(0);
});

test('50 in parallel at the edge of the budget: no more than fit are sent, and the sum is the vendor’s', async () => {
  // Nine prompt tokens and 100 of answer: 1.02 million nano-dollars each, of which ten fit.
  server = await startCompletions({ dayNanoUsd: 10_500_000 });
  const responses = await Promise.all(Array.from({ length: 50 }, () => server.post(ask('Hello there'))));
  const served = responses.filter(({ status }) => status === 200).length;
  expect(served).toBeGreaterThanOrEqual(10);
  expect(responses.filter(({ status }) => status === 429)).toHaveLength(50 - served);
  const { spentNanoUsd } = await server.ledger.spend(utcDayOf(Date.now()).day);
  expect(spentNanoUsd).toBe(billedNanoUsd());
  expect(spentNanoUsd).toBeLessThanOrEqual(10_500_000);
});

test('a ledger that cannot be written means 503 and no call', async () => {
  server = await startCompletions();
  server.ledger.fail('all');
  const response = await server.post(ask('Hi', { stream: true }));
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    error: { code: 'ledger_unavailable', type: 'server_error' },
  });
  expect(server.fake.books()).toHaveLength(0);
});

test('a ledger that fails at the settlement does not take the answer away', async () => {
  server = await startCompletions();
  server.fake.behave({ kind: 'answer', delayMs: 10 });
  const response = await server.post(ask('Hi', { stream: true }));
  server.ledger.fail('all');
  expect(await response.text()).toMatch(/\[DONE\]\n\n$/);
  expect(server.ledger.all[0]?.state).toBe('held');
  expect(server.logged.join('\n')).toContain('call-1 stays on hold');
});
