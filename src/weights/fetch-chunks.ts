/** Fetches the chunks of a file that are missing: several ranges at once, each asked for again where it broke off. */
import { Fault, faultOf } from '../kernel/fault';
import type { Request } from '../kernel/network';
import { chunkLength } from './chunk-store';
import type { Pace } from './fetch-pace';
import { createPieces, type Chunk, type Pieces } from './pieces';
import { connect, read, takeBody } from './read-body';

const PARALLEL = 3;
/** How often in a row a connection may fail without a range having come. */
const TRIES = 6;
const FIRST_WAIT_MS = 250;
/** Another place does not help against these. */
const FINAL: ReadonlySet<Fault['code']> = new Set([
  'cancelled',
  'quota',
  'storage_failed',
  'offline',
  'private',
]);

export interface FetchDeps {
  readonly request: Request;
  /** From 0 to 1. */
  readonly random: () => number;
  /** In milliseconds. */
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface ChunksWanted {
  /** The places that have the file, asked in turn. */
  readonly urls: readonly string[];
  readonly sizeBytes: number;
  readonly missing: readonly number[];
  readonly pace: Pace;
  readonly signal: AbortSignal;
  /** Takes a chunk; what it throws counts as a failure of the place where the fault is `integrity`, else it ends everything. */
  readonly onChunk: (index: number, content: Blob) => Promise<void>;
  /** Bytes that came: more, or fewer where some are thrown away. */
  readonly onBytes: (delta: number) => void;
}

/** Faults: `shard_http_404`, `shard_http`, `model_file`, `integrity`, `quota`, and those of a request. */
export function fetchChunks(wanted: ChunksWanted, deps: FetchDeps): Promise<void> {
  const missing = new Set(wanted.missing);
  return inTurn(wanted.urls, (url) => fetchFrom({ ...wanted, url, missing, damaged: new Set() }, deps));
}

/** A file of which nobody said how long it is: a small one, fetched in one piece. Faults as of `fetchChunks`. */
export function fetchWhole(urls: readonly string[], signal: AbortSignal, deps: FetchDeps): Promise<Blob> {
  return inTurn(urls, async (url) => {
    for (let failures = 1; ; failures++) {
      try {
        return await (await connect(url, undefined, undefined, signal, deps.request)).blob();
      } catch (error) {
        await waitOrThrow(error, failures, signal, deps);
      }
    }
  });
}

/** What the first place that can brings. */
async function inTurn<T>(urls: readonly string[], work: (url: string) => Promise<T>): Promise<T> {
  let last: unknown;
  for (const url of urls) {
    try {
      return await work(url);
    } catch (error) {
      last = error;
      if (FINAL.has(faultOf(error, 'unreachable').code)) throw error;
    }
  }
  throw last;
}

/** One place, what is still missing, and which chunks came damaged from there. */
interface Place extends Omit<ChunksWanted, 'missing' | 'urls'> {
  readonly url: string;
  readonly missing: Set<number>;
  readonly damaged: Set<number>;
}

async function fetchFrom(place: Place, deps: FetchDeps): Promise<void> {
  const one = new AbortController();
  const signal = AbortSignal.any([place.signal, one.signal]);
  const pieces = createPieces(place.sizeBytes, place.missing);
  /** More connections are opened once the server has shown that it knows ranges. */
  const { promise: isRanged, resolve: setRanged } = Promise.withResolvers<boolean>();
  const connection = () => fetchPieces({ ...place, signal }, pieces, deps, setRanged);
  const more = async () => {
    if (await isRanged) await connection();
  };
  const all = [connection().finally(() => setRanged(false)), ...Array.from({ length: PARALLEL - 1 }, more)];
  try {
    await Promise.all(all);
  } catch (error) {
    one.abort();
    await Promise.allSettled(all);
    place.onBytes(-pieces.partBytes);
    throw error;
  }
}

/** One connection: takes piece after piece until none is left; from a server that ignores ranges, all that is missing. */
async function fetchPieces(
  place: Place,
  pieces: Pieces,
  deps: FetchDeps,
  setRanged: (isRanged: boolean) => void,
): Promise<void> {
  const { url, sizeBytes, signal, pace, missing, onBytes } = place;
  let failures = 0;
  for (let piece = pieces.take(pace.rangeBytes); piece; piece = pieces.take(pace.rangeBytes)) {
    try {
      const { from, to } = piece;
      const isWhole = from === 0 && to === sizeBytes;
      const startedAt = deps.now();
      const response = await connect(url, isWhole ? undefined : [from, to], sizeBytes, signal, deps.request);
      setRanged(response.status === 206);
      if (response.status !== 206 && !isWhole) {
        await takeAll(response, place);
        if (missing.size === 0) return;
        pieces.giveBack(piece);
        continue;
      }
      const content = await takeBody(response, to - from, signal);
      pace.took(to - from, deps.now() - startedAt);
      onBytes(to - from);
      failures = 0;
      const chunk = pieces.put(piece, content);
      if (chunk && !(await hand(chunk, place))) pieces.redo(chunk.index);
    } catch (error) {
      pace.broke();
      pieces.giveBack(piece);
      await waitOrThrow(error, ++failures, signal, deps);
    }
  }
}

/** Before the next try: longer each time. What cannot pass is thrown on, and so is what failed too often. */
async function waitOrThrow(
  error: unknown,
  failures: number,
  signal: AbortSignal,
  { wait, random }: FetchDeps,
): Promise<void> {
  signal.throwIfAborted();
  const fault = faultOf(error, 'unreachable');
  if (!isPassing(fault) || failures >= TRIES) throw fault;
  await wait(FIRST_WAIT_MS * 2 ** (failures - 1) * (0.5 + random() / 2), signal);
}

/** False where it is damaged: once that may be, then it is the fault `integrity`. */
async function hand({ index, content }: Chunk, place: Place): Promise<boolean> {
  const { missing, damaged, onChunk, onBytes } = place;
  try {
    await onChunk(index, content);
    missing.delete(index);
    return true;
  } catch (error) {
    onBytes(-content.size);
    if (faultOf(error, 'unreachable').code !== 'integrity' || damaged.has(index)) throw error;
    damaged.add(index);
    return false;
  }
}

/** A failure that may not come again. */
function isPassing({ code, detail }: Fault): boolean {
  if (code === 'shard_http') return /^(?:408|425|429|5\d\d)\b/.test(detail ?? '');
  return code === 'unreachable';
}

/** The whole file in one body: chunks that are here already are passed over. */
async function takeAll(response: Response, place: Place): Promise<void> {
  const { sizeBytes, signal, missing, onBytes } = place;
  let index = 0;
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let partBytes = 0;
  try {
    await read(response, signal, sizeBytes, async (part) => {
      for (let at = 0; at < part.length;) {
        const piece = part.subarray(at, at + chunkLength(sizeBytes, index) - partBytes);
        at += piece.length;
        partBytes += piece.length;
        const isMissing = missing.has(index);
        if (isMissing) {
          parts.push(piece);
          onBytes(piece.length);
        }
        if (partBytes < chunkLength(sizeBytes, index)) continue;
        const content = new Blob(parts);
        parts = [];
        partBytes = 0;
        if (isMissing) await hand({ index, content }, place);
        index++;
      }
    });
  } finally {
    if (missing.has(index)) onBytes(-partBytes);
  }
}
