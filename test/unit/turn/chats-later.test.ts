/** Facts about the chats of one page while an answer in them is awaited. */
import { expect, test } from 'vitest';
import type { ChatMessage, ConversationRecord } from '../../../src/kernel/history';
import { openPage } from '../../fakes/chats-page';

test('an answer that comes later finds its message, in the chat that is open and in one that is not', async () => {
  const page = openPage();
  const first = await page.ask('One?');
  const answerOf = (record: ConversationRecord | undefined) => record?.messages.at(-1);
  const change = (message: ChatMessage): ChatMessage => ({ ...message, text: 'Later.' });
  const id = answerOf(first)?.id ?? '';
  expect(await page.amend(first.id, id, change)).toBe('changed');
  expect(answerOf(page.state.current)?.text).toBe('Later.');
  expect(answerOf(await page.stored())?.text).toBe('Later.');
  page.actions.newChat();
  await page.ask('Two?');
  expect(await page.amend(first.id, id, (message) => ({ ...message, text: 'Later still.' }))).toBe('changed');
  expect(answerOf(await page.stored(first.id))?.text).toBe('Later still.');
  expect(await page.amend(first.id, id, () => undefined)).toBe('unchanged');
  expect(await page.amend(first.id, 'nobody', change)).toBe('missing');
  page.actions.remove(first.id);
  await page.clock.advance(10);
  expect(await page.amend(first.id, id, change)).toBe('hidden');
  await page.clock.advance(10_000);
  expect(await page.amend(first.id, id, change)).toBe('missing');
});

test('an answer that comes later while another is made stays, and so does the other', async () => {
  const page = openPage();
  const { id, messages } = await page.ask('One?');
  page.actions.send('Two?');
  await page.clock.advance(50);
  expect(page.state.isAnswering).toBe(true);
  const change = (message: ChatMessage): ChatMessage => ({ ...message, text: 'Later.' });
  await page.amend(id, messages[1]?.id ?? '', change);
  await page.clock.advance(2_000);
  expect(page.state.current.messages.map(({ text }) => text)).toEqual([
    'One?',
    'Later.',
    'Two?',
    'An answer.',
  ]);
});

test('whoever waits no longer for an answer has a message that was stopped', async () => {
  const page = openPage();
  const { id, messages } = await page.ask('One?');
  const answerId = messages[1]?.id ?? '';
  await page.amend(id, answerId, (message) => ({
    ...message,
    status: 'waiting',
    later: { key: 'k', askedAt: 1 },
  }));
  await page.cancelLater(answerId);
  expect(page.state.current.messages[1]).toMatchObject({ status: 'stopped', text: 'An answer.' });
  expect((await page.stored())?.messages[1]).not.toHaveProperty('later');
});
