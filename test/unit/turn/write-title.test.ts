/** Facts about the titles that a small model writes for conversations. */
import { expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { openPage } from '../../fakes/chats-page';
import { lastChunk, type Step } from '../../fakes/scripted-engine';

const QUESTION = 'How do I bake Sourdough bread in a small oven in Berlin, without a stone?';

async function titleAfter(steps: Step[], question = QUESTION): Promise<string> {
  const page = openPage({ titleFor: () => steps });
  await page.ask(question);
  await page.clock.advance(1_000);
  expect((await page.stored())?.title).toBe(page.state.conversations[0]?.title);
  return page.state.current.title;
}

test('a title is spelt as the question spells it, and begins with a capital', async () => {
  expect(await titleAfter(['bake sour', 'dough bread in berlin', lastChunk()])).toBe(
    'Bake Sourdough bread in Berlin',
  );
});

test.each<[string, Step[]]>([
  ['names what the question does not', ['bake a chocolate cake', lastChunk()]],
  ['is empty', ['', lastChunk()]],
  ['is longer than a title', ['how do i bake sourdough bread in a small oven in berlin', lastChunk()]],
  ['is a hand-over', [{ text: 'bake', isHandOver: true }, lastChunk()]],
  ['never comes', [{ error: new Fault('engine_failed') }]],
])('where the model’s title %s, the first words stay', async (_what, steps) => {
  expect(await titleAfter(steps)).toMatch(/^How do I bake/);
});

test('a name that a person gave while the title was being written stays', async () => {
  const page = openPage({ titleFor: () => [{ waitMs: 5_000 }, 'bake bread', lastChunk()] });
  await page.ask(QUESTION);
  page.actions.rename(page.state.current.id, 'Baking');
  await page.clock.advance(10_000);
  expect(page.state.current.title).toBe('Baking');
});

test('only the first answer of a chat brings a title', async () => {
  let asked = 0;
  const page = openPage({
    titleFor: () => {
      asked++;
      return ['', lastChunk()];
    },
  });
  await page.ask(QUESTION);
  await page.ask('And rye bread?');
  expect(asked).toBe(1);
});

test('a short question is its own title', async () => {
  expect(await titleAfter(['bread', lastChunk()], 'How do I bake bread?')).toBe('How do I bake bread?');
});

test('of a long message only the beginning is read', async () => {
  let read = '';
  const page = openPage({
    titleFor: (question) => {
      read = question;
      return ['', lastChunk()];
    },
  });
  await page.ask('word '.repeat(1_000));
  expect(read.length).toBeLessThanOrEqual(400);
});
