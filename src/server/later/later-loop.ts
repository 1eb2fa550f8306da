/** Keeps doing what is due, and sleeps in between. */
import type { Log } from '../log';
import type { LaterWork } from './later-work';

export interface LaterLoop {
  /** Something may be due earlier than was thought. */
  wake(): void;
  /** Ends once the step under way has. */
  stop(): Promise<void>;
}

export interface LaterLoopOptions {
  readonly work: Pick<LaterWork, 'step'>;
  readonly now: () => number;
  /** Resolves after `ms`, or when aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly log: Log;
}

const AFTER_FAILURE_MS = 5_000;

export function createLaterLoop({ work, now, wait, log }: LaterLoopOptions): LaterLoop {
  let isStopped = false;
  let isWoken = false;
  let sleep = new AbortController();

  async function run(): Promise<void> {
    while (!isStopped) {
      isWoken = false;
      const dueAtMs = await work.step().catch((error: unknown) => {
        log.error(`the questions for later could not be worked on: ${String(error)}`);
        return now() + AFTER_FAILURE_MS;
      });
      if (isWoken || isStopped) continue;
      sleep = new AbortController();
      await wait(Math.max(0, dueAtMs - now()), sleep.signal);
    }
  }

  const running = run();
  const wake = () => {
    isWoken = true;
    sleep.abort();
  };
  return {
    wake,
    async stop() {
      isStopped = true;
      wake();
      await running;
    },
  };
}
