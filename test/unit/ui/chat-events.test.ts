/** Facts about what a site hears of its chat. */
import { expect, test } from 'vitest';
import type { AppState } from '../../../src/kernel/app-state';
import type { ChatMessage } from '../../../src/kernel/history';
import { createChatEvents } from '../../../src/ui/chat-events';
import { messageOf } from '../../fakes/turn-run';

function heard() {
  const events: string[] = [];
  const tell = createChatEvents((type, detail) => events.push(`${type} ${JSON.stringify(detail)}`));
  const show = (messages: readonly ChatMessage[], more: Partial<AppState> = {}, id = 'one') =>
    tell({ phase: 'ready', notices: [], current: { id, messages }, ...more } as unknown as AppState);
  return { events, show };
}

const local = { answer: { place: 'local', engineId: 'wllama:starter', modelName: 'Starter' } } as const;
const cloud = { answer: { place: 'cloud', engineId: 'cloud:gpt-4o', modelName: 'gpt-4o' } } as const;
const question = messageOf('Hello');
const streaming = messageOf('Hel', 'assistant', { id: 'a', status: 'streaming', ...local });
const done = messageOf('Hello!', 'assistant', { id: 'a', ...local });

test('a question, where it is answered, and the whole answer are each told once', () => {
  const { events, show } = heard();
  show([]);
  show([question]);
  show([question, streaming]);
  show([question, streaming]);
  show([question, done]);
  show([question, done]);
  expect(events).toEqual([
    'message {"message":{"role":"user","text":"Hello"}}',
    'place-change {"place":"local","model":"Starter"}',
    'message {"message":{"role":"assistant","text":"Hello!","place":"local","model":"Starter"}}',
  ]);
});

test('what an earlier visit wrote is no news, and an answer that is made anew is', () => {
  const { events, show } = heard();
  show([question, done]);
  expect(events).toEqual([]);
  show([question, { ...streaming, ...cloud }]);
  show([question, { ...done, ...cloud, text: 'Good day.' }]);
  expect(events).toEqual([
    'place-change {"place":"cloud","model":"gpt-4o"}',
    'message {"message":{"role":"assistant","text":"Good day.","place":"cloud","model":"gpt-4o"}}',
  ]);
});

test('how a question sounded is told once, after its answer; what an earlier visit heard is no news', () => {
  const { events, show } = heard();
  const told = { ...done, answer: { ...local.answer, sentiment: 'negative' } } as const;
  show([question, told]);
  expect(events).toEqual([]);
  show([question, { ...streaming, ...cloud }]);
  show([question, done]);
  events.length = 0;
  show([question, told]);
  show([question, told]);
  expect(events).toEqual(['sentiment {"sentiment":"negative","message":{"role":"user","text":"Hello"}}']);
});

test('before storage was read nothing is told, and after it the waiting question is', () => {
  const { events, show } = heard();
  show([], { phase: 'opening' }, 'empty');
  show([question, done], {}, 'kept');
  show([question, done, messageOf('Again')], {}, 'kept');
  expect(events).toEqual(['message {"message":{"role":"user","text":"Again"}}']);
});

test('a failure is told with its code and its words', () => {
  const { events, show } = heard();
  show([question]);
  show([question, { ...streaming, text: '', status: 'failed', fault: { code: 'worker_load' } }], {
    notices: ['storage_blocked'],
  });
  expect(events.map((event) => event.slice(0, 35))).toEqual([
    'error {"code":"storage_blocked","me',
    'place-change {"place":"local","mode',
    'error {"code":"worker_load","messag',
  ]);
});
