/** Facts about the large model as an engine: what it sends, how it reads the stream, what its failures become. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCloudEngine } from '../../../src/engine/cloud/cloud';
import type { Chunk } from '../../../src/kernel/engine';
import { isFault } from '../../../src/kernel/fault';

const PROMPT = [{ role: 'user' as const, content: 'Why is the sky blue?' }];
const USAGE = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 2 } };
const chunk = (content: string) => ({ choices: [{ delta: { content }, finish_reason: null }] });
const END = [{ choices: [{ delta: {}, finish_reason: 'stop' }] }, { choices: [], usage: USAGE }];

const eventsOf = (values: readonly unknown[]) =>
  values.map((value) => `data: ${value === '[DONE]' ? value : JSON.stringify(value)}\n\n`).join('');

/** A body that arrives in the given parts, then ends or breaks. */
function streamOf(parts: readonly Uint8Array[], isBroken = false): Response {
  let at = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        const part = parts[at++];
        if (part) controller.enqueue(part);
        else if (isBroken) controller.error(new TypeError('network error'));
        else controller.close();
      },
    }),
  );
}

const whole = (text: string, isBroken = false) => streamOf([new TextEncoder().encode(text)], isBroken);
const refusal = (status: number, code: string) =>
  Response.json({ error: { message: 'No.', type: 'x', code, param: null } }, { status });

function engineOn(responses: readonly Response[]) {
  const sent: { url: string; init: RequestInit }[] = [];
  let tokens = 0;
  let ids = 0;
  const engine = createCloudEngine({
    model: 'flagship',
    name: 'gpt-4o',
    baseUrl: new URL('https://chat.example/app/'),
    request: async (url, init = {}) => {
      sent.push({ url: String(url), init });
      const response = responses[sent.length - 1];
      if (!response) throw new Error('Nothing is scripted for this request.');
      return response;
    },
    session: { token: async () => `token-${tokens}`, forget: () => void tokens++ },
    maxTokens: 500,
    newId: () => `id-${ids++}`,
  });
  return { engine, sent };
}

async function read(responses: readonly Response[], signal = new AbortController().signal) {
  const { engine, sent } = engineOn(responses);
  const chunks: Chunk[] = [];
  try {
    for await (const one of engine.generate(PROMPT, { signal, maxTokens: 900 })) chunks.push(one);
  } catch (error) {
    return { chunks, sent, code: isFault(error) ? error.code : String(error) };
  }
  return { chunks, sent, code: undefined };
}

const textOf = (chunks: readonly Chunk[]) => chunks.map(({ text }) => text).join('');

test('it asks the page’s own server, under its token, for a stream with usage, and for no more than is offered', async () => {
  const { sent } = await read([whole(eventsOf([chunk('Hi'), ...END, '[DONE]']))]);
  expect(sent[0]?.url).toBe('https://chat.example/app/v1/chat/completions');
  expect(sent[0]?.init.headers).toMatchObject({ Authorization: 'Bearer token-0', 'Idempotency-Key': 'id-0' });
  expect(JSON.parse(sent[0]?.init.body as string)).toEqual({
    model: 'flagship',
    messages: PROMPT,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: 500,
  });
});

test('the stream’s text is exact, wherever it is cut, and the last chunk has usage and finish', async () => {
  const text = 'Grüße 🌊 от моря — 海';
  const bytes = new TextEncoder().encode(eventsOf([...Array.from(text, chunk), ...END, '[DONE]']));
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 30 }), async (cuts) => {
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      const parts = ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
      const { chunks, code } = await read([streamOf(parts.filter(({ length }) => length > 0))]);
      expect(code).toBeUndefined();
      expect(textOf(chunks)).toBe(text);
      expect(chunks.at(-1)).toEqual({
        text: '',
        finish: 'stop',
        usage: { promptTokens: 9, cachedTokens: 2, completionTokens: 4 },
      });
    }),
    { numRuns: 60 },
  );
});

test('a token that is refused is renewed once, and the question keeps its idempotency key', async () => {
  const fine = () => whole(eventsOf([chunk('Hi'), ...END, '[DONE]']));
  const { sent, chunks } = await read([refusal(403, 'token_expired'), fine()]);
  expect(textOf(chunks)).toBe('Hi');
  expect(sent.map(({ init }) => init.headers)).toMatchObject([
    { Authorization: 'Bearer token-0', 'Idempotency-Key': 'id-0' },
    { Authorization: 'Bearer token-1', 'Idempotency-Key': 'id-0' },
  ]);
  expect((await read([refusal(403, 'token_expired'), refusal(403, 'token_expired')])).code).toBe(
    'cloud_refused',
  );
});

test.for([
  [429, 'budget_exhausted', 'budget_exhausted'],
  [429, 'rate_limited', 'rate_limited'],
  [400, 'invalid_value', 'cloud_refused'],
  [503, 'ledger_unavailable', 'cloud_failed'],
  [502, 'upstream_auth', 'cloud_failed'],
] as const)('%i with the code %s is the fault %s', async ([status, code, fault]) => {
  expect((await read([refusal(status, code)])).code).toBe(fault);
});

test('a stream that ends early, breaks, or says that it broke is incomplete, and its text is there', async () => {
  const broken = { error: { message: 'It broke off.', code: 'upstream_incomplete' } };
  for (const response of [
    whole(eventsOf([chunk('Half')])),
    whole(eventsOf([chunk('Half')]), true),
    whole(eventsOf([chunk('Half'), broken])),
  ]) {
    const { chunks, code } = await read([response]);
    expect([textOf(chunks), code]).toEqual(['Half', 'cloud_incomplete']);
  }
});

test('what is no stream at all is a failure, not an answer', async () => {
  expect((await read([whole('data: <html>\n\n')])).code).toBe('cloud_failed');
  expect((await read([new Response('', { status: 502 })])).code).toBe('cloud_failed');
});

test('a stop ends it as cancelled', async () => {
  const abort = new AbortController();
  abort.abort();
  expect((await read([whole(eventsOf([chunk('Hi')]), true)], abort.signal)).code).toBe('cancelled');
});

test('the price that the server names comes with the first chunk only, and what is no price is nothing', async () => {
  const price = {
    model: 'gpt-6-luna',
    inputNanoUsd: 100,
    cachedInputNanoUsd: 10,
    outputNanoUsd: 500,
    asOf: '2026-11-26',
  };
  const events = eventsOf([chunk('One'), chunk(' two'), ...END, '[DONE]']);
  const answered = (header: string) => {
    const response = whole(events);
    return new Response(response.body, { headers: { 'x-smallfirst-price': header } });
  };
  const { chunks } = await read([answered(JSON.stringify(price))]);
  expect(chunks.map((one) => one.price)).toEqual([price, undefined, undefined]);
  for (const wrong of ['', '{', '{"model":"x"}']) {
    expect((await read([answered(wrong)])).chunks[0]).toEqual({ text: 'One' });
  }
});
