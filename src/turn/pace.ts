/** Sets the pace at which chunks reach the eye: one update per frame, however fast the engine is. */

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves at the next frame; in a hidden tab, where there are none, within a quarter of a second; at once when `signal` is aborted. */
  frame(signal: AbortSignal): Promise<void>;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** The items of `source`, those that came within a frame together; nothing is held back at the end or at an error. */
export async function* perFrame<T>(source: AsyncIterable<T>, clock: Clock): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let failure: { error: unknown } | undefined;
  let arrived = Promise.withResolvers<void>();
  const over = new AbortController();
  const isDone = () => over.signal.aborted;
  const iterator = source[Symbol.asyncIterator]();

  const pump = async () => {
    try {
      for (;;) {
        const { done, value } = await iterator.next();
        if (done) break;
        batch.push(value);
        arrived.resolve();
      }
    } catch (error) {
      failure = { error };
    } finally {
      over.abort();
      arrived.resolve();
    }
  };

  try {
    void pump();
    while (!isDone() || batch.length > 0) {
      await arrived.promise;
      if (!isDone()) await clock.frame(over.signal);
      const taken = batch;
      batch = [];
      if (!isDone()) arrived = Promise.withResolvers<void>();
      if (taken.length > 0) yield taken;
    }
    if (failure) throw failure.error;
  } finally {
    if (!isDone()) void iterator.return?.().catch(() => undefined);
  }
}
