/** Has the turns of one engine wait in line: one that waits for another's answer is not stalled. */
import { Fault } from '../kernel/fault';

/** Per engine, all who came so far. */
const lines = new Map<string, Promise<unknown>>();

/** Resolves when every turn that came before has left; call what it returns to leave. Faults: `cancelled`. */
export async function enterLine(engineId: string, signal: AbortSignal): Promise<() => void> {
  const ahead = lines.get(engineId);
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  lines.set(
    engineId,
    Promise.all([ahead, left]).then(() => undefined),
  );
  try {
    await unlessAborted(ahead, signal);
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

/** What `work` brings, unless `signal` is aborted first: then the fault `cancelled`. */
export async function unlessAborted<T>(work: T, signal: AbortSignal): Promise<Awaited<T>> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Fault('cancelled'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
