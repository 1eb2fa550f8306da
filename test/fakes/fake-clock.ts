/** A clock that stands still until a test moves it. */
import './with-resolvers';
import type { Clock } from '../../src/turn/pace';

export interface FakeClock extends Clock {
  /** Timers and frames that have not fired. */
  readonly pending: number;
  /** Moves on by `ms`: what is due fires in order, and what it sets off runs before the next does. */
  advance(ms: number): Promise<void>;
  /** Moves from timer to timer until `work` is settled; rejects where nothing is left that could settle it. */
  drive<T>(work: Promise<T>): Promise<T>;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** Lets everything run that needs no timer: a task of the event loop comes after all microtasks. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function createFakeClock({ frameMs = 16, startMs = 1_000_000 } = {}): FakeClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();

  const set = (ms: number, fire: () => void): Timer => {
    const timer = { at: nowMs + ms, fire };
    timers.add(timer);
    return timer;
  };
  /** Fires the earliest timer that is due by `limitMs`; timers of one time fire in the order they were set. */
  const fireNext = (limitMs: number): boolean => {
    const [next] = [...timers].sort((a, b) => a.at - b.at);
    if (!next || next.at > limitMs) return false;
    timers.delete(next);
    nowMs = next.at;
    next.fire();
    return true;
  };

  const wait: Clock['wait'] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const leave = () => {
        timers.delete(timer);
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const timer = set(ms, leave);
      signal.addEventListener('abort', leave, { once: true });
    });

  return {
    get pending() {
      return timers.size;
    },
    now: () => nowMs,
    frame: (signal) => wait(frameMs, signal),
    wait,
    async advance(ms) {
      const endMs = nowMs + ms;
      await settle();
      while (fireNext(endMs)) await settle();
      nowMs = endMs;
      // What one tab tells another takes a few tasks.
      for (let task = 0; task < 5; task++) await settle();
    },
    async drive(work) {
      let isSettled = false;
      const note = () => (isSettled = true);
      work.then(note, note);
      for (let quiet = 0; quiet < 10;) {
        await settle();
        if (isSettled) return work;
        quiet = fireNext(Infinity) ? 0 : quiet + 1;
      }
      throw new Error('Nothing is left that could settle this.');
    },
  };
}
