/** Looks at the vendor's list of models now and then, and at the calendar: what is about to go is said in time. */
import type { Log } from '../log';
import type { ListedModel } from './read-models';
import type { Rotation } from './rotation';

export interface ModelsWatch {
  /** Now: the calendar, and the list where it is older than an hour (`isUrgent`: than a minute). Never rejects. */
  look(isUrgent?: boolean): Promise<void>;
  /** When the list was last read, and what kept it from being read since. */
  readonly lastRead: { readonly atMs: number | undefined; readonly problem: string | undefined };
  stop(): void;
}

export interface ModelsWatchOptions {
  readonly rotation: Rotation;
  readonly read: (signal: AbortSignal) => Promise<ReadonlyMap<string, ListedModel>>;
  readonly now: () => number;
  readonly log: Log;
  /** Calls `work` again and again until the function that it gives is called. */
  readonly repeat?: (work: () => void) => () => void;
}

const READ_EVERY_MS = 3_600_000;
const LOOK_EVERY_MS = 60_000;
const TIMEOUT_MS = 10_000;

export function createModelsWatch(options: ModelsWatchOptions): ModelsWatch {
  const { rotation, read, now, log, repeat = everyMinute } = options;
  const stopped = new AbortController();
  let triedAtMs = -Infinity;
  let atMs: number | undefined;
  let problem: string | undefined;

  async function look(isUrgent = false): Promise<void> {
    rotation.warn();
    if (now() - triedAtMs < (isUrgent ? LOOK_EVERY_MS : READ_EVERY_MS)) return;
    triedAtMs = now();
    try {
      const signal = AbortSignal.any([stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]);
      rotation.learn(await read(signal));
      atMs = now();
      problem = undefined;
      rotation.warn();
    } catch (error) {
      if (stopped.signal.aborted) return;
      const reason = error instanceof Error ? error.message : 'unknown';
      if (problem === undefined) log.warn('the vendor’s list of models cannot be read', { reason });
      problem = reason;
    }
  }

  const stop = repeat(() => void look());
  return {
    look,
    get lastRead() {
      return { atMs, problem };
    },
    stop() {
      stop();
      stopped.abort();
    },
  };
}

function everyMinute(work: () => void): () => void {
  const timer = setInterval(work, LOOK_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}
