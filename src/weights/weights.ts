/** Model files on this device: fetched once, held to their digests, and taken up again wherever a fetch broke off. */
import { Fault, faultOf } from '../kernel/fault';
import type { KeyValue } from '../kernel/key-value';
import type { ModelFile } from '../kernel/model-file';
import { createQueue } from '../kernel/queue';
import { bytesHere, CHUNK_BYTES, createChunkStore, type FileRecord } from './chunk-store';
import { digestOf, sha256Of } from './digest';
import type { FetchDeps } from './fetch-chunks';
import { createFetchLock } from './fetch-lock';
import { createLetGo } from './let-go';
import { lfsDigestOf } from './lfs-pointer';
import { createPace } from './fetch-pace';

/** Each is in memory meanwhile. */
const CHECKED_AT_ONCE = 3;

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Bytes that are here or on their way, of all. They fall where something damaged is thrown away. */
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
  /** It was found damaged: it is read through even where that was done in this visit. */
  readonly isSuspect?: boolean;
}

export interface UncheckedFile {
  readonly content: Blob;
  /** SHA-256 of each chunk of `CHUNK_BYTES`, hexadecimal. */
  readonly chunkSha256: readonly (string | null)[];
}

export interface FileState {
  readonly sizeBytes: number;
  readonly doneBytes: number;
  /** The whole was held against a digest from the catalogue, not only against what came at first. */
  readonly isVerified: boolean;
  readonly usedAt: number;
}

export interface Weights {
  /** `undefined` where nothing of the file is here. */
  stateOf(url: string): Promise<FileState | undefined>;
  /** Whether the whole file is here. */
  has(url: string): Promise<boolean>;
  /**
   * The file: kept, or what is missing fetched and then kept. Of two tabs one fetches, and both show it.
   * Faults: `shard_http_404`, `shard_http`, `model_file` (not what was promised), `integrity`, `quota`, and those of a request.
   */
  open(file: ModelFile, options: FetchOptions): Promise<Blob>;
  /**
   * As `open`, for one who holds each chunk to its digest when reading it: of a file that is here, nothing is read now. Where one is found
   * damaged, `open` with `isSuspect` fetches it again.
   */
  openUnchecked(file: ModelFile, options: FetchOptions): Promise<UncheckedFile>;
  /** Keeps a file that the person has. Faults: `model_file`, `integrity`, `quota`. */
  put(file: ModelFile, content: Blob, options: FetchOptions): Promise<void>;
  remove(url: string): Promise<void>;
}

export interface WeightsDeps extends FetchDeps {
  readonly keyValue: KeyValue;
  readonly now: () => number;
  /** Absent on plain http. */
  readonly locks?: LockManager | undefined;
  readonly channel?: BroadcastChannel | undefined;
}

