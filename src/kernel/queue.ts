/** Lets one request at a time through, in the order they came. */
import { Fault } from './fault';

export interface Queue {
  /** Resolves when it is this caller's turn; call what it returns to leave. Faults: `cancelled`. */
  enter(signal: AbortSignal): Promise<() => void>;
}

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async enter(signal) {
      const ahead = last;
      let leave = () => {};
      const left = new Promise<void>((resolve) => (leave = resolve));
      last = Promise.all([ahead, left]);
      try {
        await untilAborted(ahead, signal);
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
  };
}

/** What `promise` brings, unless `signal` is aborted first: then the fault `cancelled`. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(new Fault('cancelled'));
  });
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
