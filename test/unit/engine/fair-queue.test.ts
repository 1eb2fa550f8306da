/** Facts about the line in which tabs wait for the one engine. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createFairQueue } from '../../../src/engine/tabs/fair-queue';
import { settle } from '../../fakes/fake-clock';

const never = new AbortController().signal;

/** Serves whoever comes next, one after the other; `arrivals` are tabs in the order they ask. */
async function serve(arrivals: readonly string[]): Promise<string[]> {
  const queue = createFairQueue();
  const served: string[] = [];
  const leave = await queue.enter('first', never);
  const all = arrivals.map(async (tab) => {
    const out = await queue.enter(tab, never);
    served.push(tab);
    await settle();
    out();
  });
  leave();
  await Promise.all(all);
  return served;
}

test('a tab that asks much does not keep the others waiting', async () => {
  expect(await serve(['a', 'a', 'a', 'b', 'c', 'b'])).toEqual(['a', 'b', 'c', 'a', 'b', 'a']);
});

test('no request waits for more than one other of each tab per request of its own that is ahead', async () => {
  const tabs = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(tabs, async (arrivals) => {
      const served = await serve(arrivals);
      expect(served.toSorted()).toEqual(arrivals.toSorted());
      for (const tab of new Set(arrivals)) {
        const places = served.flatMap((each, at) => (each === tab ? [at] : []));
        for (const [nth, place] of places.entries()) {
          const ahead = served.slice(nth === 0 ? 0 : places[nth - 1]! + 1, place);
          expect(ahead.length).toBe(new Set(ahead).size);
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('who gives up in line keeps nobody waiting, and who leaves twice lets one in', async () => {
  const queue = createFairQueue();
  const leave = await queue.enter('a', never);
  const stop = new AbortController();
  const gone = queue.enter('b', stop.signal);
  let isIn = 0;
  const enter = async (tab: string) => {
    await queue.enter(tab, never);
    isIn++;
  };
  void enter('c');
  void enter('d');
  stop.abort();
  await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
  leave();
  leave();
  await settle();
  expect(isIn).toBe(1);
  await expect(queue.enter('e', AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
});
