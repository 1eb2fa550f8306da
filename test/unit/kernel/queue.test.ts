/** Facts about the queue before an engine: order, and leaving it while one waits. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createQueue, untilAborted } from '../../../src/kernel/queue';
import { settle } from '../../fakes/fake-clock';
import '../../fakes/with-resolvers';

const never = () => new AbortController().signal;

describe('a queue', () => {
  test('lets one through at a time, in the order they came', async () => {
    const queue = createQueue();
    const events: string[] = [];
    const run = async (name: string) => {
      const leave = await queue.enter(never());
      events.push(`${name} in`);
      await settle();
      events.push(`${name} out`);
      leave();
    };
    await Promise.all(['a', 'b', 'c'].map(run));
    expect(events).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
  });

  test('lets the first through at once', async () => {
    await expect(createQueue().enter(never())).resolves.toBeTypeOf('function');
  });

  test('one that is cancelled while it waits leaves at once; the next still waits for the first', async () => {
    const queue = createQueue();
    const leave = await queue.enter(never());
    const stop = new AbortController();
    const waiting = queue.enter(stop.signal);
    let isThirdIn = false;
    const third = queue.enter(never()).then(() => (isThirdIn = true));
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    await settle();
    expect(isThirdIn).toBe(false);
    leave();
    expect(await third).toBe(true);
  });

  test('one that was cancelled before it came does not get in, and holds up nobody', async () => {
    const queue = createQueue();
    await expect(queue.enter(AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    await expect(queue.enter(never())).resolves.toBeTypeOf('function');
  });

  test('one that leaves twice lets no second one in', async () => {
    const queue = createQueue();
    const leave = await queue.enter(never());
    leave();
    leave();
    await queue.enter(never());
    let isIn = false;
    void queue.enter(never()).then(() => (isIn = true));
    await settle();
    expect(isIn).toBe(false);
  });

  test('whoever is cancelled, never two are in it and nobody waits for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (cancels) => {
        const queue = createQueue();
        let inside = 0;
        const order: number[] = [];
        const runs = cancels.map(async (isCancelled, at) => {
          const stop = new AbortController();
          const entering = queue.enter(stop.signal);
          if (isCancelled) stop.abort();
          const leave = await entering.catch(() => undefined);
          if (!leave) return;
          expect(++inside).toBe(1);
          await settle();
          order.push(at);
          inside--;
          leave();
        });
        await Promise.all(runs);
        // One whose turn it was at once may be in before it is cancelled.
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order).toEqual(expect.arrayContaining([...cancels.keys()].filter((at) => !cancels[at])));
      }),
      { numRuns: 50 },
    );
  });
});

describe('untilAborted', () => {
  test('brings what the promise brings, or its error', async () => {
    expect(await untilAborted(Promise.resolve(7), never())).toBe(7);
    expect(await untilAborted(Promise.resolve(7), undefined)).toBe(7);
    await expect(untilAborted(Promise.reject(new Error('no')), never())).rejects.toThrow('no');
  });

  test('is cancelled by the signal, and what fails after that is no unhandled rejection', async () => {
    const stop = new AbortController();
    const { promise, reject } = Promise.withResolvers<void>();
    const waiting = untilAborted(promise, stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    reject(new Error('late'));
    await settle();
  });

  test('leaves no listener on the signal', async () => {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (type: string, listener: EventListener) => {
      listeners.add(listener);
      add(type, listener);
    };
    signal.removeEventListener = (type: string, listener: EventListener) => {
      listeners.delete(listener);
      remove(type, listener);
    };
    await untilAborted(Promise.resolve(), signal);
    expect(listeners.size).toBe(0);
  });
});
