/** Asks a place for a file or a range of it, and takes what comes if it has exactly the length that was promised. */
import { Fault } from '../kernel/fault';
import type { Request } from '../kernel/network';

/** A range is as large as comes in about a second: one that takes this long is given up, and so is a body that brings nothing. */
const STALL_MS = 30_000;

/** An answer with a body, of the range or of the whole of a file of `sizeBytes`. Faults: `shard_http_404`, `shard_http`, `model_file`, and those of a request. */
export async function connect(
  url: string,
  range: readonly [from: number, to: number] | undefined,
  sizeBytes: number | undefined,
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
    if (status !== 206 || total === undefined || Number(total) === sizeBytes) return response;
  }
  response.body?.cancel().catch(() => undefined);
  if (status === 404 || status === 410) throw new Fault('shard_http_404', url);
  if (status === 416) throw new Fault('model_file', `not as long as promised: ${url}`);
  if (!response.ok) throw new Fault('shard_http', `${status} for ${url}`);
  throw new Fault('model_file', status === 206 ? `another file by now: ${url}` : `no model file at ${url}`);
}

/**
 * The body, of exactly `sizeBytes`, as a Blob. Where the answer says that it has this length the browser takes it to where Blobs are, and no
 * byte of it passes through the page: half the time, and no garbage.
 * Faults: `model_file` where it has another length, `unreachable` where it stalls.
 */
export async function takeBody(response: Response, sizeBytes: number, signal: AbortSignal): Promise<Blob> {
  if (Number(response.headers.get('Content-Length')) === sizeBytes) {
    const content = await orStall(response.blob());
    signal.throwIfAborted();
    if (content.size === sizeBytes) return content;
    throw new Fault('model_file', `${content.size} bytes, not ${sizeBytes}: ${response.url}`);
  }
  const parts: Uint8Array<ArrayBuffer>[] = [];
  await read(response, signal, sizeBytes, (part) => void parts.push(part));
  return new Blob(parts);
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

/** All bytes of a body that has exactly `sizeBytes`, as they come. Faults as of `takeBody`. */
export async function read(
  response: Response,
  signal: AbortSignal,
  sizeBytes: number,
  onPart: (part: Uint8Array<ArrayBuffer>) => void | Promise<void>,
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
