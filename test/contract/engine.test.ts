/** Runs the engine contract on the CPU engine: real llama.cpp in this Chromium, on the fixture. */
import { expect, test } from 'vitest';
import { createRequest } from '../../src/privacy/request';
import { createWllamaEngine } from '../../src/engine/local/wllama/wllama';
import fixtureUrl from '../fixtures/models/tiny.gguf?url';
import { describeEngine } from './engine-contract';
import { countWorkers } from './worker-count';

const workers = countWorkers();
const threads = crossOriginIsolated ? 2 : 1;
const options = {
  id: 'wllama:test-fixture',
  contextTokens: 512,
  threads,
  request: createRequest({ isOnline: () => true, isPrivate: () => false }),
};
const openFixture = async () => new Map([[fixtureUrl, { content: await (await fetch(fixtureUrl)).blob() }]]);

test('threads are used where the page is isolated, and only there', () => {
  expect(typeof SharedArrayBuffer !== 'undefined').toBe(crossOriginIsolated);
});

describeEngine(`wllama, ${threads === 1 ? 'one thread' : `${threads} threads`}`, {
  create: () => createWllamaEngine({ ...options, files: { open: openFixture } }),
  createBroken: () =>
    createWllamaEngine({
      ...options,
      files: {
        open: async () =>
          new Map([['x', { content: new Blob(['GGUF', crypto.getRandomValues(new Uint8Array(4096))]) }]]),
      },
    }),
  shortQuestion: 'hello',
  endlessQuestion: 'count',
  liveWorkers: () => workers.live,
});

test('a browser without JSPI gets the compat build, from our own copy', async () => {
  const descriptor = Object.getOwnPropertyDescriptor(WebAssembly, 'Suspending')!;
  Reflect.deleteProperty(WebAssembly, 'Suspending');
  const engine = createWllamaEngine({ ...options, files: { open: openFixture } });
  try {
    let text = '';
    const prompt = [{ role: 'user', content: 'short' }] as const;
    for await (const chunk of engine.generate(prompt, {
      signal: new AbortController().signal,
      temperature: 0,
    })) {
      text += chunk.text;
    }
    expect(text).toBe('Yes.');
    expect(engine.ownFiles().some((url) => url.includes('compat'))).toBe(true);
    const hosts = new Set(performance.getEntriesByType('resource').map(({ name }) => new URL(name).host));
    expect([...hosts].filter(Boolean)).toEqual([location.host]);
  } finally {
    Object.defineProperty(WebAssembly, 'Suspending', descriptor);
    await engine.unload();
  }
});

test('a program file that cannot be fetched is the fault worker_load, not a hang', async () => {
  for (const response of [new Response('no', { status: 500 }), new Response('<h1>Log in</h1>')]) {
    const engine = createWllamaEngine({
      ...options,
      request: async () => response.clone(),
      files: { open: openFixture },
    });
    await expect(engine.load()).rejects.toMatchObject({ code: 'worker_load' });
  }
});

test('a step that outlasts a stop by five seconds costs the worker, and the next request is answered by a new one', async () => {
  const engine = createWllamaEngine({ ...options, files: { open: openFixture } });
  const stop = new AbortController();
  const ask = (content: string, signal: AbortSignal) =>
    engine.generate([{ role: 'user', content }], { signal, temperature: 0 });
  const stopped = (async () => {
    for await (const { text } of ask('count', stop.signal)) {
      if (!text) continue;
      workers.hang();
      stop.abort();
    }
  })();
  await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
  let text = '';
  for await (const chunk of ask('short', new AbortController().signal)) text += chunk.text;
  expect(text).toBe('Yes.');
  await engine.unload();
  expect(workers.live).toBe(0);
});
