/** Facts about the gate: what may leave, who is asked, what is replaced, and what is remembered. */
import { expect, test } from 'vitest';
import type { DepartureRecord, PrivacyChoice } from '../../../src/kernel/departure';
import type { Message } from '../../../src/kernel/message';
import { findPersonal } from '../../../src/privacy/find-personal';
import { createGate, type Gate } from '../../../src/privacy/gate';
import { hideIn } from '../../../src/privacy/placeholder';

const QUESTION: Message[] = [{ role: 'user', content: 'Why?' }];

function gateWith({
  isOnline = true,
  privacy,
  names = [],
  messages = QUESTION,
  finder = async () => (texts: readonly string[]) => findPersonal(texts, ['US']),
}: {
  isOnline?: boolean;
  privacy?: PrivacyChoice;
  names?: readonly string[];
  messages?: readonly Message[];
  finder?: Parameters<typeof createGate>[0]['finder'];
} = {}) {
  const kept: unknown[] = [];
  const records: Omit<DepartureRecord, 'id' | 'at' | 'host'>[] = [];
  const gate = createGate({
    isOnline: () => isOnline,
    settings: Promise.resolve({
      privacy: async () => privacy,
      setPrivacy: async (choice) => void kept.push(choice),
      hiddenNames: async () => names,
      hideNames: async (hidden) => void kept.push(hidden),
    }),
    finder,
    record: async (record) => void records.push(record),
    onChange: () => undefined,
  });
  const ask = (conversationId = 'one', signal = new AbortController().signal) =>
    gate.leave(
      { conversationId, modelName: 'gpt-4o', reason: 'asked', messages, worstNanoUsd: 1, canLater: true },
      signal,
    );
  return { gate, kept, records, ask };
}

const shown = async () => new Promise((resolve) => setTimeout(resolve, 5));

/** As the dialog does where nobody changes anything. */
function agree(gate: Gate, choice: 'send' | 'always' | 'later' = 'send') {
  const { departure } = gate;
  if (!departure) throw new Error('Nobody is asked.');
  const { messages, redactions } = departure;
  gate.answer({ choice, messages: hideIn(messages, redactions), redactions });
}

test('nothing leaves before the person was shown it and agreed', async () => {
  const { gate, records, ask } = gateWith();
  let outcome: unknown = 'pending';
  const asking = ask().then((leave) => (outcome = leave));
  await shown();
  expect(gate.departure?.messages).toEqual(QUESTION);
  expect(outcome).toBe('pending');
  expect(records).toEqual([]);
  agree(gate);
  await asking;
  expect(outcome).toEqual({ messages: QUESTION, redactions: [] });
  expect(gate.departure).toBeUndefined();
});

test('an agreement holds for its conversation, and for no other', async () => {
  const { gate, ask } = gateWith();
  const first = ask('one');
  await shown();
  agree(gate);
  await first;
  expect(await ask('one')).toHaveProperty('messages');
  const other = ask('two');
  await shown();
  expect(gate.departure).toBeDefined();
  gate.answer({ choice: 'keep' });
  expect(await other).toEqual({ stayed: 'declined' });
});

test('“always” is kept, holds for every conversation, and can be taken back', async () => {
  const { gate, kept, ask } = gateWith();
  const first = ask('one');
  await shown();
  agree(gate, 'always');
  expect(await first).toHaveProperty('messages');
  expect(await ask('two')).toHaveProperty('messages');
  await gate.choose('ask');
  expect(kept).toEqual(['when_needed', [], 'ask']);
  expect(gate.choice).toBe('ask');
  const again = ask('one');
  await shown();
  gate.answer({ choice: 'keep' });
  expect(await again).toEqual({ stayed: 'declined' });
});

test('who chose “when needed” before is not asked', async () => {
  expect(await gateWith({ privacy: 'when_needed' }).ask()).toHaveProperty('messages');
});

test('who chose “never” is not asked, and nothing leaves', async () => {
  const { gate, records, ask } = gateWith({ privacy: 'never' });
  expect(await ask()).toEqual({ stayed: 'never' });
  expect(gate.departure).toBeUndefined();
  expect(records).toEqual([]);
});

