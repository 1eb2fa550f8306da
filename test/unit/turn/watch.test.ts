/** Facts about what counts as a model that repeats itself, and as an engine that stalls. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { endsInRepetition, withoutStall } from '../../../src/turn/watch';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock';

describe('endsInRepetition', () => {
  test('sees a loop of any unit from 1 to 160 characters, wherever in the unit it is cut', () => {
    const word = fc.string({ minLength: 1, maxLength: 160, unit: 'grapheme-ascii' });
    fc.assert(
      fc.property(word, fc.string(), fc.nat(160), (unit, before, extra) => {
        const loop = unit.repeat(Math.ceil(1_600 / unit.length));
        expect(endsInRepetition(before + loop.slice(0, 1_300 + extra))).toBe(true);
      }),
    );
  });

  test.for([1, 2, 3, 7, 40, 79, 159, 160])('sees a loop of a unit of %d characters', (length) => {
    const unit = Array.from({ length }, (_, at) => String.fromCharCode(0x4e00 + at)).join('');
    const repeats = Math.max(8, Math.ceil(700 / length));
    expect(endsInRepetition(unit.repeat(repeats))).toBe(true);
    expect(endsInRepetition(unit.repeat(repeats - 1).slice(0, 699))).toBe(false);
  });

  test('a loop that something followed is over', () => {
    expect(endsInRepetition(`${'again '.repeat(300)}and then it went on`)).toBe(false);
  });

  test('long text of random words is none', () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 400, maxLength: 600 });
    fc.assert(
      fc.property(words, (list) => {
        // A generator that shrinks may say one word 400 times: that is a loop.
        fc.pre(new Set(list).size > 100);
        expect(endsInRepetition(list.map((word, at) => word + at).join(' '))).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test.for([
    ['a rule of dashes', `Title\n${'-'.repeat(600)}`],
    ['a table', `|${' --- |'.repeat(90)}`],
    ['a table of numbered rows', Array.from({ length: 60 }, (_, at) => `| ${at} | yes | no |`).join('\n')],
    ['code', Array.from({ length: 60 }, (_, at) => `    if (value === ${at}) return ${at * 7};`).join('\n')],
    [
      'a poem with a refrain',
      Array.from({ length: 12 }, (_, at) => `Verse ${at} of it.\nOh my, oh my!`).join('\n'),
    ],
    ['digits of 1/7 that were counted', Array.from({ length: 300 }, (_, at) => `${at}:142857`).join(' ')],
  ])('%s is none', ([, text]) => {
    expect(endsInRepetition(text ?? '')).toBe(false);
  });

  test('looks at no more than 1,280 characters and 160 units of a text, however long', () => {
    // Everything repeats with a period of 161, one more than is looked for: the dearest case.
    const unit = 'a'.repeat(160) + 'b';
    const counted = countingReads(unit.repeat(6_000));
    expect(endsInRepetition(counted.text)).toBe(false);
    expect(counted.reads).toBeLessThanOrEqual(2 * 160 * 1_280);
    expect(counted.earliest).toBeGreaterThanOrEqual(counted.text.length - 1_280);
  });
});

describe('withoutStall', () => {
  test('passes on every item, and leaves no timer', async () => {
    const { clock, done, stalls } = watch(async function* () {
      yield* [1, 2, 3];
    });
    expect(await clock.drive(done)).toEqual([1, 2, 3]);
    expect(stalls()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('passes on the error of its source', async () => {
    const { clock, done } = watch(async function* () {
      yield 1;
      throw new Fault('worker_gone');
    });
    await expect(clock.drive(done)).rejects.toMatchObject({ code: 'worker_gone' });
    expect(clock.pending).toBe(0);
  });

  test('a source that neither goes on nor can be ended is the fault stalled all the same', async () => {
    let isReturned = false;
    const { clock, done, stalls } = watch(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: () => {
          isReturned = true;
          return new Promise<never>(() => {});
        },
      }),
    }));
    await expect(clock.drive(done)).rejects.toMatchObject({ code: 'stalled' });
    expect(stalls()).toBe(1);
    expect(isReturned).toBe(true);
  });

  test('a source that fails after it stalled is no unhandled rejection', async () => {
    const { clock, done } = watch(async function* (clock) {
      await clock.wait(2_000, new AbortController().signal);
      yield await Promise.reject(new Error('late'));
    });
    await expect(clock.drive(done)).rejects.toMatchObject({ code: 'stalled' });
    await clock.advance(2_000);
  });
});

/** Watches `source` and collects what comes through. */
function watch<T>(source: (clock: FakeClock) => AsyncIterable<T>) {
  const clock = createFakeClock();
  let stalls = 0;
  const watched = withoutStall(source(clock), {
    limitMs: () => 1_000,
    clock,
    onStall: () => void stalls++,
  });
  const collect = async () => {
    const items: T[] = [];
    for await (const item of watched) items.push(item);
    return items;
  };
  return { clock, done: collect(), stalls: () => stalls };
}

/** A string that counts how often its characters are read. */
function countingReads(value: string): { text: string; readonly reads: number; readonly earliest: number } {
  let reads = 0;
  let earliest = Infinity;
  const text = new Proxy(Object(value) as object, {
    get: (_, key) => {
      if (key === 'length') return value.length;
      reads++;
      earliest = Math.min(earliest, Number(key));
      return value[Number(key)];
    },
  }) as unknown as string;
  return {
    text,
    get reads() {
      return reads;
    },
    get earliest() {
      return earliest;
    },
  };
}
