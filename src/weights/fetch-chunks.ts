/** Fetches the chunks of a file that are missing: several ranges at once, each taken up again where it broke off. */
import { Fault, faultOf } from '../kernel/fault';
import type { Request } from '../kernel/network';
import { CHUNK_BYTES, chunkLength } from './chunk-store';
import { connect, fill, read } from './read-body';

const PARALLEL = 3;
/** How often in a row a place may fail without a byte having come. */
const TRIES = 6;
const FIRST_WAIT_MS = 250;

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
  /** Takes a chunk, whose memory is used again once it is done; what it throws counts as a failure of the place where the fault is `integrity`, else it ends everything. */
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

/** Memory of one connection, used for chunk after chunk: the garbage collector is in no hurry to free what is large. */
interface Lane {
  memory: ArrayBuffer;
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
    const lane: Lane = { memory: new ArrayBuffer(Math.min(CHUNK_BYTES, wanted.sizeBytes)) };
    for (let index = next(); index !== undefined; index = next()) {
      taken.add(index);
      await fetchOne(url, index, lane, missing, { ...wanted, signal }, deps, setRanged);
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
  lane: Lane,
  missing: Set<number>,
  wanted: ChunksWanted,
  deps: FetchDeps,
  setRanged: (isRanged: boolean) => void,
): Promise<void> {
  const { sizeBytes, signal, onBytes } = wanted;
  let buffer = new Uint8Array(lane.memory, 0, chunkLength(sizeBytes, index));
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
        lane.memory = buffer.buffer;
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
        lane.memory = new ArrayBuffer(Math.min(CHUNK_BYTES, sizeBytes));
        buffer = new Uint8Array(lane.memory, 0, chunkLength(sizeBytes, index));
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

/** A failure that may not come again. */
function isPassing({ code, detail }: Fault): boolean {
  if (code === 'shard_http') return /^(?:408|425|429|5\d\d)\b/.test(detail ?? '');
  return code === 'unreachable' || code === 'integrity';
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
