/** Facts about a server that is stopped while answers are under way: those that end in time end, the others are told and paid for. */
import { afterEach, expect, test } from 'vitest';
import { listen } from '../../../src/server/listen';
import { ask, startCompletions, until, type CompletionsServer } from '../../fakes/openai/completions-server';

let server: CompletionsServer;
afterEach(() => server.close());

test('a stream that is under way is told, its hold is settled by what came, and the vendor is left', async () => {
  const stopping = new AbortController();
  server = await startCompletions({ stopping: stopping.signal });
  server.fake.behave({ kind: 'answer', delayMs: 30 });
  const response = await server.post(ask('Hello', { stream: true }));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = (await reader.read()).value ?? '';
  stopping.abort();
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value;
  const last = text.trimEnd().split('\n\n').at(-1) ?? '';
  expect(JSON.parse(last.replace('data: ', ''))).toMatchObject({ error: { code: 'server_stopping' } });
  expect(server.ledger.all[0]).toMatchObject({ state: 'settled', outcome: 'incomplete', isEstimated: true });
  await until(() => server.fake.books()[0]?.end === 'left');
});

test('what asks for a whole answer is told with 503, and may ask again', async () => {
  const stopping = new AbortController();
  server = await startCompletions({ stopping: stopping.signal });
  server.fake.behave({ kind: 'answer', delayMs: 2_000 });
  const answer = server.post(ask('Hello'), { key: 'once' });
  setTimeout(() => stopping.abort(), 50);
  const response = await answer;
  expect([response.status, await response.json()]).toMatchObject([
    503,
    { error: { code: 'server_stopping' } },
  ]);
});

test('an answer that ends in time is not disturbed, one that does not gets its last word before the cut', async () => {
  server = await startCompletions();
  const told: string[] = [];
  let write: ((text: string) => void) | undefined;
  const listening = await listen({
    port: 0,
    host: '127.0.0.1',
    fetch: (request) =>
      new Response(
        new ReadableStream({
          start(controller) {
            const say = (text: string) => controller.enqueue(new TextEncoder().encode(text));
            say('begun ');
            if (request.url.endsWith('/short')) {
              setTimeout(() => {
                say('ended');
                controller.close();
              }, 100);
            } else {
              write = (text) => {
                say(text);
                controller.close();
              };
            }
          },
        }),
      ),
  });
  const url = `http://127.0.0.1:${listening.port}`;
  const [short, long] = await Promise.all([fetch(`${url}/short`), fetch(`${url}/long`)]);
  const stopped = listening.stop(300, () => {
    told.push('told');
    write?.('told');
  });
  expect(await short.text()).toBe('begun ended');
  expect(told).toEqual([]);
  expect(await long.text()).toBe('begun told');
  await stopped;
  await expect(fetch(url)).rejects.toThrow();
});