export function createWeights(deps: WeightsDeps): Weights {
  const store = createChunkStore(deps.keyValue);
  const lock = createFetchLock(deps);
  /** Read through and found sound since the page was opened. */
  const sound = new Set<string>();
  const pace = createPace();
  const letGo = createLetGo();

  const stateOf = async (url: string): Promise<FileState | undefined> => {
    const record = await store.read(url);
    return record && { ...record, doneBytes: bytesHere(record) };
  };

  const remove = async (url: string) => {
    sound.delete(url);
    await store.remove(url);
  };

  /** Holds what is kept against its digests; what is damaged or gone is marked as missing. */
  const check = async (url: string): Promise<FileRecord | undefined> => {
    const record = await store.read(url);
    if (!record || sound.has(url)) return record;
    const isHere = [...record.isHere];
    let next = 0;
    const work = async () => {
      for (let index = next++; index < isHere.length; index = next++)
        isHere[index] &&= await isSound(url, index, record.digests[index]);
    };
    await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, work));
    return isHere.every((here, index) => here === record.isHere[index])
      ? record
      : store.change(url, (now) => ({ ...now, isHere }));
  };

  const isSound = async (url: string, index: number, sha256: string | null | undefined) => {
    const chunk = await store.chunk(url, index);
    // A Blob whose bytes the browser has lost cannot be read.
    const actual = await (chunk && sha256Of(chunk).catch(() => undefined));
    letGo(chunk?.size ?? 0);
    return actual !== undefined && actual === sha256;
  };

  const hashing = createQueue();

  const take = async (file: ModelFile, index: number, content: Blob, signal: AbortSignal) => {
    if (index === 0 && file.format === 'gguf') await assertGguf(content, file.url);
    // One at a time: each is in memory meanwhile, and once more for the browser.
    const leave = await hashing.enter(signal);
    const sha256 = await sha256Of(content).finally(leave);
    const expected = file.chunkSha256?.[index] ?? (await store.read(file.url))?.digests[index];
    if (expected && expected !== sha256) throw new Fault('integrity', `part ${index + 1} of ${file.url}`);
    await store.put(file.url, index, content, sha256);
    letGo(content.size);
  };

  /** The file as it is held from now on: where the catalogue names no digest of one that is fetched, its hub is asked. */
  const complete = async (file: ModelFile, record: FileRecord, { signal, onProgress }: FetchOptions) => {
    let doneBytes = bytesHere(record);
    onProgress(doneBytes, record.sizeBytes);
    if (!record.isHere.includes(false)) return file;
    const digest = file.digest ?? (await lfsDigestOf(file, signal, deps.request));
    const { fetchChunks } = await import('./fetch-chunks');
    await fetchChunks(
      {
        urls: [file.url, ...(file.mirrors ?? [])],
        sizeBytes: record.sizeBytes,
        missing: record.isHere.flatMap((here, index) => (here ? [] : [index])),
        pace,
        signal,
        onBytes: (delta) => {
          doneBytes += delta;
          if (delta > 0) onProgress(Math.min(doneBytes, record.sizeBytes), record.sizeBytes);
        },
        onChunk: (index, content) => take(file, index, content, signal),
      },
      deps,
    );
    return { ...file, ...(digest ? { digest } : {}) };
  };

  /** Once, after the last chunk: the whole against the digest that the catalogue names. */
  const verify = async (file: ModelFile) => {
    const record = await store.read(file.url);
    if (!record || record.isVerified || !file.digest) return;
    const { algorithm, hex } = file.digest;
    const isOneChunk = record.digests.length === 1 && algorithm === 'sha256';
    const actual = isOneChunk
      ? record.digests[0]
      : await digestOf(chunksOf(file.url, record.digests.length), algorithm, letGo);
    if (actual !== hex) throw new Fault('integrity', file.url);
    await store.change(file.url, (now) => ({ ...now, isVerified: true }));
  };

  async function* chunksOf(url: string, count: number) {
    for (let index = 0; index < count; index++) {
      const chunk = await store.chunk(url, index);
      if (chunk) yield chunk;
    }
  }

  const blobOf = async (url: string): Promise<Blob | undefined> => {
    const record = await store.read(url);
    if (!record || record.isHere.includes(false)) return undefined;
    const chunks = await Promise.all(record.isHere.map((_here, index) => store.chunk(url, index)));
    const file = new Blob(chunks.flatMap((chunk) => chunk ?? []));
    if (file.size !== record.sizeBytes) return undefined;
    void store.change(url, (now) => ({ ...now, usedAt: deps.now() })).catch(() => undefined);
    return file;
  };

  const begin = async (file: ModelFile, { signal }: FetchOptions): Promise<FileRecord> => {
    if (file.sizeBytes !== undefined) return store.begin(file.url, file.sizeBytes);
    const { fetchWhole } = await import('./fetch-chunks');
    const content = await fetchWhole([file.url, ...(file.mirrors ?? [])], signal, deps);
    const record = await store.begin(file.url, content.size);
    for (let index = 0; index < record.isHere.length; index++)
      await take(file, index, chunkOf(content, index), signal);
    return (await store.read(file.url)) ?? record;
  };

  const fetchAll = async (file: ModelFile, options: FetchOptions): Promise<Blob> => {
    if (options.isSuspect) sound.delete(file.url);
    const kept = await check(file.url);
    const isOther = kept && file.sizeBytes !== undefined && kept.sizeBytes !== file.sizeBytes;
    const held = await complete(file, isOther || !kept ? await begin(file, options) : kept, options);
    await verify(held);
    const blob = await blobOf(file.url);
    if (!blob) throw new Fault('storage_failed', file.url);
    sound.add(file.url);
    return blob;
  };

  const open: Weights['open'] = (file, options) =>
    lock.hold(file.url, options, async (told) => {
      try {
        return await fetchAll(file, told);
      } catch (error) {
        // A body that breaks off rejects with the browser's own error, not with a request's fault.
        const fault = faultOf(error, 'unreachable');
        if (fault.code === 'integrity') {
          // Nobody can say which part is wrong, or the file is another one by now: from the start, once.
          await remove(file.url);
          return await fetchAll(file, told).catch(async (again: unknown) => {
            await remove(file.url).catch(() => undefined);
            throw faultOf(again, 'unreachable');
          });
        }
        // What is no such file, or has no room, is worth nothing; the rest is taken up again later.
        if (['model_file', 'quota', 'storage_failed'].includes(fault.code))
          await remove(file.url).catch(() => undefined);
        if (fault.code === 'quota' && file.sizeBytes !== undefined)
          throw new Fault('quota', `needed: ${Math.ceil(file.sizeBytes / 1e6)} MB`, { cause: error });
        throw fault;
      }
    });

  return {
    stateOf,
    remove,
    has: async (url) => {
      const state = await stateOf(url);
      return state !== undefined && state.doneBytes === state.sizeBytes;
    },
    open,
    openUnchecked: async (file, options) => {
      const kept = await store.read(file.url);
      const isSame = kept && kept.sizeBytes === (file.sizeBytes ?? kept.sizeBytes);
      const content =
        (isSame && (kept.isVerified || !file.digest) ? await blobOf(file.url) : undefined) ??
        (await open(file, options));
      return { content, chunkSha256: (await store.read(file.url))?.digests ?? [] };
    },
    put: (file, content, options) =>
      lock.hold(file.url, options, async ({ signal, onProgress }) => {
        const sizeBytes = file.sizeBytes ?? content.size;
        if (content.size !== sizeBytes)
          throw new Fault('model_file', `${content.size} bytes, not ${sizeBytes}`);
        const record = await store.begin(file.url, sizeBytes);
        try {
          for (let index = 0; index < record.isHere.length; index++) {
            signal.throwIfAborted();
            await take(file, index, chunkOf(content, index), signal);
            onProgress(Math.min((index + 1) * CHUNK_BYTES, sizeBytes), sizeBytes);
          }
          await verify(file);
        } catch (error) {
          await remove(file.url).catch(() => undefined);
          throw faultOf(error, 'model_file');
        }
      }),
  };
}

function chunkOf(content: Blob, index: number): Blob {
  return content.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
}

/** GGUF files begin with these four letters (ggml docs, gguf.md); a server's error page does not. */
async function assertGguf(content: Blob, url: string): Promise<void> {
  if ((await content.slice(0, 4).text()) !== 'GGUF') throw new Fault('model_file', `no GGUF file at ${url}`);
}
