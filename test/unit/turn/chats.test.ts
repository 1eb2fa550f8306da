/** Facts about the chats of one page: several at a time, deleted and had back. */
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { openPage } from '../../fakes/chats-page';
import { forEver, lastChunk } from '../../fakes/scripted-engine';

const texts = ({ messages }: { messages: readonly { text: string }[] }) => messages.map(({ text }) => text);

test('a question and its answer are kept, and the list names the chat', async () => {
  const page = openPage();
  await page.open();
  const chat = await page.ask('What is new?');
  expect(texts(chat)).toEqual(['What is new?', 'An answer.']);
  expect(await page.stored()).toMatchObject({ title: 'What is new?', messages: chat.messages });
  expect(page.state.conversations.map(({ title }) => title)).toEqual(['What is new?']);
  expect(page.answered).toBe(1);
});

test('the question is stored while the answer is still being made', async () => {
  const page = openPage({ steps: () => forEver('word ', 50) });
  page.actions.send('Hello?');
  await page.clock.advance(20);
  expect(texts((await page.stored()) ?? { messages: [] })[0]).toBe('Hello?');
  page.actions.stop();
  await page.clock.advance(100);
});

test('a page that opens again shows the newest chat', async () => {
  const first = openPage();
  await first.ask('Old?');
  first.actions.newChat();
  await first.clock.advance(1_000);
  await first.ask('New?');
  const again = openPage({ keyValue: first.keyValue });
  await again.open();
  expect(again.state.current.title).toBe('New?');
  expect(again.state.conversations.map(({ title }) => title)).toEqual(['New?', 'Old?']);
});

test('an empty chat is neither listed nor opened twice', async () => {
  const page = openPage();
  await page.open();
  const { id } = page.state.current;
  page.actions.newChat();
  expect(page.state.current.id).toBe(id);
  expect(page.state.conversations).toEqual([]);
});

describe('two chats', () => {
  const both = async () => {
    const page = openPage({
      steps: function* (prompt) {
        const name = prompt.at(-1)?.content;
        for (let at = 0; at < 20; at++) {
          yield `${name}${at} `;
          yield { waitMs: 50 };
        }
        yield lastChunk();
      },
    });
    page.actions.send('a');
    const a = page.state.current.id;
    await page.clock.advance(200);
    page.actions.newChat();
    page.actions.send('b');
    const b = page.state.current.id;
    await page.clock.advance(100);
    return { page, a, b };
  };
  const whole = (name: string) => Array.from({ length: 20 }, (_, at) => `${name}${at} `).join('');

  test('asked at the same time are answered one after the other, each whole', async () => {
    const { page, a, b } = await both();
    expect(page.state.answeringIds.toSorted()).toEqual([a, b].toSorted());
    await page.clock.advance(5_000);
    expect(texts((await page.stored(a)) ?? { messages: [] })).toEqual(['a', whole('a')]);
    expect(texts((await page.stored(b)) ?? { messages: [] })).toEqual(['b', whole('b')]);
    expect(page.state.answeringIds).toEqual([]);
  });

  test('can be switched between while they are answered, and neither is lost', async () => {
    const { page, a, b } = await both();
    page.actions.openChat(a);
    await page.clock.advance(100);
    expect(page.state.current).toMatchObject({ id: a });
    expect(page.state.isAnswering).toBe(true);
    page.actions.openChat(b);
    await page.clock.advance(5_000);
    expect(texts(page.state.current)).toEqual(['b', whole('b')]);
    page.actions.openChat(a);
    await page.clock.advance(100);
    expect(texts(page.state.current)).toEqual(['a', whole('a')]);
  });

  test('are stopped each for itself', async () => {
    const { page, a } = await both();
    page.actions.openChat(a);
    await page.clock.advance(10);
    page.actions.stop();
    await page.clock.advance(5_000);
    expect(page.state.current.messages.at(-1)?.status).toBe('stopped');
    const other = page.state.conversations.find(({ id }) => id !== a);
    expect((await page.stored(other?.id))?.messages.at(-1)).toMatchObject({
      status: 'done',
      text: whole('b'),
    });
  });
});

