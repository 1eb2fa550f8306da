/** Fetches the chunks of a file that are missing: several ranges at once, each taken up again where it broke off. */
import { Fault, faultOf } from '../kernel/fault';
import type { Request } from '../kernel/network';
import { CHUNK_BYTES, chunkLength } from './chunk-store';

const PARALLEL = 3;
/** How often in a row a place may fail without a byte having come. */
const TRIES = 6;
const FIRST_WAIT_MS = 250;
/** A connection that brings nothing for this long is given up. */
const STALL_MS = 30_000;

export interface FetchDeps {
  readonly request: Request;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface ChunksWanted {
  /** The places that have the file, asked in turn. */
  readonly urls: readonly string[];
  readonly sizeBytes: number;
  readonly missing: readonly number[];
  readonly signal: AbortSignal;
  /** Takes a chunk; what it throws counts as a failure of the place where the fault is `integrity`, else it ends everything. */
  readonly onChunk: (index: number, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
  /** Bytes that came: more, or fewer where some are thrown away. */
  readonly onBytes: (delta: number) => void;
}

/** Faults: `shard_http_404`, `shard_http`, `model_file`, `integrity`, `quota`, and those of a request. */
export async function fetchChunks(wanted: ChunksWanted, deps: FetchDeps): Promise<void> {
  const missing = new Set(wanted.missing);
  let last: unknown;
  for (const url of wanted.urls) {
    try {
      return await fetchFrom(url, missing, wanted, deps);
    } catch (error) {
      last = error;
      // Another place does not help against these.
      if (
        ['cancelled', 'quota', 'storage_failed', 'offline', 'private'].includes(
          faultOf(error, 'unreachable').code,
        )
      )
        throw error;
    }
  }
  throw last;
}

async function fetchFrom(
  url: string,
  missing: Set<number>,
  wanted: ChunksWanted,
  deps: FetchDeps,
): Promise<void> {
  const one = new AbortController();
  const signal = AbortSignal.any([wanted.signal, one.signal]);
  const taken = new Set<number>();
  const next = () => [...missing].find((index) => !taken.has(index));
  /** More connections are opened once the server has shown that it knows ranges. */
  const { promise: isRanged, resolve: setRanged } = Promise.withResolvers<boolean>();

  const work = async () => {
    for (let index = next(); index !== undefined; index = next()) {
      taken.add(index);
      await fetchOne(url, index, missing, { ...wanted, signal }, deps, setRanged);
    }
  };
  const more = async () => {
    if (await isRanged) await work();
  };
  const first = work().finally(() => setRanged(false));
  const all = [first, ...Array.from({ length: PARALLEL - 1 }, more)];
  try {
    await Promise.all(all);
  } catch (error) {
    one.abort();
    await Promise.allSettled(all);
    throw error;
  }
}

/** Gets chunk `index`; from a server that ignores ranges, all that are missing. */
async function fetchOne(
  url: string,
  index: number,
  missing: Set<number>,
  wanted: ChunksWanted,
  deps: FetchDeps,
  setRanged: (isRanged: boolean) => void,
): Promise<void> {
  const { sizeBytes, signal, onBytes } = wanted;
  let buffer = new Uint8Array(chunkLength(sizeBytes, index));
  let filled = 0;
  let failures = 0;
  while (missing.has(index)) {
    const before = filled;
    try {
      const from = index * CHUNK_BYTES + filled;
      const to = index * CHUNK_BYTES + buffer.length;
      const isWhole = from === 0 && to === sizeBytes;
      const response = await connect(url, isWhole ? undefined : [from, to], signal, deps.request);
      if (response.status === 206 || isWhole) {
        setRanged(response.status === 206);
        buffer = await fill(response, signal, buffer, filled, (count) => {
          filled += count;
          onBytes(count);
        });
        filled = 0;
        await hand(index, buffer, missing, wanted);
      } else {
        onBytes(-filled);
        filled = 0;
        await readAll(response, missing, wanted);
      }
    } catch (error) {
      signal.throwIfAborted();
      const fault = faultOf(error, 'unreachable');
      if (!isPassing(fault)) throw fault;
      if (buffer.byteLength === 0) {
        // The browser had it when the body broke: what was in it is lost.
        onBytes(-filled);
        buffer = new Uint8Array(chunkLength(sizeBytes, index));
        failures = filled > before ? 0 : failures;
        filled = 0;
      }
      failures = filled > before ? 1 : failures + 1;
      if (failures >= TRIES || (fault.code === 'integrity' && failures > 1)) throw fault;
      await deps.wait(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + deps.random() / 2), signal);
    }
  }
}

async function hand(
  index: number,
  bytes: Uint8Array<ArrayBuffer>,
  missing: Set<number>,
  { onChunk, onBytes }: ChunksWanted,
): Promise<void> {
  try {
    await onChunk(index, bytes);
    missing.delete(index);
  } catch (error) {
    onBytes(-bytes.length);
    throw error;
  }
}

async function connect(
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

/** A failure that may not come again. */
function isPassing({ code, detail }: Fault): boolean {
  if (code === 'shard_http') return /^(?:408|425|429|5\d\d)\b/.test(detail ?? '');
  return code === 'unreachable' || code === 'integrity';
}

/**
 * Fills `buffer` from `filled` on with a body of exactly that many bytes, and gives the buffer back. Where the browser reads into our own
 * memory nothing is left for the garbage collector, which is in no hurry.
 * Faults: `model_file` where the body has another length, `unreachable` where it stalls.
 */
async function fill(
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
  let own = buffer;
  try {
    for (let at = filled; at < own.length;) {
      const { done, value } = await orStall(reader.read(own.subarray(at)));
      signal.throwIfAborted();
      if (!value) throw new Fault('cancelled');
      own = new Uint8Array(value.buffer);
      if (done) throw new Fault('model_file', `${at} bytes, not ${own.length}: ${response.url}`);
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
async function read(
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

/** The whole file in one body: chunks that are here already are passed over. */
async function readAll(response: Response, missing: Set<number>, wanted: ChunksWanted): Promise<void> {
  const { sizeBytes, signal, onBytes } = wanted;
  let index = 0;
  let filled = 0;
  let buffer = new Uint8Array(chunkLength(sizeBytes, 0));
  try {
    await read(response, signal, sizeBytes, async (part) => {
      for (let at = 0; at < part.length;) {
        const piece = part.subarray(at, at + buffer.length - filled);
        buffer.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        const isMissing = missing.has(index);
        if (isMissing) onBytes(piece.length);
        if (filled < buffer.length) continue;
        filled = 0;
        if (isMissing) await hand(index, buffer, missing, wanted);
        index++;
        buffer = new Uint8Array(chunkLength(sizeBytes, index));
      }
    });
  } finally {
    if (missing.has(index)) onBytes(-filled);
  }
}
