/** Facts about the app's routes: what each answers, its errors, and the headers on all of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '../../../src/kernel/config';
import { createApp } from '../../../src/server/http-app';
import { createLog } from '../../../src/server/log';

const CONFIG: Config = {
  models: [
    {
      id: 'tiny',
      name: 'Tiny',
      engine: 'wllama',
      url: 'https://hub.example/tiny.gguf',
      sizeBytes: 1,
      contextTokens: 256,
      licence: 'MIT',
    },
  ],
};
let distDir: string;
const logged: string[] = [];

beforeAll(async () => {
  distDir = await mkdtemp(join(tmpdir(), 'smallfirst-app-'));
  await writeFile(join(distDir, 'index.html'), 'page');
});
afterAll(() => rm(distDir, { recursive: true }));

function appWith(options: { config?: Config; modelsDir?: string } = {}): ReturnType<typeof createApp> {
  logged.length = 0;
  return createApp({
    distDir,
    modelsDir: options.modelsDir ?? join(distDir, 'absent'),
    config: options.config ?? CONFIG,
    log: createLog('debug', (line) => logged.push(line)),
  });
}

test('/healthz says ok', async () => {
  const response = await appWith().request('/healthz');
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok' });
});

test('/api/config is the config file, with escalation off', async () => {
  const response = await appWith().request('/api/config');
  expect(await response.json()).toEqual({ ...CONFIG, escalation: false });
  expect(response.headers.get('Content-Type')).toBe('application/json');
  expect(response.headers.get('Cache-Control')).toBe('no-cache');
});

test('an unchanged config is 304, a changed one is not', async () => {
  const etag = (await appWith().request('/api/config')).headers.get('ETag') ?? '';
  expect(etag).toMatch(/^"[^"]+"$/);
  const init = { headers: { 'If-None-Match': etag } };
  expect((await appWith().request('/api/config', init)).status).toBe(304);
  expect((await appWith({ config: { models: [] } }).request('/api/config', init)).status).toBe(200);
});

test('what programs read is not sniffed either', async () => {
  const { headers } = await appWith().request('/v1/models');
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
});

test.each(['/', '/healthz', '/api/config', '/api/absent', '/absent', '/models/absent', '/%ff'])(
  'the page’s protections are on %s',
  async (path) => {
    const { headers } = await appWith().request(path);
    expect(headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
    expect(headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Referrer-Policy')).toBe('no-referrer');
    expect(headers.get('Permissions-Policy')).toMatch(/camera=\(\).*geolocation=\(\).*microphone=\(\)/);
    expect(headers.get('Strict-Transport-Security')).toBeNull();
    expect(headers.get('Content-Security-Policy')).toBe(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; style-src 'self'; " +
        "img-src 'self' data:; font-src 'self'; connect-src 'self' blob: https://*.hf.co https://hub.example https://huggingface.co https://raw.githubusercontent.com; manifest-src 'self'; " +
        "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
  },
);

test.each(['/api', '/api/', '/api/absent', '/api/config/x', '/v1', '/v1/chat/completions', '/v1/..%2f'])(
  'a program that asks for %s is told in OpenAI’s shape',
  async (path) => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await appWith().request(path, { method });
      expect(response.status).toBe(404);
      expect(await response.json()).toEqual({
        error: {
          message: 'There is nothing at this address.',
          type: 'invalid_request_error',
          code: 'not_found',
          param: null,
        },
      });
    }
  },
);

test.each(['/absent', '/apiary', '/admin', '/models/absent.gguf', '/%00', '/%'])(
  'a person who asks for %s gets a small page',
  async (path) => {
    const response = await appWith().request(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
    expect(await response.text()).toContain('There is nothing at this address.');
  },
);

test.each(['/', '/healthz', '/api/config', '/assets/x.js', '/models/x.gguf'])(
  '%s takes GET and HEAD, and says so to the rest',
  async (path) => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const response = await appWith().request(path, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('Allow')).toBe('GET, HEAD');
    }
  },
);

test('a wrong method at the API is told in OpenAI’s shape', async () => {
  const response = await appWith().request('/api/config', { method: 'POST' });
  expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
});

test('HEAD is answered without a body', async () => {
  for (const path of ['/healthz', '/api/config', '/']) {
    const response = await appWith().request(path, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  }
});

test('what went wrong inside is in the log and not in the answer', async () => {
  const config = { models: [], toJSON: () => JSON.parse('the secret reason') } as Config;
  const response = await appWith({ config }).request('/api/config?question=private');
  const body = await response.text();
  expect(response.status).toBe(500);
  expect(JSON.parse(body)).toMatchObject({ error: { type: 'server_error', code: 'internal_error' } });
  expect(body).not.toContain('secret');
  expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const line = JSON.parse(logged[0] ?? '') as object;
  expect(line).toMatchObject({ level: 'error', msg: expect.stringMatching(/config failed: .*the secret/) });
  expect(logged.join()).not.toContain('private');
});

test('a failure under a file’s address is a page, and is not cached as the file', async () => {
  const response = await appWith({ modelsDir: '/a\0b' }).request('/models/x.gguf');
  expect(response.status).toBe(500);
  expect(response.headers.get('Content-Type')).toMatch(/^text\/html/);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(response.headers.get('ETag')).toBeNull();
});

test('a path cannot write a line of its own into the log', async () => {
  await appWith().request('/x%0Aerror: forged');
  expect(logged).toHaveLength(1);
  expect(logged[0]).not.toContain('\n');
  expect(JSON.parse(logged[0] ?? '')).toMatchObject({
    level: 'debug',
    method: 'GET',
    path: '/x%0Aerror:%20forged',
    status: 404,
  });
});
