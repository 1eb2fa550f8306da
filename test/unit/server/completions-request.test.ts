/** Facts about requests that are refused: with which code and field, without a call, and never with a 5xx. */
import * as fc from 'fast-check';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CompletionError } from '../../../src/server/completions/completion-error';
import { forwardBodyOf, maxTokensOf } from '../../../src/server/completions/forward-body';
import { createFindModel } from '../../../src/server/pairs/known-models';
import { checkRequest } from '../../../src/server/completions/request-schema';
import { ask, startCompletions, type CompletionsServer } from '../../fakes/openai/completions-server';

const SECRET = 'private-words-of-a-visitor';
const PNG = 'data:image/png;base64,iVBORw0KGgo=';
let server: CompletionsServer;
beforeAll(async () => {
  server = await startCompletions();
});
afterAll(() => server.close());

function user(content: unknown): object {
  return { model: 'flagship', messages: [{ role: 'user', content }] };
}
function image(url: unknown, more: object = {}): object {
  return user([
    { type: 'text', text: SECRET },
    { type: 'image_url', image_url: { url, ...more } },
  ]);
}

const deep = `{"model":"flagship","messages":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

test.each<[string, unknown, number, string, string | null]>([
  ['no JSON', `{"model": ${SECRET}`, 400, 'invalid_json', null],
  ['nothing', '', 400, 'invalid_json', null],
  ['null', 'null', 400, 'invalid_value', null],
  ['a list', '[]', 400, 'missing_field', 'model'],
  ['100,000 brackets', deep, 400, 'json_too_deep', null],
  ['no model', { messages: [] }, 400, 'missing_field', 'model'],
  ['a model that is not on offer', ask(SECRET, { model: 'gpt-5' }), 400, 'model_not_found', 'model'],
  ['a model of a prototype', ask(SECRET, { model: '__proto__' }), 400, 'model_not_found', 'model'],
  ['no messages', { model: 'flagship' }, 400, 'missing_field', 'messages'],
  ['an empty list', { model: 'flagship', messages: [] }, 400, 'invalid_value', 'messages'],
  [
    '201 messages',
    { model: 'flagship', messages: Array.from({ length: 201 }, () => ({ role: 'user', content: 'a' })) },
    400,
    'invalid_value',
    'messages',
  ],
  [
    'a role that is not known',
    { model: 'flagship', messages: [{ role: 'tool', content: SECRET }] },
    400,
    'invalid_value',
    'messages.0.role',
  ],
  ['content that is a number', user(5), 400, 'invalid_value', 'messages.0.content'],
  [
    'a part that is not known',
    user([{ type: 'video', url: SECRET }]),
    400,
    'invalid_value',
    'messages.0.content.0.type',
  ],
  [
    'an image from the web',
    image('https://example.org/a.png'),
    400,
    'image_url_not_data',
    'messages.0.content.1.image_url.url',
  ],
  [
    'an image from a file',
    image('file:///etc/passwd'),
    400,
    'image_url_not_data',
    'messages.0.content.1.image_url.url',
  ],
  [
    'a data URL of HTML',
    image('data:text/html,<b>'),
    400,
    'image_url_not_data',
    'messages.0.content.1.image_url.url',
  ],
  [
    'an image detail',
    image(PNG, { detail: 'original' }),
    400,
    'invalid_value',
    'messages.0.content.1.image_url.detail',
  ],
  [
    'an image of the system',
    {
      model: 'flagship',
      messages: [{ role: 'system', content: [{ type: 'image_url', image_url: { url: PNG } }] }],
    },
    400,
    'invalid_value',
    'messages.0.content.0.type',
  ],
  ['two answers', ask(SECRET, { n: 2 }), 400, 'invalid_value', 'n'],
  ['a temperature of text', ask(SECRET, { temperature: '1' }), 400, 'invalid_value', 'temperature'],
  ['a temperature of 3', ask(SECRET, { temperature: 3 }), 400, 'invalid_value', 'temperature'],
  ['no tokens', ask(SECRET, { max_tokens: 0 }), 400, 'invalid_value', 'max_tokens'],
  [
    'half a token',
    ask(SECRET, { max_completion_tokens: 1.5 }),
    400,
    'invalid_value',
    'max_completion_tokens',
  ],
  ['stream as text', ask(SECRET, { stream: 'yes' }), 400, 'invalid_value', 'stream'],
  ['five stops', ask(SECRET, { stop: ['a', 'b', 'c', 'd', 'e'] }), 400, 'invalid_value', 'stop'],
  [
    'a format without a name',
    ask(SECRET, { response_format: { type: 'json_schema', json_schema: {} } }),
    400,
    'missing_field',
    'response_format.json_schema.name',
  ],
  ['a body above 1 MiB', ask('x'.repeat(1_048_576)), 413, 'body_too_large', null],
  [
    'more text than the model reads',
    ask('qzxj kvwq '.repeat(60_000)),
    400,
    'context_length_exceeded',
    'messages',
  ],
])('%s', async (_what, body, status, code, param) => {
  const response = await server.post(body);
  const text = await response.text();
  const { error } = JSON.parse(text) as { error: { code: string; param: string | null; type: string } };
  expect([response.status, error.code, error.param]).toEqual([status, code, param]);
  expect(error.type).toBe('invalid_request_error');
  expect(`${text}${server.logged.join()}`).not.toContain(SECRET);
  expect(server.fake.books().filter((book) => JSON.stringify(book.request).includes(SECRET))).toEqual([]);
});

test('a body above 1 MiB without a length is refused too', async () => {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = httpRequest(`${server.url}/chat/completions`, { method: 'POST' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject);
    // In parts, and so in chunked transfer.
    for (let part = 0; part < 20; part++) request.write('x'.repeat(65_536));
    request.end();
  });
  expect(status).toBe(413);
});

test('bytes that are no UTF-8 are refused', async () => {
  const body = Buffer.from('{"model":"flagship","messages":[{"role":"user","content":"\xff"}]}', 'latin1');
  const response = await fetch(`${server.url}/chat/completions`, { method: 'POST', body });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: 'invalid_json' } });
});

test('images as data, names, formats and nulls are taken', () => {
  const request = checkRequest({
    ...image(PNG, { detail: 'high' }),
    temperature: null,
    stop: ['a'],
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } },
    logprobs: true,
    top_logprobs: 5,
  });
  expect(request).toMatchObject({ messages: [{ role: 'user' }], stop: ['a'], top_logprobs: 5 });
  expect(request.temperature).toBeUndefined();
});

test.each([
  ['gpt-4o', 'max_tokens', {}],
  ['meta-llama/Llama-3.1-405B-Instruct', 'max_tokens', {}],
  ['gpt-6-luna', 'max_completion_tokens', { reasoning_effort: 'none' }],
])('the limit for %s is sent as %s, whatever the client calls it', (model, name, more) => {
  const request = checkRequest(ask('Hi', { max_tokens: 50, stream: true, stream_options: {} }));
  const facts = createFindModel()(model)!;
  expect(JSON.parse(forwardBodyOf(request, facts, maxTokensOf(request, 20)))).toEqual({
    ...more,
    model,
    messages: [{ role: 'user', content: 'Hi' }],
    [name]: 20,
    stream: true,
    stream_options: { include_usage: true },
  });
});

test('fuzz: fields that are not known never get through, and any value is taken or refused with a 400', () => {
  const known = fc.constantFrom(
    'messages',
    'model',
    'n',
    'stream',
    'stream_options',
    'temperature',
    'stop',
    'response_format',
    'max_tokens',
  );
  const fields = fc.dictionary(fc.oneof(known, fc.string()), fc.jsonValue(), { maxKeys: 8 });
  const base = ask('Hi') as { messages: unknown };
  const taken: number[] = [];
  fc.assert(
    fc.property(fields, fc.boolean(), (more, isWhole) => {
      try {
        const request = checkRequest(isWhole ? { ...more, ...base } : { ...base, ...more });
        taken.push(Object.keys(request).length);
        for (const name of Object.keys(request)) expect(ALLOWED).toContain(name);
      } catch (error) {
        if (!(error instanceof CompletionError)) throw error;
        expect(error.problem.status).toBe(400);
      }
    }),
    { numRuns: 2_000 },
  );
  expect(taken.length).toBeGreaterThan(200);
});

test('fuzz: raw bodies never meet a 5xx', async () => {
  const json = fc.json({ maxDepth: 4 });
  const cut = fc
    .tuple(fc.constant(JSON.stringify(ask('Hi'))), fc.nat(60))
    .map(([text, end]) => text.slice(0, end));
  await fc.assert(
    fc.asyncProperty(fc.oneof(json, cut, fc.string({ unit: 'binary' })), async (body) => {
      const { status } = await server.post(body);
      expect(status).toBe(400);
    }),
    { numRuns: 200 },
  );
});

const ALLOWED = [
  'model',
  'messages',
  'n',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'response_format',
  'seed',
  'logprobs',
  'top_logprobs',
];
