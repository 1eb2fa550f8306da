/** Facts about the one place that makes requests: its failures have names, and it sends no credentials. */
import { afterEach, expect, test, vi } from 'vitest';
import { createRequest } from '../../../src/privacy/request';

const URL_OF_FILE = 'https://hub.example:8443/a/model.gguf?secret=1';
afterEach(() => void vi.unstubAllGlobals());

function stubFetch(answer: (url: URL | string, init?: RequestInit) => Promise<Response>) {
  const fetch = vi.fn(answer);
  vi.stubGlobal('fetch', fetch);
  return fetch;
}
const requestWhere = ({ isOnline = true, isPrivate = false }) =>
  createRequest({ isOnline: () => isOnline, isPrivate: () => isPrivate });
const fail = (error: Error) =>
  stubFetch(async () => {
    throw error;
  });

test('a request carries no credentials, and all that was asked for', async () => {
  const fetch = stubFetch(async () => new Response('ok'));
  const { signal } = new AbortController();
  await requestWhere({})(URL_OF_FILE, { method: 'POST', signal });
  expect(fetch).toHaveBeenCalledExactlyOnceWith(URL_OF_FILE, { credentials: 'omit', method: 'POST', signal });
});

test('an HTTP error is an answer, and the caller’s to read', async () => {
  stubFetch(async () => new Response('no', { status: 500 }));
  expect((await requestWhere({})(URL_OF_FILE)).status).toBe(500);
});

test('a failure while online is the fault unreachable, and names the host, not what was asked of it', async () => {
  fail(new TypeError('Failed to fetch'));
  const request = requestWhere({})(URL_OF_FILE);
  await expect(request).rejects.toMatchObject({ code: 'unreachable', detail: 'hub.example:8443' });
});

test('a failure while offline is the fault offline', async () => {
  fail(new TypeError('Failed to fetch'));
  await expect(requestWhere({ isOnline: false })(URL_OF_FILE)).rejects.toMatchObject({ code: 'offline' });
});

test('a request that was aborted is the fault cancelled, online or off', async () => {
  fail(new DOMException('aborted', 'AbortError'));
  for (const isOnline of [true, false]) {
    const request = requestWhere({ isOnline })(new URL(URL_OF_FILE));
    await expect(request).rejects.toMatchObject({ code: 'cancelled' });
  }
});

test('a real fetch whose signal was aborted is the fault cancelled', async () => {
  const request = requestWhere({})('http://127.0.0.1:9/', { signal: AbortSignal.abort() });
  await expect(request).rejects.toMatchObject({ code: 'cancelled' });
});

test('a request that took too long is the fault unreachable', async () => {
  fail(new DOMException('timed out', 'TimeoutError'));
  await expect(requestWhere({})(URL_OF_FILE)).rejects.toMatchObject({ code: 'unreachable' });
});

test('whether the page is online is asked only after a failure', async () => {
  stubFetch(async () => new Response('ok'));
  const isOnline = vi.fn(() => true);
  await createRequest({ isOnline, isPrivate: () => false })(URL_OF_FILE);
  expect(isOnline).not.toHaveBeenCalled();
});

test.for([
  ['/v1/chat/completions', { method: 'POST', body: '{}' }],
  ['/v1/models', {}],
  ['/api/config', {}],
  ['/base/api/session', { method: 'POST' }],
  ['/models/starter.gguf', { method: 'POST', body: 'a secret' }],
] as const)('where nothing may leave, %s is not asked for', async ([path, init]) => {
  const fetch = stubFetch(async () => new Response('ok'));
  const request = requestWhere({ isPrivate: true })(new URL(path, 'https://site.example'), init);
  await expect(request).rejects.toMatchObject({ code: 'private' });
  expect(fetch).not.toHaveBeenCalled();
});

test('where nothing may leave, a file still comes', async () => {
  stubFetch(async () => new Response('ok'));
  expect((await requestWhere({ isPrivate: true })('https://site.example/models/starter.gguf')).ok).toBe(true);
});