describe('delete', () => {
  test('while it is being answered stops the answer, and nothing brings the chat back', async () => {
    const page = openPage({ steps: () => forEver('word ', 50) });
    page.actions.send('Hello?');
    await page.clock.advance(400);
    const { id } = page.state.current;
    page.actions.remove(id);
    await page.clock.advance(3_000);
    expect(await page.stored(id)).toBeUndefined();
    expect(await page.store.list()).toEqual([]);
    expect(page.state.conversations).toEqual([]);
    expect(page.state.current).toMatchObject({ messages: [] });
    expect(page.state.answeringIds).toEqual([]);
    expect(page.engine.busy).toBe(0);
  });

  test('of a chat in the background that is being answered leaves the open one alone', async () => {
    const page = openPage({
      steps: (_, call) => (call === 0 ? forEver('word ', 50) : ['fine', lastChunk()]),
    });
    page.actions.send('Hello?');
    const background = page.state.current.id;
    await page.clock.advance(400);
    page.actions.newChat();
    page.actions.remove(background);
    await page.clock.advance(1_000);
    expect(texts(await page.ask('Next?'))).toEqual(['Next?', 'fine']);
    expect(await page.stored(background)).toBeUndefined();
    expect(page.state.conversations.map(({ title }) => title)).toEqual(['Next?']);
  });

  test('can be undone for eight seconds: the chat comes back as it was', async () => {
    const page = openPage();
    const before = await page.ask('Hello?');
    page.actions.remove(before.id);
    await page.clock.advance(7_000);
    expect(page.state.undoable?.id).toBe(before.id);
    page.actions.undoRemove();
    await page.clock.advance(10);
    expect(page.state.current).toEqual(await page.stored(before.id));
    expect(page.state.current.messages).toEqual(before.messages);
    expect(page.state.conversations.map(({ id }) => id)).toEqual([before.id]);
    expect(page.state.undoable).toBeUndefined();
  });

  test('after eight seconds is for good', async () => {
    const page = openPage();
    const before = await page.ask('Hello?');
    page.actions.remove(before.id);
    await page.clock.advance(8_100);
    expect(page.state.undoable).toBeUndefined();
    page.actions.undoRemove();
    await page.clock.advance(10);
    expect(await page.stored(before.id)).toBeUndefined();
  });

  test('of a second chat starts its own eight seconds', async () => {
    const page = openPage();
    const first = await page.ask('One?');
    page.actions.newChat();
    const second = await page.ask('Two?');
    page.actions.remove(first.id);
    await page.clock.advance(6_000);
    page.actions.remove(second.id);
    await page.clock.advance(6_000);
    expect(page.state.undoable?.id).toBe(second.id);
    await page.clock.advance(3_000);
    expect(page.state.undoable).toBeUndefined();
  });

  test('undone is answered on as ever', async () => {
    const page = openPage();
    const before = await page.ask('Hello?');
    page.actions.remove(before.id);
    await page.clock.advance(10);
    page.actions.undoRemove();
    await page.clock.advance(10);
    expect(texts(await page.ask('More?'))).toEqual(['Hello?', 'An answer.', 'More?', 'An answer.']);
    expect((await page.stored(before.id))?.messages).toHaveLength(4);
  });
});

test('a chat that is renamed keeps that name when it goes on, and when it is opened again', async () => {
  const page = openPage();
  const { id } = await page.ask('Hello?');
  page.actions.rename(id, 'Greetings');
  await page.clock.advance(10);
  expect(page.state.current.title).toBe('Greetings');
  await page.ask('More?');
  expect(page.state.conversations.map(({ title }) => title)).toEqual(['Greetings']);
  expect((await page.stored(id))?.title).toBe('Greetings');
});

test('a chat is renamed while it is being answered', async () => {
  const page = openPage();
  page.actions.send('Hello?');
  await page.clock.advance(50);
  page.actions.rename(page.state.current.id, 'Greetings');
  await page.clock.advance(2_000);
  expect(await page.stored()).toMatchObject({ title: 'Greetings', messages: [{}, { status: 'done' }] });
});

test('the chat that was opened last is shown, whichever is read first', async () => {
  let slowId = '';
  const page = openPage({
    store: (real) => ({
      get: async (id) => {
        if (id === slowId) await page.clock.wait(500, new AbortController().signal);
        return real.get(id);
      },
    }),
  });
  const slow = await page.ask('Slow?');
  page.actions.newChat();
  const quick = await page.ask('Quick?');
  page.actions.newChat();
  slowId = slow.id;
  page.actions.openChat(slow.id);
  page.actions.openChat(quick.id);
  await page.clock.advance(1_000);
  expect(page.state.current.id).toBe(quick.id);
});

test('a store that fails is told of, and the chat goes on in memory', async () => {
  const page = openPage({ store: () => ({ save: () => Promise.reject(new Fault('quota')) }) });
  expect(texts(await page.ask('Hello?'))).toEqual(['Hello?', 'An answer.']);
  expect(page.faults).toContain('quota');
});

test('a pinned chat says so in the list and stays pinned while it goes on', async () => {
  const page = openPage();
  const { id } = await page.ask('Hello?');
  page.actions.pin(id, true);
  await page.clock.advance(10);
  await page.ask('More?');
  expect(page.state.conversations).toMatchObject([{ id, isPinned: true }]);
  expect(await page.stored()).toMatchObject({ isPinned: true, messages: { length: 4 } });
  page.actions.pin(id, false);
  await page.clock.advance(10);
  expect(page.state.conversations[0]).not.toHaveProperty('isPinned');
});

test('while an answer streams the list is another only where a row of it is', async () => {
  const page = openPage({ steps: () => forEver('word ', 50) });
  page.actions.send('Hello?');
  await page.clock.advance(100);
  const { conversations } = page.state;
  await page.clock.advance(2_000);
  expect(page.state.conversations).toBe(conversations);
  page.actions.stop();
  await page.clock.advance(100);
});
