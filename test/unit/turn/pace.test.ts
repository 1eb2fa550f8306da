/** Facts about the pace: at most one batch a frame, and nothing is lost whenever chunks come. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { perFrame } from '../../../src/turn/pace';
import { createFakeClock, settle, type FakeClock } from '../../fakes/fake-clock';

const never = new AbortController().signal;

/** The numbers from 0, each after its wait; then `end` throws or does nothing. */
async function* numbers(clock: FakeClock, waitsMs: readonly number[], end: () => void = () => {}) {
  for (const [at, ms] of waitsMs.entries()) {
    if (ms > 0) await clock.wait(ms, never);
    yield at;
  }
  end();
}

const fail = () => {
  throw new Error('after the last');
};

async function collect<T>(source: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of source) into.push(item);
  return into;
}

test('chunks that come within a frame come together', async () => {
  const clock = createFakeClock();
  const batches = await clock.drive(collect(perFrame(numbers(clock, [0, 0, 0, 40, 0]), clock)));
  expect(batches).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
});

test('a thousand chunks in a second are at most one update per frame', async () => {
  const clock = createFakeClock({ frameMs: 16 });
  const waits = Array.from({ length: 1_000 }, () => 1);
  const batches = await clock.drive(collect(perFrame(numbers(clock, waits), clock)));
  expect(batches.length).toBeLessThanOrEqual(1_000 / 16 + 2);
  expect(batches.flat()).toHaveLength(1_000);
});

test('whatever the schedule, the batches together are the source, and none is empty', async () => {
  const schedule = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(schedule, fc.integer({ min: 1, max: 300 }), async (waits, frameMs) => {
      const clock = createFakeClock({ frameMs });
      const batches = await clock.drive(collect(perFrame(numbers(clock, waits), clock)));
      expect(batches.flat()).toEqual([...waits.keys()]);
      expect(batches.every((batch) => batch.length > 0)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('whatever the schedule, an error comes after everything before it', async () => {
  const schedule = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(schedule, async (waits) => {
      const clock = createFakeClock();
      const batches: number[][] = [];
      const done = collect(perFrame(numbers(clock, waits, fail), clock), batches);
      await expect(clock.drive(done)).rejects.toThrow('after the last');
      expect(batches.flat()).toEqual([...waits.keys()]);
    }),
    { numRuns: 30 },
  );
});

test('the end ends the frame that is waited for', async () => {
  const clock = createFakeClock({ frameMs: 250 });
  expect(await clock.drive(collect(perFrame(numbers(clock, [0, 20]), clock)))).toEqual([[0, 1]]);
  expect(clock.now()).toBe(createFakeClock().now() + 20);
});

test('the end does not wait for a frame', async () => {
  const clock = createFakeClock({ frameMs: 250 });
  const startedAt = clock.now();
  await clock.drive(collect(perFrame(numbers(clock, []), clock)));
  expect(clock.now()).toBe(startedAt);
});

describe('leaving early', () => {
  test('ends the source', async () => {
    const clock = createFakeClock();
    let isEnded = false;
    const source = async function* () {
      try {
        for (let at = 0; ; at++) {
          await clock.wait(5, never);
          yield at;
        }
      } finally {
        isEnded = true;
      }
    };
    const leave = async () => {
      for await (const batch of perFrame(source(), clock)) if (batch.includes(3)) break;
    };
    await clock.drive(leave());
    await clock.advance(10);
    expect(isEnded).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('of a source that fails while it is ended is no unhandled rejection', async () => {
    const clock = createFakeClock();
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: () => clock.wait(5, never).then(() => ({ done: false as const, value: 1 })),
        return: () => Promise.reject(new Error('could not be ended')),
      }),
    };
    const leave = async () => {
      for await (const _ of perFrame(source, clock)) break;
    };
    await clock.drive(leave());
    await settle();
  });
});
