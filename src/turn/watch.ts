/** Watches an answer being made: an engine that stalls, and a model that says the same for ever. */
import { Fault } from '../kernel/fault';
import type { Clock } from './pace';

/** A unit of at most this many characters that is said over and over counts as repetition … */
const LONGEST_UNIT = 160;
/** … once it was said this often, and filled this many characters: a table of dashes is no loop. */
const FEWEST_REPEATS = 8;
const FEWEST_CHARACTERS = 700;

/** Whether `text` ends in a loop. Reads its last 1,280 characters at most. */
export function endsInRepetition(text: string): boolean {
  if (text.length < FEWEST_CHARACTERS) return false;
  for (let unit = 1; unit <= LONGEST_UNIT; unit++) {
    const span = Math.max(FEWEST_CHARACTERS, unit * FEWEST_REPEATS);
    if (span > text.length) return false;
    let at = text.length - 1;
    const end = text.length - span + unit;
    while (at >= end && text[at] === text[at - unit]) at--;
    if (at < end) return true;
  }
  return false;
}

/** The items of `source`; the fault `stalled` when none came for `limitMs()`, after `onStall` has done what it can. */
export async function* withoutStall<T>(
  source: AsyncIterable<T>,
  { limitMs, clock, onStall }: { limitMs: () => number; clock: Clock; onStall: () => void },
): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const timer = new AbortController();
      const stalled = waitSeen(limitMs(), clock, timer.signal).then(() => 'stalled' as const);
      const step = iterator.next();
      const first = await Promise.race([step, stalled]).finally(() => timer.abort());
      if (first === 'stalled') {
        step.catch(() => undefined);
        onStall();
        throw new Fault('stalled');
      }
      if (first.done) return;
      yield first.value;
    }
  } finally {
    // Not awaited: a source that stalls would not answer this either.
    void iterator.return?.().catch(() => undefined);
  }
}

/** While the page is in sight; one in the background may be put to sleep with its engine. */
async function waitSeen(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  do await clock.wait(ms, signal);
  while (globalThis.document?.visibilityState === 'hidden' && !signal.aborted);
}
