/** Facts about two tabs of the page: what one changes the other shows, and neither undoes the other's turns. */
import { expect, test } from 'vitest';
import { createConversationStore } from '../../../src/store/conversations';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { createTabChannels, openPage, type PageOptions } from '../../fakes/chats-page';
import { createFakeClock } from '../../fakes/fake-clock';
import { createFakeLocks } from '../../fakes/fake-locks';
import { forEver, HANG, lastChunk, type Step } from '../../fakes/scripted-engine';

function twoTabs(first: PageOptions = {}, second: PageOptions = {}) {
  const connect = createTabChannels();
  const shared = { keyValue: createMemoryKeyValue(), clock: createFakeClock(), locks: createFakeLocks() };
  return {
    ...shared,
    /** As the archive's worker does it. */
    say: (id: string) => connect().postMessage(id),
    one: openPage({ ...shared, channel: connect(), ...first }),
    two: openPage({ ...shared, channel: connect(), ...second }),
  };
}

test('a chat that one tab answers is in the other tab’s list', async () => {
  const { one, two } = twoTabs();
  await two.open();
  await one.ask('Hello?');
  expect(two.state.conversations.map(({ title }) => title)).toEqual(['Hello?']);
});

test('a chat that is open in both tabs grows in both', async () => {
  const { one, two } = twoTabs();
  await one.ask('Hello?');
  await two.open();
  await one.ask('More?');
  expect(two.state.current.messages).toEqual(one.state.current.messages);
  await two.ask('From here?');
  expect(one.state.current.messages.map(({ text }) => text)).toContain('From here?');
});

test('an answer that the other tab is making is shown as streaming, not as dead', async () => {
  const { one, two, clock } = twoTabs({ steps: () => forEver('word ', 50) });
  one.actions.send('Hello?');
  await clock.advance(700);
  await two.open();
  expect(two.state.current.messages.at(-1)?.status).toBe('streaming');
  expect(two.state.isAnswering).toBe(false);
  one.actions.stop();
  await clock.advance(100);
  expect(two.state.current.messages.at(-1)?.status).toBe('stopped');
});

test('what another tab said last is what is shown, however long it takes to learn of what it said before', async () => {
  let isSlow = true;
  const { one, two, clock } = twoTabs(
    { steps: () => ['Some text', { waitMs: 500 }, '.', lastChunk()] },
    {
      store: (real) => ({
        get: async (id) => {
          const record = await real.get(id);
          const isFirst = isSlow && record?.messages.at(-1)?.status === 'streaming';
          if (isFirst) {
            isSlow = false;
            await clock.wait(5_000, new AbortController().signal);
          }
          return record;
        },
      }),
    },
  );
  await one.ask('Hello?');
  await two.open();
  one.actions.send('More?');
  // In steps, so that each message is heard at its time.
  for (let step = 0; step < 100; step++) await clock.advance(10);
  expect(isSlow).toBe(false);
  await clock.advance(20_000);
  expect(two.state.current.messages).toEqual(one.state.current.messages);
});

test('an answer whose tab went away is shown as incomplete, with its text', async () => {
  const { one, two, clock, locks } = twoTabs({ steps: () => ['Some text', { waitMs: 500 }, '.', HANG] });
  one.actions.send('Hello?');
  await clock.advance(1_000);
  const answerId = one.state.current.messages.at(-1)?.id;
  locks.release(`smallfirst-turn:${answerId}`);
  await two.open();
  expect(two.state.current.messages.at(-1)).toMatchObject({ status: 'incomplete', text: 'Some text.' });
  one.actions.stop();
  await clock.advance(100);
});

test('two tabs that answer in one chat at the same time keep both turns', async () => {
  const slow: Step[] = ['An ', { waitMs: 600 }, 'answer', { waitMs: 600 }, lastChunk()];
  const { one, two, clock } = twoTabs({ steps: () => slow }, { steps: () => slow });
  const { id } = await one.ask('First?');
  await two.open();
  one.actions.send('From one?');
  two.actions.send('From two?');
  await clock.advance(3_000);
  const kept = (await one.stored(id))?.messages.map(({ text }) => text) ?? [];
  expect(kept).toHaveLength(6);
  expect(kept).toEqual(expect.arrayContaining(['First?', 'From one?', 'From two?']));
  expect(kept.filter((text) => text === 'An answer')).toHaveLength(3);
});

test('a chat that another tab is writing does not come back over one that was just opened here', async () => {
  const { one, two, clock } = twoTabs(
    {},
    {
      store: (real) => ({
        get: async (id) => {
          await clock.wait(30, new AbortController().signal);
          return real.get(id);
        },
      }),
    },
  );
  await one.ask('Hello?');
  const opening = two.open();
  await clock.drive(opening);
  one.actions.rename(one.state.current.id, 'Other');
  await clock.advance(10);
  two.actions.newChat();
  await clock.advance(200);
  expect(two.state.current.messages).toEqual([]);
});

test('a chat that another tab deleted is not left open here, where its next question would bring half of it back', async () => {
  const { one, two, clock } = twoTabs();
  const { id } = await one.ask('Hello?');
  await two.open();
  expect(two.state.current.id).toBe(id);
  one.actions.remove(id);
  await clock.advance(100);
  expect(two.state.current).toMatchObject({ messages: [] });
  expect(two.state.current.id).not.toBe(id);
  expect(two.state.conversations).toEqual([]);
});

test('a chat that another tab deletes and undoes is in the list again', async () => {
  const { one, two, clock } = twoTabs();
  const { id } = await one.ask('Hello?');
  await two.open();
  one.actions.remove(id);
  await clock.advance(100);
  one.actions.undoRemove();
  await clock.advance(100);
  expect(two.state.conversations.map((summary) => summary.id)).toEqual([id]);
});

test('a chat that another tab deletes while it is being answered here is not brought back by its answer', async () => {
  const { one, two, clock } = twoTabs({ steps: () => forEver('word ', 50) });
  one.actions.send('Hello?');
  await clock.advance(700);
  await two.open();
  const { id } = two.state.current;
  two.actions.remove(id);
  await clock.advance(1_000);
  one.actions.stop();
  await clock.advance(100);
  expect(await one.stored(id)).toBeUndefined();
  expect(two.state.conversations).toEqual([]);
});

test('a chat that was answered in the background here is read anew when it is opened', async () => {
  const { one, two, clock } = twoTabs();
  one.actions.send('Hello?');
  const { id } = one.state.current;
  await clock.advance(20);
  one.actions.newChat();
  await clock.advance(2_000);
  await two.open();
  await two.ask('From two?');
  one.actions.openChat(id);
  await clock.advance(10);
  expect(one.state.current.messages).toEqual(two.state.current.messages);
});

test('what was imported in another tab, or by the archive, is listed here, and the open chat goes on', async () => {
  const { one, two, keyValue, clock, say } = twoTabs();
  await one.ask('Hello?');
  await two.open();
  const store = createConversationStore(keyValue);
  const record = { id: 'new', title: 'Imported', createdAt: 1, updatedAt: 1, messages: [] };
  const open = two.state.current;
  await store.changeMany(['new'], () => [record]);
  say('*');
  await clock.advance(10);
  expect(two.state.conversations.map(({ title }) => title)).toEqual(['Hello?', 'Imported']);
  expect(two.state.current.messages).toEqual(open.messages);
});
