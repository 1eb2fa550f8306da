/** Facts about the page's clock, where they can be seen without a page. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { browserClock } from '../../../src/turn/browser-clock';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const within = async (work: Promise<void>, ms: number): Promise<boolean> => {
  let isDone = false;
  void work.then(() => (isDone = true));
  await vi.advanceTimersByTimeAsync(ms);
  return isDone;
};

test('a frame in a tab that has none comes after a quarter of a second', async () => {
  const cancelled: number[] = [];
  vi.stubGlobal('requestAnimationFrame', () => 7);
  vi.stubGlobal('cancelAnimationFrame', (id: number) => cancelled.push(id));
  const frame = browserClock.frame(new AbortController().signal);
  expect(await within(frame, 240)).toBe(false);
  expect(await within(frame, 10)).toBe(true);
  expect(cancelled).toEqual([7]);
});

test('a frame leaves no timer', async () => {
  vi.stubGlobal('requestAnimationFrame', (run: () => void) => void setTimeout(run, 16));
  vi.stubGlobal('cancelAnimationFrame', () => {});
  expect(await within(browserClock.frame(new AbortController().signal), 16)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a wait takes its time', async () => {
  const wait = browserClock.wait(1_000, new AbortController().signal);
  expect(await within(wait, 999)).toBe(false);
  expect(await within(wait, 1)).toBe(true);
});

test('a wait that is aborted ends at once and leaves no timer', async () => {
  const stop = new AbortController();
  const wait = browserClock.wait(1_000, stop.signal);
  stop.abort();
  expect(await within(wait, 0)).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});

test('a wait whose signal was aborted before ends at once', async () => {
  expect(await within(browserClock.wait(1_000, AbortSignal.abort()), 1)).toBe(true);
});
