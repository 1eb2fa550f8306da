/** Clients that others wrote get on with the server; each wrong request is told what is wrong; no secret is anywhere. */
import { execFile, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI, { APIError, AuthenticationError, BadRequestError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, API_TOKEN, openSite, SESSION_SECRET, type Site } from './site';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..', '..');
const HAS_CURL = spawnSync('curl', ['--version']).status === 0;
/** Words that nothing but the messages of these tests has. */
const SECRET_WORDS = 'marmalade-zebra-4711';
const QUESTION = { role: 'user', content: `What does ${SECRET_WORDS} mean?` } as const;
const ASKED = { model: 'gpt-4o', messages: [QUESTION] };

let site: Site;
/** All headers of all responses, as text. */
const headersSeen: string[] = [];
beforeAll(async () => {
  site = await openSite({ env: { LOG_LEVEL: 'debug' } });
});
afterAll(() => site.close());

function openai(apiKey = API_TOKEN): OpenAI {
  return new OpenAI({ apiKey, baseURL: `${site.url}v1`, maxRetries: 0, fetch: fetchSeen });
}

const fetchSeen: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  headersSeen.push(JSON.stringify([...response.headers]));
  return response;
};

function ask(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetchSeen(`${site.url}v1/chat/completions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

test('the openai package completes', async () => {
  const completion = await openai().chat.completions.create(ASKED);
  expect(completion.choices[0]?.message.content).toMatch(/^The large model answers: /);
  const book = site.fake.books().at(-1);
  expect(completion.usage).toMatchObject({
    prompt_tokens: book?.promptTokens,
    completion_tokens: book?.completionTokens,
  });
});

test('the openai package streams, and gets the usage where it asks for it', async () => {
  const whole = await openai().chat.completions.create(ASKED);
  const options = { stream: true, stream_options: { include_usage: true } } as const;
  let text = '';
  let usage;
  for await (const chunk of await openai().chat.completions.create({ ...ASKED, ...options })) {
    text += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
  expect(text).toBe(whole.choices[0]?.message.content);
  expect(usage).toEqual(whole.usage);
  let chunksWithUsage = 0;
  for await (const chunk of await openai().chat.completions.create({ ...ASKED, stream: true })) {
    if (chunk.usage) chunksWithUsage++;
  }
  expect(chunksWithUsage).toBe(0);
});

test('the openai package lists the models on offer', async () => {
  const models = [];
  for await (const model of openai().models.list()) models.push(model);
  expect(models).toEqual([expect.objectContaining({ id: 'gpt-4o', object: 'model' })]);
});

test('the openai package understands the errors', async () => {
  const wrongToken = openai('not-the-token-at-all').chat.completions.create(ASKED);
  await expect(wrongToken).rejects.toBeInstanceOf(AuthenticationError);
  const wrongModel = openai().chat.completions.create({ ...ASKED, model: 'gpt-9' });
  await expect(wrongModel).rejects.toBeInstanceOf(BadRequestError);
  await expect(wrongModel).rejects.toMatchObject({ status: 400, code: 'model_not_found', param: 'model' });
  site.fake.script({ kind: 'error-event', afterChunks: 2 });
  const broken = await openai().chat.completions.create({ ...ASKED, stream: true });
  const readToEnd = async () => {
    for await (const { object } of broken) expect(object).toBe('chat.completion.chunk');
  };
  await expect(readToEnd()).rejects.toBeInstanceOf(APIError);
});

test.skipIf(!HAS_CURL)('curl completes and streams', async () => {
  const curl = async (body: object) => {
    const args = ['-sS', '-N', '-D', '-', '-H', `Authorization: Bearer ${API_TOKEN}`];
    const json = ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];
    const { stdout } = await run('curl', [...args, ...json, `${site.url}v1/chat/completions`]);
    const [headers = '', ...rest] = stdout.split('\r\n\r\n');
    headersSeen.push(headers);
    expect(headers).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    return rest.join('\r\n\r\n');
  };
  const completion = JSON.parse(await curl(ASKED)) as OpenAI.ChatCompletion;
  const events = (await curl({ ...ASKED, stream: true })).split('\n\n');
  expect(events.slice(-2)).toEqual(['data: [DONE]', '']);
  const pieces = events.slice(0, -2).map((event) => {
    const chunk = JSON.parse(event.slice('data: '.length)) as OpenAI.ChatCompletionChunk;
    return chunk.choices[0]?.delta.content ?? '';
  });
  expect(pieces.join('')).toBe(completion.choices[0]?.message.content);
});

const IMAGE = { type: 'image_url', image_url: { url: 'https://images.example/cat.png' } };

test.each([
  ['no JSON', '{"model": ', 400, 'invalid_json', null],
  ['a model as a number', { ...ASKED, model: 4 }, 400, 'invalid_value', 'model'],
  ['a message as a number', { ...ASKED, messages: [4] }, 400, 'invalid_value', 'messages.0'],
  [
    'text as a number',
    { ...ASKED, messages: [QUESTION, { ...QUESTION, content: 4 }] },
    400,
    'invalid_value',
    'messages.1.content',
  ],
  ['no messages', { model: 'gpt-4o' }, 400, 'missing_field', 'messages'],
  ['a temperature above 2', { ...ASKED, temperature: 3 }, 400, 'invalid_value', 'temperature'],
  ['an unknown model', { ...ASKED, model: 'gpt-9' }, 400, 'model_not_found', 'model'],
  [
    'a picture elsewhere',
    { ...ASKED, messages: [{ ...QUESTION, content: [IMAGE] }] },
    400,
    'image_url_not_data',
    'messages.0.content.0.image_url.url',
  ],
  ['more than a mebibyte', { ...ASKED, user: SECRET_WORDS.repeat(60_000) }, 413, 'body_too_large', null],
  [
    '100 levels',
    { ...ASKED, metadata: JSON.parse(`${'['.repeat(100)}${']'.repeat(100)}`) },
    400,
    'json_too_deep',
    null,
  ],
])('%s is told in the shape of OpenAI, and reaches nobody', async (_name, body, status, code, param) => {
  const before = site.fake.books().length;
  const response = await ask(body);
  expect(response.status).toBe(status);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  const text = await response.text();
  expect(JSON.parse(text)).toEqual({
    error: { message: expect.stringMatching(/\.$/), type: 'invalid_request_error', code, param },
  });
  expect(text).not.toContain(SECRET_WORDS);
  expect(site.fake.books()).toHaveLength(before);
});

test.each([
  ['without a token', { Authorization: '' }, 401, 'unauthorized'],
  ['with a wrong token', { Authorization: 'Bearer wrong-token-0123456789' }, 401, 'unauthorized'],
  ['with the operator’s token', { Authorization: `Bearer ${ADMIN_TOKEN}` }, 401, 'unauthorized'],
  [
    'with a forged visitor token',
    { Authorization: 'Bearer v1.9999999999.a.b', Origin: 'http://127.0.0.1' },
    403,
    'origin_not_allowed',
  ],
])('%s nobody is let in', async (_name, headers, status, code) => {
  const before = site.fake.books().length;
  const response = await ask(ASKED, headers);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { type: 'authentication_error', code, param: null } });
  expect(site.fake.books()).toHaveLength(before);
});

test('a visitor token is good with its Origin, and no good without it or with another', async () => {
  const { origin } = new URL(site.url);
  const session = await fetchSeen(`${site.url}api/session`, { method: 'POST', headers: { Origin: origin } });
  const { token } = (await session.json()) as { token: string };
  const Authorization = `Bearer ${token}`;
  expect((await ask(ASKED, { Authorization, Origin: origin })).status).toBe(200);
  const before = site.fake.books().length;
  for (const headers of [{ Authorization }, { Authorization, Origin: 'https://evil.example' }]) {
    const response = await ask(ASKED, headers);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: { code: 'origin_not_allowed' } });
  }
  const forged = await ask(ASKED, { Authorization: `${Authorization}x`, Origin: origin });
  expect(forged.status).toBe(403);
  expect(await forged.json()).toMatchObject({ error: { code: 'token_invalid' } });
  expect(site.fake.books()).toHaveLength(before);
});

test('the operator reads the metrics and the spend, and nobody else does', async () => {
  for (const path of ['metrics', 'api/spend']) {
    const asOperator = await fetchSeen(site.url + path, {
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(asOperator.status).toBe(200);
    const text = await asOperator.text();
    expect(text).toMatch(path === 'metrics' ? /^smallfirst_spent_usd 0\.\d+$/m : /"spent_nano_usd":[1-9]/);
    expect(text).not.toContain(SECRET_WORDS);
    const asServer = await fetchSeen(site.url + path, { headers: { Authorization: `Bearer ${API_TOKEN}` } });
    expect([asServer.status, (await fetchSeen(site.url + path)).status]).toEqual([401, 401]);
  }
});

test('the key, the secrets and what was asked are in no header, no log, no book and no file that is served', async () => {
  for (const stream of [false, true]) expect(await (await ask({ ...ASKED, stream })).text()).not.toBe('');
  // The vendor's worst: it repeats the key, or the whole request, in its errors.
  site.fake.script({ kind: 'unauthorized' }, { kind: 'status', status: 400 }, { kind: 'garbage' });
  for (let failures = 0; failures < 3; failures++) {
    const response = await ask(ASKED);
    expect(response.ok).toBe(false);
    expect(secretsIn(await response.text())).toEqual([]);
  }
  await site.kill();
  expect(headersSeen.length).toBeGreaterThan(4);
  expect(secretsIn(headersSeen.join('\n'))).toEqual([]);
  expect(site.logged).toMatch(/"method":"POST","path":"\/v1\/chat\/completions","status":200/);
  expect(site.logged).toMatch(/upstream_auth/);
  expect(secretsIn(site.logged)).toEqual([]);
  const books = filesIn(site.dataDir);
  expect(books).toContain(join(site.dataDir, 'ledger.db'));
  for (const folder of [books, filesIn(join(ROOT, 'dist'))]) {
    expect(folder.length).toBeGreaterThan(0);
    expect(folder.filter((path) => secretsIn(readFileSync(path, 'latin1')).length > 0)).toEqual([]);
  }
});

function secretsIn(text: string): string[] {
  return [site.fake.key, API_TOKEN, ADMIN_TOKEN, SESSION_SECRET, SECRET_WORDS].filter((secret) =>
    text.includes(secret),
  );
}

function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
