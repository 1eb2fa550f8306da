/** Facts about the line in which the turns of one engine wait. */
import { expect, test } from 'vitest';
import { enterLine, unlessAborted } from '../../../src/turn/line';
import { settle } from '../../fakes/fake-clock';

const never = () => new AbortController().signal;

test('the turns of one engine go one at a time, in the order they came', async () => {
  const events: string[] = [];
  const run = async (name: string) => {
    const leave = await enterLine('one', never());
    events.push(`${name} begins`);
    await settle();
    events.push(`${name} ends`);
    leave();
  };
  await Promise.all(['a', 'b', 'c'].map(run));
  expect(events).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('the turns of two engines do not wait for each other', async () => {
  const leave = await enterLine('left', never());
  await expect(enterLine('right', never())).resolves.toBeTypeOf('function');
  leave();
});

test('one that is stopped while it waits is gone at once and holds up nobody', async () => {
  const leave = await enterLine('stopped', never());
  const stop = new AbortController();
  const waiting = enterLine('stopped', stop.signal);
  let isThird = false;
  const third = enterLine('stopped', never()).then(() => (isThird = true));
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await settle();
  expect(isThird).toBe(false);
  leave();
  expect(await third).toBe(true);
});

test('unlessAborted brings what came, and its error', async () => {
  expect(await unlessAborted(Promise.resolve(7), never())).toBe(7);
  await expect(unlessAborted(Promise.reject(new Error('no')), never())).rejects.toThrow('no');
});
