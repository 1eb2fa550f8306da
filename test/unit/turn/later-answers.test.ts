/** Facts about answers that come within a day: they are fetched, whatever happens meanwhile, and put where they were asked for. */
import { beforeEach, expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import type { ChatMessage } from '../../../src/kernel/history';
import type { LaterAnswer } from '../../../src/kernel/later-wire';
import type { Redaction } from '../../../src/kernel/departure';
import { createLaterTicketStore } from '../../../src/store/later-tickets';
import { createMemoryKeyValue } from '../../../src/store/memory';
import type { Amended } from '../../../src/turn/amend';
import { createLater, type LaterServer } from '../../../src/turn/later-answers';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock';
import { createFakeLocks } from '../../fakes/fake-locks';
import { messageOf } from '../../fakes/turn-run';

const MINUTE_MS = 60_000;
const REDACTION: Redaction = { kind: 'email', text: 'ann@example.org', placeholder: '[EMAIL_1]' };
const MARK = { key: 'key', askedAt: 1_000_000 };
const ASKING = {
  mark: MARK,
  messageId: 'answer',
  prompt: [{ role: 'user' as const, content: 'Why, [EMAIL_1]?' }],
  redactions: [REDACTION],
  sentBytes: 15,
};
const WAITING: LaterAnswer = {
  id: 'id',
  status: 'waiting',
  model: 'gpt-4o',
  price_as_of: '2026-11-01',
  cost_nano_usd: null,
  is_estimated: false,
  completion: null,
  error: null,
};
const ANSWERED: LaterAnswer = {
  ...WAITING,
  status: 'answered',
  cost_nano_usd: 37_500,
  completion: {
    choices: [{ message: { content: 'Because, [EMAIL_1].' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5 },
  },
};

let clock: FakeClock;
let message: ChatMessage;
let state: Amended | undefined;
let told: LaterAnswer | undefined;
let fault: Fault | undefined;
let heard: Promise<void> | undefined;
let calls: string[];
let answered: ChatMessage[];
const keyValue = () => createMemoryKeyValue();
let kept = keyValue();

beforeEach(() => {
  clock = createFakeClock();
  kept = keyValue();
  message = messageOf('A draft.', 'assistant', {
    status: 'waiting',
    later: MARK,
    answer: { place: 'local', engineId: 'local', modelName: 'Small', routing: { wanted: 'unsure' } },
  });
  [state, told, fault, heard, calls, answered] = [undefined, WAITING, undefined, undefined, [], []];
});

/** Another one on the same storage is the next visit. */
function visit() {
  const server: LaterServer = {
    async ask(prompt, key) {
      calls.push(`ask ${key} ${prompt[0]?.content}`);
      await heard;
      if (fault) throw fault;
      return 'id';
    },
    async look(id) {
      calls.push(`look ${id}`);
      if (fault) throw fault;
      return told;
    },
    async drop(id) {
      calls.push(`drop ${id}`);
      if (fault) throw fault;
    },
  };
  return createLater({
    server,
    tickets: createLaterTicketStore(kept),
    amend: async (_conversationId, _messageId, change) => {
      if (state) return state;
      const changed = change(message);
      message = changed ?? message;
      return changed ? 'changed' : 'unchanged';
    },
    clock,
    locks: createFakeLocks(),
    onAnswered: (one) => void answered.push(one),
  });
}
const ask = () => visit().ask(ASKING, 'chat', new AbortController().signal);
const tickets = () => createLaterTicketStore(kept).list();

test('the answer takes the draft’s place, with the originals, at half the price', async () => {
  expect(await ask()).toBeUndefined();
  await clock.advance(MINUTE_MS);
  expect(message.status).toBe('waiting');
  told = ANSWERED;
  await clock.advance(MINUTE_MS);
  expect(message).toMatchObject({
    status: 'done',
    text: 'Because, ann@example.org.',
    answer: {
      place: 'cloud',
      engineId: 'cloud:gpt-4o',
      draft: 'A draft.',
      routing: { wanted: 'unsure' },
      durationMs: clock.now() - MARK.askedAt,
      billing: {
        costNanoUsd: 37_500,
        isHalfPrice: true,
        sentBytes: 15,
        promptTokens: 10,
        completionTokens: 5,
      },
    },
  });
  expect(message).not.toHaveProperty('later');
  expect(answered).toEqual([message]);
  expect(calls.at(-1)).toBe('drop id');
  expect(await tickets()).toEqual([]);
  // Nothing is asked for any more.
  const before = calls.length;
  await clock.advance(10 * MINUTE_MS);
  expect(calls).toHaveLength(before);
});

test('it is looked for once a minute, and the text of the question is kept no longer than the server lacks it', async () => {
  await ask();
  await clock.advance(10 * MINUTE_MS);
  expect(calls.filter((call) => call === 'look id').length).toBeLessThanOrEqual(11);
  expect((await tickets())[0]).not.toHaveProperty('prompt');
});

test('the next visit fetches it', async () => {
  await ask();
  told = ANSWERED;
  visit().watch();
  await clock.advance(0);
  expect(message.status).toBe('done');
});

test('where the network breaks off it is asked once more under the same key, and not lost', async () => {
  fault = new Fault('unreachable');
  expect(await ask()).toBeUndefined();
  await clock.advance(3 * MINUTE_MS);
  expect(message.status).toBe('waiting');
  fault = undefined;
  told = ANSWERED;
  await clock.advance(MINUTE_MS);
  expect(new Set(calls.filter((call) => call.startsWith('ask')))).toEqual(
    new Set(['ask key Why, [EMAIL_1]?']),
  );
  expect(message.status).toBe('done');
});

test.each([
  ['budget_exhausted', 'budget'],
  ['rate_limited', 'limited'],
  ['cloud_refused', 'cloud_failed'],
  ['cloud_failed', 'cloud_failed'],
] as const)('what the server refuses (%s) stays here, and is not asked again', async (code, stayed) => {
  fault = new Fault(code);
  expect(await ask()).toBe(stayed);
  await clock.advance(5 * MINUTE_MS);
  expect(calls).toHaveLength(1);
  expect(await tickets()).toEqual([]);
});

test.each([
  ['later_expired', 'later_expired'],
  ['upstream_rejected', 'later_failed'],
] as const)('a question that was not answered (%s) says so, and keeps the draft', async (code, shown) => {
  await ask();
  told = { ...WAITING, status: 'failed', error: { code, message: 'No.' } };
  await clock.advance(MINUTE_MS);
  expect(message).toMatchObject({ status: 'failed', text: 'A draft.', fault: { code: shown } });
  expect(await tickets()).toEqual([]);
});

test('an answer that the server keeps no longer is told as one', async () => {
  await ask();
  told = undefined;
  await clock.advance(MINUTE_MS);
  expect(message).toMatchObject({ status: 'failed', fault: { code: 'later_gone' } });
});

test.each<[string, () => void]>([
  ['was cancelled', () => (message = { ...message, status: 'stopped' })],
  ['was asked again, for now', () => (message = { ...message, status: 'done' })],
  ['is gone with its conversation', () => (state = 'missing')],
])('a question whose message %s is taken back at the server', async (_how, change) => {
  await ask();
  change();
  told = ANSWERED;
  await clock.advance(MINUTE_MS);
  expect(calls.at(-1)).toBe('drop id');
  expect(answered).toEqual([]);
  expect(await tickets()).toEqual([]);
});

test('one whose conversation was deleted a moment ago waits for it to come back', async () => {
  await ask();
  // While it is looked for.
  state = 'hidden';
  told = ANSWERED;
  await clock.advance(2 * MINUTE_MS);
  expect(calls).not.toContain('drop id');
  state = undefined;
  await clock.advance(MINUTE_MS);
  expect(message.status).toBe('done');
});

test('taking it back is tried until the server has heard of it', async () => {
  await ask();
  message = { ...message, status: 'stopped' };
  fault = new Fault('offline');
  await clock.advance(3 * MINUTE_MS);
  expect(await tickets()).toHaveLength(1);
  fault = undefined;
  await clock.advance(MINUTE_MS);
  expect(await tickets()).toEqual([]);
});

test('stopped while the server is being asked, it is dropped once that has heard of it', async () => {
  const answer = Promise.withResolvers<void>();
  heard = answer.promise;
  const stop = new AbortController();
  const asking = visit().ask(ASKING, 'chat', stop.signal);
  await clock.advance(10);
  stop.abort();
  message = { ...message, status: 'stopped' };
  await asking;
  expect(calls).toEqual(['ask key Why, [EMAIL_1]?']);
  answer.resolve();
  await clock.advance(10);
  expect(calls.at(-1)).toBe('drop id');
  expect(await tickets()).toEqual([]);
});
