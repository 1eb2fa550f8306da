/** Facts about how a small model reads the tone of a question. */
import { expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { openPage } from '../../fakes/chats-page';
import { lastChunk, type Step } from '../../fakes/scripted-engine';

async function toneAfter(steps: Step[]) {
  const page = openPage({ toneFor: () => steps });
  await page.ask('This is useless.');
  await page.clock.advance(1_000);
  const stored = await page.stored();
  expect(stored?.messages).toEqual(page.state.current.messages);
  expect(page.faults).toEqual([]);
  return stored?.messages[1]?.answer?.sentiment;
}

test('the answer keeps how its question sounded', async () => {
  expect(await toneAfter(['nega', 'tive', lastChunk()])).toBe('negative');
});

test.each<[string, Step[]]>([
  ['says something else', ['angry', lastChunk()]],
  ['says nothing', [lastChunk()]],
  ['fails', [{ error: new Fault('engine_failed') }]],
])('where the model %s, nothing is kept', async (_what, steps) => {
  expect(await toneAfter(steps)).toBeUndefined();
});

test('the model is asked for the question alone, and only its beginning', async () => {
  const asked: string[] = [];
  const page = openPage({
    toneFor: (message) => {
      asked.push(message);
      return ['neutral', lastChunk()];
    },
  });
  await page.ask(`one ${'and on '.repeat(200)}`);
  await page.clock.advance(1_000);
  await page.ask('two');
  await page.clock.advance(1_000);
  expect(asked).toEqual([`one ${'and on '.repeat(200)}`.slice(0, 400), 'two']);
});

test('a chat that was deleted meanwhile does not come back', async () => {
  const page = openPage({ toneFor: () => [{ waitMs: 5_000 }, 'neutral', lastChunk()] });
  await page.ask('Hello');
  const { id } = page.state.current;
  page.actions.remove(id);
  await page.clock.advance(20_000);
  expect(await page.stored(id)).toBeUndefined();
});
