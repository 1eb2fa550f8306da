/** Reads an engine's stream for one who may leave at any moment. */
import { untilAborted } from '../../kernel/queue';

/** Its items; rejects at once when `signal` aborts. `leave` is called however the reading ends. */
export async function* readStream<T>(
  stream: ReadableStream<T>,
  signal: AbortSignal,
  leave: () => void,
): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await untilAborted(reader.read(), signal);
      if (done) return;
      yield value;
    }
  } finally {
    leave();
    reader.cancel().catch(() => undefined);
  }
}
