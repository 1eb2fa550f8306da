/** Model files on this device: fetched once, held to their digests, and taken up again wherever a fetch broke off. */
import { Fault, faultOf } from '../kernel/fault';
import type { KeyValue } from '../kernel/key-value';
import type { ModelFile } from '../kernel/model-file';
import { bytesHere, CHUNK_BYTES, createChunkStore, type FileRecord } from './chunk-store';
import { digestOf, sha256Of } from './digest';
import type { FetchDeps } from './fetch-chunks';
import { createFetchLock } from './fetch-lock';

const CHECKED_AT_ONCE = 4;

export interface FetchOptions {
  readonly signal: AbortSignal;
  /** Bytes that are here or on their way, of all. They fall where something damaged is thrown away. */
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
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
    // A few at once, and no more: each is in memory meanwhile.
    await Promise.all(Array.from({ length: CHECKED_AT_ONCE }, work));
    return isHere.every((here, index) => here === record.isHere[index])
      ? record
      : store.change(url, (now) => ({ ...now, isHere }));
  };

  const isSound = async (url: string, index: number, sha256: string | null | undefined) => {
    const chunk = await store.chunk(url, index);
    const bytes = await chunk?.arrayBuffer().catch(() => undefined);
    return bytes !== undefined && (await sha256Of(new Uint8Array(bytes))) === sha256;
  };

  const take = async (file: ModelFile, index: number, bytes: Uint8Array<ArrayBuffer>) => {
    if (index === 0 && file.format === 'gguf') assertGguf(bytes, file.url);
    const sha256 = await sha256Of(bytes);
    const expected = file.chunkSha256?.[index] ?? (await store.read(file.url))?.digests[index];
    if (expected && expected !== sha256) throw new Fault('integrity', `part ${index + 1} of ${file.url}`);
    await store.put(file.url, index, new Blob([bytes]), sha256);
  };

  const complete = async (file: ModelFile, record: FileRecord, { signal, onProgress }: FetchOptions) => {
    let doneBytes = bytesHere(record);
    onProgress(doneBytes, record.sizeBytes);
    if (!record.isHere.includes(false)) return;
    const { fetchChunks } = await import('./fetch-chunks');
    await fetchChunks(
      {
        urls: [file.url, ...(file.mirrors ?? [])],
        sizeBytes: record.sizeBytes,
        missing: record.isHere.flatMap((here, index) => (here ? [] : [index])),
        signal,
        onBytes: (delta) => {
          doneBytes += delta;
          if (delta > 0) onProgress(Math.min(doneBytes, record.sizeBytes), record.sizeBytes);
        },
        onChunk: (index, bytes) => take(file, index, bytes),
      },
      deps,
    );
  };

  /** Once, after the last chunk: the whole against the digest that the catalogue names. */
  const verify = async (file: ModelFile) => {
    const record = await store.read(file.url);
    if (!record || record.isVerified || !file.digest) return;
    const { algorithm, hex } = file.digest;
    const isOneChunk = record.digests.length === 1 && algorithm === 'sha256';
    const actual = isOneChunk
      ? record.digests[0]
      : await digestOf(chunksOf(file.url, record.digests.length), algorithm);
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
    sound.add(url);
    void store.change(url, (now) => ({ ...now, usedAt: deps.now() })).catch(() => undefined);
    return file;
  };

  /** A file of unknown length is small: it is fetched in one piece. */
  const fetchWhole = async (file: ModelFile, { signal }: FetchOptions): Promise<FileRecord> => {
    const response = await deps.request(file.url, { signal });
    if (response.status === 404) throw new Fault('shard_http_404', file.url);
    if (!response.ok) throw new Fault('shard_http', `${response.status} for ${file.url}`);
    const content = await response.blob();
    const record = await store.begin(file.url, content.size);
    for (let index = 0; index < record.isHere.length; index++)
      await take(file, index, await bytesOf(content, index));
    return (await store.read(file.url)) ?? record;
  };

  const fetchAll = async (file: ModelFile, options: FetchOptions): Promise<Blob> => {
    const kept = await check(file.url);
    const isOther = kept && file.sizeBytes !== undefined && kept.sizeBytes !== file.sizeBytes;
    const begun = isOther ? undefined : kept;
    if (begun || file.sizeBytes !== undefined)
      await complete(file, begun ?? (await store.begin(file.url, file.sizeBytes ?? 0)), options);
    else await fetchWhole(file, options);
    await verify(file);
    const blob = await blobOf(file.url);
    if (!blob) throw new Fault('storage_failed', file.url);
    return blob;
  };

  return {
    stateOf,
    remove,
    has: async (url) => {
      const state = await stateOf(url);
      return state !== undefined && state.doneBytes === state.sizeBytes;
    },
    open: (file, options) =>
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
      }),
    put: (file, content, options) =>
      lock.hold(file.url, options, async ({ signal, onProgress }) => {
        const sizeBytes = file.sizeBytes ?? content.size;
        if (content.size !== sizeBytes)
          throw new Fault('model_file', `${content.size} bytes, not ${sizeBytes}`);
        const record = await store.begin(file.url, sizeBytes);
        try {
          for (let index = 0; index < record.isHere.length; index++) {
            signal.throwIfAborted();
            await take(file, index, await bytesOf(content, index));
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

async function bytesOf(content: Blob, index: number): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await content.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES).arrayBuffer());
}

/** GGUF files begin with these four letters (ggml docs, gguf.md); a server's error page does not. */
function assertGguf(bytes: Uint8Array, url: string): void {
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'GGUF')
    throw new Fault('model_file', `no GGUF file at ${url}`);
}
