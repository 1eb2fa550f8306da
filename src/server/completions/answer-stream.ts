/** An answer as a stream: passed on event by event, and booked before its end is passed on. */
import { keepFailure, replyOf, settleDone, settleFailed, type Call } from './call';
import { CompletionError, errorBodyOf, type CompletionProblem } from './completion-error';
import { relayEvents, type Relayed, type StreamReading } from './relay-events';
import { UpstreamFailure } from './upstream-failure';

export const EVENT_STREAM = 'text/event-stream; charset=utf-8';
/** What the vendor may still take to end its response after `[DONE]`; then its connection can be used again. */
const TAIL_MS = 1_000;
const MAX_REPLAY_BYTES = 4_194_304;

/**
 * Resolves once there is something to pass on; throws `CompletionError` before that. The stream itself never fails: where the
 * vendor's breaks off, it ends with an error event in place of `[DONE]`.
 */
export async function answerStream(
  call: Call,
  send: () => Promise<AsyncIterable<Uint8Array>>,
  passesUsage: boolean,
): Promise<ReadableStream<Uint8Array>> {
  const reading: StreamReading = { chunkCount: 0, usage: undefined };
  let failed: Promise<CompletionProblem> | undefined;
  /** Whatever fails first counts: an abort is seen by the signal, by the read under way and by the client's side. */
  const fail = (failure: UpstreamFailure): Promise<CompletionProblem> => {
    failed ??= settleFailed(call, failure, reading.usage, reading.chunkCount);
    if (call.end.hasClientLeft()) void call.claim.drop();
    return failed;
  };
  let events: AsyncGenerator<Relayed>;
  let first: IteratorResult<Relayed>;
  try {
    events = relayEvents(await send(), reading, passesUsage);
    first = await events.next();
    call.hold.noteFirstChunk();
  } catch (error) {
    if (error instanceof CompletionError) {
      await call.claim.drop();
      call.end.dispose();
      throw error;
    }
    const failure = failureIn(error);
    const problem = await fail(failure);
    await keepFailure(call, failure);
    call.end.dispose();
    throw new CompletionError(problem);
  }

  const record = createRecord(call);
  let next: Promise<IteratorResult<Relayed>> | undefined = Promise.resolve(first);
  /** A client that leaves while it is slow to read has no read under way that could fail. */
  const onEnd = () => void fail(new UpstreamFailure('aborted', 'billed'));
  call.end.signal.addEventListener('abort', onEnd, { once: true });
  const close = (): void => {
    call.end.signal.removeEventListener('abort', onEnd);
    call.end.dispose();
  };

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value } = await (next ?? events.next());
        next = undefined;
        if (!value) throw new UpstreamFailure('incomplete', 'billed');
        if (value.kind === 'done') await settleDone(call, reading.usage, reading.chunkCount);
        record.add(value.bytes);
        // Before the end is passed on: whoever has it may repeat the request at once.
        if (value.kind === 'done') await record.keep();
        controller.enqueue(value.bytes);
        if (value.kind === 'more') return;
        close();
        controller.close();
        void finish(events, call);
      } catch (error) {
        const problem = await fail(failureIn(error));
        close();
        if (call.end.hasClientLeft()) return;
        const bytes = Buffer.from(`data: ${JSON.stringify(errorBodyOf(problem))}\n\n`);
        record.add(bytes);
        await record.keep();
        controller.enqueue(bytes);
        controller.close();
      }
    },
    async cancel() {
      call.end.leave();
      await fail(new UpstreamFailure('aborted', 'billed'));
      close();
    },
  });
}

/** Reads to the end what follows `[DONE]`, which is nothing; else gives the connection up. */
async function finish(events: AsyncGenerator<Relayed>, { end }: Call): Promise<void> {
  const timer = setTimeout(() => end.leave(), TAIL_MS);
  await events.next().catch(() => undefined);
  clearTimeout(timer);
}

function failureIn(error: unknown): UpstreamFailure {
  return error instanceof UpstreamFailure ? error : new UpstreamFailure('invalid', 'billed');
}

/** What was sent, for a repeat of the request; nothing is gathered where none can come. */
function createRecord(call: Call) {
  const { claim } = call;
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  return {
    add(part: Uint8Array): void {
      sizeBytes += part.length;
      if (claim.hash === undefined) return;
      if (sizeBytes <= MAX_REPLAY_BYTES) parts.push(part);
      else parts.length = 0;
    },
    async keep(): Promise<void> {
      if (claim.hash !== undefined && sizeBytes <= MAX_REPLAY_BYTES) {
        await claim.keep(replyOf(call, 200, EVENT_STREAM, Buffer.concat(parts)));
      } else {
        await claim.drop();
      }
    },
  };
}
