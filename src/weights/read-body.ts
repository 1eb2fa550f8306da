/** Asks a place for a file or a range of it, and reads what comes to exactly the length that was promised. */
import { Fault } from '../kernel/fault';
import type { Request } from '../kernel/network';

/** A connection that brings nothing for this long is given up. */
const STALL_MS = 30_000;

/** An answer with a body, of the range or of the whole. Faults: `shard_http_404`, `shard_http`, `model_file`, and those of a request. */
export async function connect(
  url: string,
  range: readonly [from: number, to: number] | undefined,
  signal: AbortSignal,
  request: Request,
): Promise<Response> {
  const headers = range ? { Range: `bytes=${range[0]}-${range[1] - 1}` } : {};
  const response = await request(url, { signal, headers });
  const { status } = response;
  const isFine =
    response.ok && response.body !== null && !response.headers.get('Content-Type')?.includes('text/html');
  if (isFine) {
    const total = /\/(\d+)$/.exec(response.headers.get('Content-Range') ?? '')?.[1];
    if (status !== 206 || !range || total === undefined || Number(total) >= range[1]) return response;
  }
  response.body?.cancel().catch(() => undefined);
  if (status === 404 || status === 410) throw new Fault('shard_http_404', url);
  if (status === 416) throw new Fault('model_file', `shorter than promised: ${url}`);
  if (!response.ok) throw new Fault('shard_http', `${status} for ${url}`);
  throw new Fault('model_file', `no model file at ${url}`);
}

/**
 * Fills `buffer` from `filled` on with a body of exactly that many bytes, and gives the buffer back. Where the browser reads into our own
 * memory nothing is left for the garbage collector, which is in no hurry.
 * Faults: `model_file` where the body has another length, `unreachable` where it stalls.
 */
export async function fill(
  response: Response,
  signal: AbortSignal,
  buffer: Uint8Array<ArrayBuffer>,
  filled: number,
  onCount: (count: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = byteReaderOf(response);
  const sizeBytes = buffer.length - filled;
  if (!reader) {
    let at = filled;
    await read(response, signal, sizeBytes, (part) => {
      buffer.set(part, at);
      at += part.length;
      onCount(part.length);
    });
    return buffer;
  }
  const { length } = buffer;
  let own = buffer;
  try {
    for (let at = filled; at < length;) {
      const { done, value } = await orStall(reader.read(own.subarray(at)));
      signal.throwIfAborted();
      if (!value) throw new Fault('cancelled');
      own = new Uint8Array(value.buffer, 0, length);
      if (done) throw new Fault('model_file', `${at} bytes, not ${length}: ${response.url}`);
      at += value.length;
      onCount(value.length);
    }
    const { done } = await orStall(reader.read(new Uint8Array(1)));
    if (!done) throw new Fault('model_file', `longer than promised: ${response.url}`);
    return own;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** Not every body is a stream of bytes: https://developer.mozilla.org/docs/Web/API/ReadableStreamBYOBReader */
function byteReaderOf({ body }: Response): ReadableStreamBYOBReader | undefined {
  try {
    return body?.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
}

async function orStall<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Fault('unreachable', 'nothing came for 30 s')), STALL_MS);
  });
  try {
    return await Promise.race([work, stalled]);
  } finally {
    clearTimeout(timer);
  }
}

/** All bytes of a body that has exactly `sizeBytes`. Faults as of `fill`. */
export async function read(
  response: Response,
  signal: AbortSignal,
  sizeBytes: number,
  onPart: (part: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const reader = response.body!.getReader();
  let doneBytes = 0;
  try {
    for (;;) {
      const { done, value } = await orStall(reader.read());
      signal.throwIfAborted();
      if (done) break;
      doneBytes += value.length;
      if (doneBytes > sizeBytes) throw new Fault('model_file', `longer than promised: ${response.url}`);
      await onPart(value);
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (doneBytes < sizeBytes)
    throw new Fault('model_file', `${doneBytes} bytes, not ${sizeBytes}: ${response.url}`);
}
