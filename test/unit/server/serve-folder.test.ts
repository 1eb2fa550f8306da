/** Facts about files over HTTP: types, caching, ranges, compressed siblings. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/server/http-app';
import { createLog } from '../../../src/server/log';

const WEIGHTS = randomBytes(3 * 1024 * 1024);
const PAGE = '<!doctype html><title>page</title>';
let base: string;
let dist: string;
let app: ReturnType<typeof createApp>;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'smallfirst-serve-'));
  dist = join(base, 'dist');
  await mkdir(join(dist, 'assets'), { recursive: true });
  await mkdir(join(dist, 'models'));
  await mkdir(join(base, 'models', 'deep'), { recursive: true });
  const files: Record<string, string | Buffer> = {
    'dist/index.html': PAGE,
    'dist/sw.js': '//',
    'dist/app.webmanifest': '{}',
    'dist/icon.svg': '<svg/>',
    'dist/assets/both-1.js': 'plain'.repeat(20),
    'dist/assets/both-1.js.br': 'brotli',
    'dist/assets/both-1.js.gz': 'gzip',
    'dist/assets/gz-1.wasm': 'plain wasm',
    'dist/assets/gz-1.wasm.gz': 'gzipped wasm',
    'dist/assets/big-1.js': Buffer.alloc(2 * 1024 * 1024, 'a'),
    'dist/assets/big-1.js.br': Buffer.alloc(2 * 1024 * 1024, 'b'),
    'dist/models/starter.gguf': 'starter',
    'models/big.gguf': WEIGHTS,
    'models/small.gguf': '0123456789',
    'models/small.gguf.br': 'brotli',
    'models/empty.gguf': '',
    'models/deep/a b.gguf': 'deep',
    'config.json': '{}',
  };
  for (const [path, content] of Object.entries(files)) await writeFile(join(base, path), content);
  app = createApp({
    distDir: dist,
    modelsDir: join(base, 'models'),
    config: { models: [] },
    log: createLog('error', () => undefined),
  });
});
afterAll(() => rm(base, { recursive: true }));

async function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Response> {
  return app.request(path, { method, headers });
}

async function sha256Of(response: Response): Promise<string> {
  return createHash('sha256')
    .update(Buffer.from(await response.arrayBuffer()))
    .digest('hex');
}

test('/ is the page, to be asked for again each time', async () => {
  const response = await get('/');
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('Cache-Control')).toBe('no-cache');
  const again = await get('/', { 'If-None-Match': response.headers.get('ETag') ?? '' });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe('');
  expect(again.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
});

test('a page of the same length and date with other content has another tag', async () => {
  const path = join(dist, 'same.html');
  const date = new Date('2020-01-01T00:00:00Z');
  const tags: (string | null)[] = [];
  for (const content of ['one', 'two']) {
    await writeFile(path, content);
    await utimes(path, date, date);
    tags.push((await get('/same.html')).headers.get('ETag'));
  }
  expect(tags[0]).not.toBe(tags[1]);
});

test('hashed assets stay for a year, and any origin may use them', async () => {
  const { headers } = await get('/assets/both-1.js');
  expect(headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  expect(headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
});

test('what is not hashed is asked for again, and is for the own origin', async () => {
  for (const path of ['/sw.js', '/icon.svg', '/app.webmanifest', '/index.html']) {
    const { headers } = await get(path);
    expect(headers.get('Cache-Control')).toBe('no-cache');
    expect(headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(headers.get('Cross-Origin-Resource-Policy')).toBe('same-origin');
  }
});

test('an absent asset is not kept for a year', async () => {
  const { status, headers } = await get('/assets/absent-1.js');
  expect(status).toBe(404);
  expect(headers.get('Cache-Control')).toBe('no-store');
});

test.each([
  ['/sw.js', 'text/javascript; charset=utf-8'],
  ['/icon.svg', 'image/svg+xml; charset=utf-8'],
  ['/app.webmanifest', 'application/manifest+json'],
  ['/assets/gz-1.wasm', 'application/wasm'],
  ['/models/small.gguf', 'application/octet-stream'],
])('%s is %s', async (path, type) => {
  expect((await get(path)).headers.get('Content-Type')).toBe(type);
});

test.each([
  ['gzip, deflate, br, zstd', 'br', 'brotli'],
  ['br;q=0.5, gzip;q=1.0', 'br', 'brotli'],
  ['gzip', 'gzip', 'gzip'],
  ['gzip;q=0.2', 'gzip', 'gzip'],
  ['br;q=0, gzip', 'gzip', 'gzip'],
  ['br;q=0, gzip;q=0', null, 'plain'.repeat(20)],
  ['identity', null, 'plain'.repeat(20)],
  ['*', null, 'plain'.repeat(20)],
  ['', null, 'plain'.repeat(20)],
  ['brx', null, 'plain'.repeat(20)],
])('with Accept-Encoding %j the answer is encoded as %s', async (accepted, encoding, body) => {
  const response = await get('/assets/both-1.js', { 'Accept-Encoding': accepted });
  expect(response.headers.get('Content-Encoding')).toBe(encoding);
  expect(response.headers.get('Vary')).toBe('Accept-Encoding');
  expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
  expect(response.headers.get('Content-Length')).toBe(String(body.length));
  expect(await response.text()).toBe(body);
});

test('each encoding has its own tag, also of files too big to hash', async () => {
  const date = new Date('2020-01-01T00:00:00Z');
  for (const name of ['big-1.js', 'big-1.js.br']) await utimes(join(dist, 'assets', name), date, date);
  for (const path of ['/assets/both-1.js', '/assets/big-1.js']) {
    const plain = await get(path);
    const br = await get(path, { 'Accept-Encoding': 'br' });
    expect(br.headers.get('Content-Encoding')).toBe('br');
    expect(br.headers.get('ETag')).not.toBe(plain.headers.get('ETag'));
    await plain.body?.cancel();
    await br.body?.cancel();
  }
});

test('a file with a gzip sibling alone gives that, as its own type', async () => {
  const response = await get('/assets/gz-1.wasm', { 'Accept-Encoding': 'br, gzip' });
  expect(response.headers.get('Content-Encoding')).toBe('gzip');
  expect(response.headers.get('Content-Type')).toBe('application/wasm');
});

test('a range is of the plain file, whatever encodings are accepted', async () => {
  const response = await get('/assets/both-1.js', { 'Accept-Encoding': 'br', Range: 'bytes=0-4' });
  expect(response.status).toBe(206);
  expect(response.headers.get('Content-Encoding')).toBeNull();
  expect(await response.text()).toBe('plain');
});

test('a model arrives whole, with its length, for any origin', async () => {
  const response = await get('/models/big.gguf', { 'Accept-Encoding': 'br, gzip' });
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Length')).toBe(String(WEIGHTS.length));
  expect(response.headers.get('Accept-Ranges')).toBe('bytes');
  expect(response.headers.get('Last-Modified')).toMatch(/GMT$/);
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(response.headers.get('Access-Control-Expose-Headers')).toContain('Content-Range');
  expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
  expect(await sha256Of(response)).toBe(createHash('sha256').update(WEIGHTS).digest('hex'));
});

test('a file beside a model is a file of its own, not another form of it', async () => {
  const response = await get('/models/small.gguf', { 'Accept-Encoding': 'br' });
  expect(response.headers.get('Content-Encoding')).toBeNull();
  expect(await response.text()).toBe('0123456789');
});

test('the parts of a model join to the whole', async () => {
  const step = 1_000_000;
  const parts: Buffer[] = [];
  for (let start = 0; start < WEIGHTS.length; start += step) {
    const response = await get('/models/big.gguf', { Range: `bytes=${start}-${start + step - 1}` });
    const end = Math.min(start + step, WEIGHTS.length) - 1;
    expect(response.status).toBe(206);
    expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${end}/${WEIGHTS.length}`);
    expect(response.headers.get('Content-Length')).toBe(String(end - start + 1));
    parts.push(Buffer.from(await response.arrayBuffer()));
  }
  expect(Buffer.concat(parts).equals(WEIGHTS)).toBe(true);
});

test('the end of a small model can be asked for by its length', async () => {
  const response = await get('/models/small.gguf', { Range: 'bytes=-3' });
  expect(response.status).toBe(206);
  expect(await response.text()).toBe('789');
});

test('a range past the end is 416 with the true size and no body', async () => {
  for (const [path, size] of [
    ['/models/small.gguf', 10],
    ['/models/big.gguf', WEIGHTS.length],
    ['/models/empty.gguf', 0],
  ] as const) {
    const response = await get(path, { Range: `bytes=${size}-` });
    expect(response.status).toBe(416);
    expect(response.headers.get('Content-Range')).toBe(`bytes */${size}`);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(await response.text()).toBe('');
  }
});

test('an empty file is an empty answer', async () => {
  const response = await get('/models/empty.gguf');
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Length')).toBe('0');
  expect(await response.text()).toBe('');
});

test('a resumed download goes on only with the file it began with', async () => {
  for (const path of ['/models/small.gguf', '/models/big.gguf']) {
    const first = await get(path, {}, 'HEAD');
    for (const name of ['ETag', 'Last-Modified']) {
      const same = await get(path, { Range: 'bytes=5-6', 'If-Range': first.headers.get(name) ?? '' });
      expect(same.status).toBe(206);
      await same.body?.cancel();
    }
    const changed = await get(path, { Range: 'bytes=5-6', 'If-Range': '"another"' });
    expect(changed.status).toBe(200);
    await changed.body?.cancel();
  }
});

test('an unchanged model is 304, still readable by any origin', async () => {
  const etag = (await get('/models/big.gguf', {}, 'HEAD')).headers.get('ETag') ?? '';
  for (const sent of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
    const response = await get('/models/big.gguf', { 'If-None-Match': sent });
    expect(response.status).toBe(304);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
    expect(response.headers.get('ETag')).toBe(etag);
  }
});

test('HEAD says what GET would, without the body', async () => {
  for (const path of ['/', '/models/big.gguf', '/models/small.gguf', '/assets/both-1.js']) {
    const whole = await get(path);
    const head = await get(path, {}, 'HEAD');
    expect(head.status).toBe(200);
    expect(Object.fromEntries(head.headers)).toEqual(Object.fromEntries(whole.headers));
    expect(await head.text()).toBe('');
    await whole.body?.cancel();
  }
});

test('a model with a space in its name is served from its folder', async () => {
  expect(await (await get('/models/deep/a%20b.gguf')).text()).toBe('deep');
});

test('a model that the operator lacks comes from the built app', async () => {
  const response = await get('/models/starter.gguf');
  expect(await response.text()).toBe('starter');
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
});

test('the config file beside the models is out of reach, and no folder is listed', async () => {
  for (const path of [
    '/models',
    '/models/',
    '/models/deep',
    '/models/deep/',
    '/models/..%2fconfig.json',
    '/models/%2e%2e/config.json',
    '/models/../config.json',
    '/assets/',
    '/assets',
  ]) {
    expect((await get(path)).status, path).toBe(404);
  }
});

test('another origin may ask for a part of a model', async () => {
  const response = await get(
    '/models/small.gguf',
    {
      Origin: 'https://site.example',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'range',
    },
    'OPTIONS',
  );
  expect(response.status).toBe(204);
  expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
  expect(response.headers.get('Access-Control-Allow-Headers')?.toLowerCase()).toContain('range');
  expect(response.headers.get('Access-Control-Allow-Methods')).toBe('GET,HEAD');
});