test('of what the person and what the site chose, the stricter holds', async () => {
  const { gate, ask } = gateWith({ privacy: 'when_needed' });
  gate.setLimit('ask');
  const asking = ask();
  await shown();
  expect(gate.choice).toBe('ask');
  gate.answer({ choice: 'keep' });
  await asking;
  gate.setLimit('never');
  expect(await ask()).toEqual({ stayed: 'never' });
});

test('without a network nobody is asked, and nothing leaves', async () => {
  const { gate, ask } = gateWith({ isOnline: false, privacy: 'when_needed' });
  expect(await ask()).toEqual({ stayed: 'offline' });
  expect(gate.departure).toBeUndefined();
});

test('what could not be checked for personal data does not leave', async () => {
  const finder = () => Promise.reject(new Error('no such file'));
  expect(await gateWith({ privacy: 'when_needed', finder }).ask()).toEqual({ stayed: 'unchecked' });
});

test('a stop while the dialog waits closes it, and nothing leaves', async () => {
  const { gate, ask } = gateWith();
  const abort = new AbortController();
  const asking = ask('one', abort.signal);
  await shown();
  abort.abort();
  expect(await asking).toEqual({ stayed: 'declined' });
  expect(gate.departure).toBeUndefined();
});

test('two that ask at once are asked about one after the other', async () => {
  const { gate, ask } = gateWith();
  const [one, two] = [ask('one'), ask('two')];
  await shown();
  gate.answer({ choice: 'keep' });
  agree(gate);
  expect([await one, await two]).toEqual([{ stayed: 'declined' }, { messages: QUESTION, redactions: [] }]);
});

test('only the turns that the question needs go along, without personal data, and the list says so', async () => {
  const messages: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'My doctor said that my blood pressure is high.' },
    { role: 'assistant', content: 'I am sorry.' },
    { role: 'user', content: 'Write an invitation and send replies to anna@example.com, please!' },
  ];
  const { records, ask } = gateWith({ privacy: 'when_needed', messages });
  expect(await ask()).toMatchObject({
    messages: [
      { role: 'system', content: expect.stringContaining('private data') },
      { role: 'user', content: 'Write an invitation and send replies to [EMAIL_1], please!' },
    ],
    redactions: [{ kind: 'email', text: 'anna@example.com' }],
  });
  expect(records).toMatchObject([{ modelName: 'gpt-4o', redacted: { email: 1 } }]);
  expect(JSON.stringify(records)).not.toMatch(/anna|blood/);
});

test('a name that was ticked once is replaced where nobody is asked, and ticked where somebody is', async () => {
  const messages: Message[] = [{ role: 'user', content: 'Write a long letter for my boss Wojciech Nowak.' }];
  const { ask } = gateWith({ privacy: 'when_needed', names: ['Wojciech Nowak'], messages });
  expect(JSON.stringify(await ask())).toContain('my boss [NAME_1].');
  const asked = gateWith({ messages });
  const asking = asked.ask();
  await shown();
  expect(asked.gate.departure?.names).toMatchObject([{ text: 'Wojciech Nowak', isTicked: false }]);
  const [name] = asked.gate.departure?.names ?? [];
  asked.gate.answer({ choice: 'send', messages: hideIn(messages, [name!]), redactions: [name!] });
  await asking;
  expect(asked.kept).toEqual([['Wojciech Nowak']]);
});

test('whoever can wait agrees to that question only, and the list says that it is for later', async () => {
  const { gate, records, ask } = gateWith();
  const first = ask();
  await shown();
  expect(gate.departure?.canLater).toBe(true);
  agree(gate, 'later');
  expect(await first).toMatchObject({ messages: QUESTION, isLater: true });
  expect(records).toMatchObject([{ isLater: true }]);
  const second = ask();
  await shown();
  agree(gate, 'send');
  expect(await second).not.toHaveProperty('isLater');
  expect(records[1]).not.toHaveProperty('isLater');
});
