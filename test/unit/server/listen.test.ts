/** Facts about the socket: slow clients, long downloads, raw paths, a taken port, a stop. */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../src/server/http-app';
import { listen, listenProblemOf, type Listening } from '../../../src/server/listen';
import { createLog } from '../../../src/server/log';

const HOST = '127.0.0.1';
const SPARSE_BYTES = 64 * 1024 * 1024;
let base: string;
let listening: Listening | undefined;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'smallfirst-listen-'));
  await writeFile(join(base, 'index.html'), 'page');
  const sparse = await open(join(base, 'sparse.gguf'), 'w');
  await sparse.truncate(SPARSE_BYTES);
  await sparse.close();
});
afterEach(async () => {
  await listening?.stop(0);
  listening = undefined;
});
afterAll(() => rm(base, { recursive: true }));

async function start(requestTimeoutMs = 10_000): Promise<number> {
  const app = createApp({
    distDir: base,
    modelsDir: base,
    config: { models: [] },
    log: createLog('error', console.error),
  });
  listening = await listen({ fetch: app.fetch, host: HOST, port: 0, requestTimeoutMs });
  return listening.port;
}

/** Sends `text` as it is and resolves with all that comes back before the server hangs up. */
function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, HOST, () => socket.write(text));
    socket.setEncoding('latin1').on('data', (part: string) => (answer += part));
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

function requestModel(port: number, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: HOST, port, path: '/models/sparse.gguf', agent }, resolve).on('error', reject);
  });
}

async function lengthOf(response: IncomingMessage): Promise<number> {
  let bytes = 0;
  for await (const part of response) bytes += (part as Buffer).length;
  return bytes;
}

test('half a request is answered with 408', async () => {
  const port = await start(300);
  expect(await exchange(port, 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ')).toMatch(/^HTTP\/1\.1 408 /);
});

test('half a body is answered and does not hold the connection', async () => {
  const port = await start(300);
  const answer = await exchange(port, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc');
  expect(answer).toMatch(/^HTTP\/1\.1 405 /);
});

test('a download that takes longer than a request may is not cut', async () => {
  const port = await start(200);
  const response = await requestModel(port);
  await wait(900);
  expect(await lengthOf(response)).toBe(SPARSE_BYTES);
});

test('a client that does not read makes the server wait, not buffer', async () => {
  const port = await start();
  const before = process.memoryUsage().rss;
  const responses = await Promise.all(Array.from({ length: 8 }, () => requestModel(port)));
  await wait(300);
  // All eight files together are 512 MiB.
  expect(process.memoryUsage().rss - before).toBeLessThan(128 * 1024 * 1024);
  for (const response of responses) response.destroy();
});

test('a client that leaves in the middle harms nobody', async () => {
  const port = await start();
  for (let i = 0; i < 5; i += 1) (await requestModel(port)).destroy();
  expect(await lengthOf(await requestModel(port))).toBe(SPARSE_BYTES);
});

test.each([
  '/../package.json',
  '/models/../../package.json',
  '/models/%2e%2e/%2e%2e/package.json',
  '/models/..%2f..%2fpackage.json',
  '/models/..\\..\\package.json',
  '/models/%00',
  '//etc/passwd',
  '/models//etc/passwd',
  'http://x/../../etc/passwd',
])('the raw path %s gets nothing', async (path) => {
  const port = await start();
  const answer = await exchange(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
});

test('HEAD over a socket tells the length', async () => {
  const port = await start();
  const answer = await exchange(
    port,
    'HEAD /models/sparse.gguf HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(answer.toLowerCase()).toContain(`content-length: ${SPARSE_BYTES}\r\n`);
  expect(answer).toMatch(/\r\n\r\n$/);
});

test('a stop lets an open download finish, and takes nobody new', async () => {
  const port = await start();
  const response = await requestModel(port);
  const stopped = listening?.stop(10_000);
  await expect(exchange(port, 'GET / HTTP/1.1\r\n\r\n')).rejects.toThrow('ECONNREFUSED');
  expect(await lengthOf(response)).toBe(SPARSE_BYTES);
  await stopped;
});

test('a stop does not wait for a connection that is only kept alive', async () => {
  const port = await start();
  const agent = new Agent({ keepAlive: true });
  const response = await requestModel(port, agent);
  const stopped = listening?.stop(60_000).then(() => 'stopped');
  await lengthOf(response);
  // Node keeps an idle connection for 5 s.
  expect(await Promise.race([stopped, wait(2500, 'waiting')])).toBe('stopped');
  agent.destroy();
});

test('a stop cuts what does not finish in time', async () => {
  const port = await start();
  const response = await requestModel(port);
  await listening?.stop(200);
  await expect(lengthOf(response)).rejects.toThrow();
});

test('a taken port is one line that names PORT', async () => {
  const other: Server = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, HOST, resolve);
  });
  const { port } = other.address() as AddressInfo;
  const error = await listen({ fetch: () => new Response(), host: HOST, port }).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  other.close();
  expect(error?.code).toBe('EADDRINUSE');
  expect(listenProblemOf(error ?? new Error(), port, HOST)).toMatch(`PORT is ${port}; another program`);
});

test('a host that is not this machine’s is one line that names HOST', async () => {
  const host = '192.0.2.1';
  const error = await listen({ fetch: () => new Response(), host, port: 0 }).catch(
    (reason: unknown) => reason,
  );
  expect(listenProblemOf(error as NodeJS.ErrnoException, 0, host)).toMatch(/^HOST is "192\.0\.2\.1"; /);
});
