/** Two hundred streams for a long time, with clients that vanish: memory stays flat, and nobody's stream outlives them. */
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PRICES } from '../../src/meter/price';
import type { FakeBook } from '../fakes/openai/fake-books';
import { askSite, createRandom, disagreementsOf, unbilledOf, type Seen } from './ask-site';
import { IS_LONG, openSite, type Site } from './site';

const SOAK_MS = IS_LONG ? 600_000 : 30_000;
const STREAMS = 200;
const SEED = 11;
/** A stream is 50 chunks, and so takes at least six seconds. */
const CHUNK_MS = 120;
const ANSWER = 'word '.repeat(50).trim();
const VANISHING_SHARE = 0.5;
const LATEST_VANISHING_MS = 8_000;
const MOST_OUTLIVING_MS = 1_000;
/** V8 lets garbage lie as long as there is room, for minutes: with little room, what grows is what is kept. */
const SMALL_HEAP = '--max-old-space-size=64 --max-semi-space-size=4';
/** Until the heap has its size, more of it is no leak. */
const WARM_UP_SHARE = IS_LONG ? 0.2 : 0.4;
const SAMPLE_MS = 1_000;
/** A leak of one kilobyte a stream would be some 2 MB a minute; half a minute shows no less than the collector's own ups and downs. */
const MOST_SLOPE_MB_PER_MIN = IS_LONG ? 3 : 60;
const MB = 1_048_576;

let site: Site;
beforeEach(async () => {
  site = await openSite({ env: { NODE_OPTIONS: SMALL_HEAP } });
  site.fake.behave({ kind: 'answer', delayMs: CHUNK_MS, text: ANSWER });
});
afterEach(() => site.close());

test(
  `${STREAMS} streams for ${SOAK_MS / 1_000} s, of which half lose their client: flat memory, nothing left behind`,
  async () => {
    const endsAtMs = Date.now() + SOAK_MS;
    const random = createRandom(SEED);
    const seen: Seen[] = [];
    const leftAtMs = new Map<string, number>();
    const bookOf = collectBooks();
    const samples = sampleMemory(endsAtMs);
    await Promise.all(
      Array.from({ length: STREAMS }, async (_, client) => {
        // Not all in the same instant.
        await wait(random() * 2_000);
        for (let count = 0; Date.now() < endsAtMs; count++) {
          const text = `Client ${client} asks for the ${count + 1}th time.`;
          const leaving = leaveSometime(text, random, leftAtMs);
          const one = await askSite(site, { text, stream: true, signal: leaving.signal });
          leaving.dispose();
          if (one.isWhole || !leaving.signal.aborted) seen.push(one);
        }
      }),
    );
    await wait(MOST_OUTLIVING_MS);
    expect(site.fake.openStreams()).toBe(0);
    const books = await bookOf.stop();
    expectSlopeIsFlat(await samples);
    expectNoneOutlives(leftAtMs, books);
    await expectBooksToAgree(seen);
  },
  SOAK_MS + 120_000,
);

/** A signal that goes off in the middle of a stream, for some; when it did is written down. */
function leaveSometime(text: string, random: () => number, leftAtMs: Map<string, number>) {
  const controller = new AbortController();
  const afterMs = random() < VANISHING_SHARE ? random() * LATEST_VANISHING_MS : Infinity;
  const timer = Number.isFinite(afterMs)
    ? setTimeout(() => {
        leftAtMs.set(text, Date.now());
        controller.abort();
      }, afterMs)
    : undefined;
  return { signal: controller.signal, dispose: () => clearTimeout(timer) };
}

/** Finds each call's book by what was asked, while the vendor still has that. */
function collectBooks(): { stop(): Promise<ReadonlyMap<string, FakeBook>> } {
  const books = new Map<string, FakeBook>();
  let next = 0;
  const collect = () => {
    for (const all = site.fake.books(); next < all.length; next++) {
      const book = all[next];
      const text = book?.request?.messages.at(-1)?.content;
      if (book && typeof text === 'string') books.set(text, book);
    }
  };
  const timer = setInterval(collect, 100);
  return {
    async stop() {
      clearInterval(timer);
      collect();
      expect(books.size).toBe(site.fake.books().length);
      return books;
    },
  };
}

interface Sample {
  readonly minutes: number;
  readonly mb: number;
}

async function sampleMemory(endsAtMs: number): Promise<readonly Sample[]> {
  const beganAtMs = Date.now();
  const samples: Sample[] = [];
  while (Date.now() < endsAtMs) {
    samples.push({ minutes: (Date.now() - beganAtMs) / 60_000, mb: (await site.rssBytes()) / MB });
    await wait(SAMPLE_MS);
  }
  return samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
}

function expectSlopeIsFlat(samples: readonly Sample[]): void {
  const slope = slopeOf(samples);
  const mbs = samples.map(({ mb }) => mb);
  console.log(
    `RSS after the warm-up: ${slope.toFixed(2)} MB/min over ${samples.length} samples, ` +
      `from ${Math.min(...mbs).toFixed(0)} to ${Math.max(...mbs).toFixed(0)} MB`,
  );
  expect(samples.length).toBeGreaterThan(10);
  expect(slope).toBeLessThan(MOST_SLOPE_MB_PER_MIN);
}

/** By least squares. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  const minutes = mean(samples.map((sample) => sample.minutes));
  const mb = mean(samples.map((sample) => sample.mb));
  const shared = mean(samples.map((sample) => (sample.minutes - minutes) * (sample.mb - mb)));
  return shared / mean(samples.map((sample) => (sample.minutes - minutes) ** 2));
}

function expectNoneOutlives(
  leftAtMs: ReadonlyMap<string, number>,
  books: ReadonlyMap<string, FakeBook>,
): void {
  let longestMs = 0;
  let count = 0;
  const outliving = [...leftAtMs].filter(([text, atMs]) => {
    const book = books.get(text);
    // Its client was gone before it was sent, or had it whole.
    if (!book || book.end === 'done') return false;
    const tookMs = (book.leftAtMs ?? Infinity) - atMs;
    longestMs = Math.max(longestMs, tookMs);
    count++;
    return tookMs > MOST_OUTLIVING_MS;
  });
  console.log(`${count} clients vanished; the vendor's stream ended at most ${longestMs} ms later`);
  expect(outliving).toEqual([]);
  expect(count).toBeGreaterThan(STREAMS / 4);
}

async function expectBooksToAgree(seen: readonly Seen[]): Promise<void> {
  const [price] = PRICES;
  if (!price) throw new Error('There is no price.');
  const entries = await site.entries();
  const books = site.fake.books();
  const done = entries.filter(({ outcome }) => outcome === 'done');
  console.log(`${entries.length} calls, ${done.length} to their end; ${books.length} in the vendor's books`);
  expect(seen.filter(({ isWhole }) => !isWhole)).toEqual([]);
  expect(seen.length).toBeGreaterThan(STREAMS / 4);
  expect(disagreementsOf(seen, entries, books, price)).toEqual([]);
  expect(unbilledOf(entries, books)).toEqual([]);
  expect(entries.filter(({ state }) => state === 'held')).toEqual([]);
  expect(entries.filter(({ costNanoUsd, worstNanoUsd }) => costNanoUsd > worstNanoUsd)).toEqual([]);
  expect((await site.spend()).held_usd).toBe(0);
}
