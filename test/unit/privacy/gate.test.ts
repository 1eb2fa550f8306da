/** Facts about the gate: what may leave, who is asked, and what is remembered. */
import { expect, test } from 'vitest';
import type { Departure } from '../../../src/kernel/route';
import { createGate } from '../../../src/privacy/gate';

const departure: Departure = {
  modelName: 'gpt-4o',
  reason: 'asked',
  messages: [{ role: 'user', content: 'Why?' }],
  bytes: 4,
  worstNanoUsd: 10_000_000,
};

function gateWith({ isOnline = true, isAlways = false } = {}) {
  const kept: boolean[] = [];
  const gate = createGate({
    isOnline: () => isOnline,
    isAlways: async () => isAlways,
    keepAlways: async (always) => void kept.push(always),
    onChange: () => undefined,
  });
  const ask = (conversation = 'one', signal = new AbortController().signal) =>
    gate.mayLeave(conversation, departure, signal);
  return { gate, kept, ask };
}

const shown = async () => new Promise((resolve) => setTimeout(resolve, 0));

test('nothing leaves before the person was shown it and agreed', async () => {
  const { gate, ask } = gateWith();
  let outcome: unknown = 'pending';
  const asking = ask().then((reason) => (outcome = reason));
  await shown();
  expect(gate.departure).toBe(departure);
  expect(outcome).toBe('pending');
  gate.answer('send');
  await asking;
  expect(outcome).toBeUndefined();
  expect(gate.departure).toBeUndefined();
});

test('an agreement holds for its conversation, and for no other', async () => {
  const { gate, ask } = gateWith();
  const first = ask('one');
  await shown();
  gate.answer('send');
  await first;
  expect(await ask('one')).toBeUndefined();
  const other = ask('two');
  await shown();
  expect(gate.departure).toBe(departure);
  gate.answer('keep');
  expect(await other).toBe('declined');
});

test('“always” is kept, holds for every conversation, and can be taken back', async () => {
  const { gate, kept, ask } = gateWith();
  const first = ask('one');
  await shown();
  gate.answer('always');
  expect(await first).toBeUndefined();
  expect(await ask('two')).toBeUndefined();
  gate.withdraw();
  expect(kept).toEqual([true, false]);
  expect(gate.consent).toBe('ask');
  const again = ask('one');
  await shown();
  expect(gate.departure).toBe(departure);
  gate.answer('keep');
  expect(await again).toBe('declined');
});

test('who agreed for ever before is not asked', async () => {
  expect(await gateWith({ isAlways: true }).ask()).toBeUndefined();
});

test('without a network nobody is asked, and nothing leaves', async () => {
  const { gate, ask } = gateWith({ isOnline: false, isAlways: true });
  expect(await ask()).toBe('offline');
  expect(gate.departure).toBeUndefined();
});

test('a stop while the dialog waits closes it, and nothing leaves', async () => {
  const { gate, ask } = gateWith();
  const abort = new AbortController();
  const asking = ask('one', abort.signal);
  await shown();
  abort.abort();
  expect(await asking).toBe('declined');
  expect(gate.departure).toBeUndefined();
});

test('two that ask at once are asked about one after the other', async () => {
  const { gate, ask } = gateWith();
  const [one, two] = [ask('one'), ask('two')];
  await shown();
  gate.answer('keep');
  expect(gate.departure).toBe(departure);
  gate.answer('send');
  expect([await one, await two]).toEqual(['declined', undefined]);
});
