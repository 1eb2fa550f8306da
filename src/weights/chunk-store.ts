/** Keeps files as chunks with their digests, each chunk and the record of it in one transaction. */
import type { KeyValue } from '../kernel/key-value';

/**
 * IndexedDB in Chromium refuses one value above 133,169,152 bytes (measured 2026-11). Smaller ones keep memory low while several
 * are on their way, and little is lost when one is found damaged.
 */
export const CHUNK_BYTES = 8 * 1024 * 1024;

export interface FileRecord {
  /** So that a record of an earlier shape is known for one. */
  readonly chunkBytes: number;
  readonly sizeBytes: number;
  /** SHA-256 of each chunk, hexadecimal, once it was seen; it is held to that from then on. */
  readonly digests: readonly (string | null)[];
  /** Which chunks are here. */
  readonly isHere: readonly boolean[];
  /** Whether the whole of it was held against the digest that the catalogue names. */
  readonly isVerified: boolean;
  /** When it was last loaded, in milliseconds since 1970. */
  readonly usedAt: number;
}

export interface ChunkStore {
  /** `undefined` where nothing of the file is here. */
  read(url: string): Promise<FileRecord | undefined>;
  /** Begins a record; what was there under that name is gone. */
  begin(url: string, sizeBytes: number): Promise<FileRecord>;
  change(url: string, change: (record: FileRecord) => FileRecord): Promise<FileRecord | undefined>;
  /** Faults: `quota`, `storage_failed`. */
  put(url: string, index: number, chunk: Blob, sha256: string): Promise<void>;
  chunk(url: string, index: number): Promise<Blob | undefined>;
  remove(url: string): Promise<void>;
  /** All files, whole or in part. */
  list(): Promise<readonly (readonly [url: string, record: FileRecord])[]>;
}

const RECORD_PREFIX = 'file:';
const recordKey = (url: string) => RECORD_PREFIX + url;
const chunkPrefix = (url: string) => `chunk:${url}:`;
const chunkKey = (url: string, index: number) => chunkPrefix(url) + String(index).padStart(6, '0');

export function createChunkStore(keyValue: KeyValue): ChunkStore {
  const read = async (url: string) => {
    const record = await keyValue.get<FileRecord>(recordKey(url));
    return record?.chunkBytes === CHUNK_BYTES ? record : undefined;
  };

  const remove = async (url: string) =>
    keyValue.remove([recordKey(url), ...(await keyValue.keys(chunkPrefix(url)))]);

  const change: ChunkStore['change'] = async (url, changed) => {
    let after: FileRecord | undefined;
    await keyValue.update<FileRecord>([recordKey(url)], ([record]) => {
      after = record && changed(record);
      return after ? [[recordKey(url), after]] : [];
    });
    return after;
  };

  return {
    read,
    remove,
    change,
    async begin(url, sizeBytes) {
      await remove(url);
      const count = Math.ceil(sizeBytes / CHUNK_BYTES);
      const record: FileRecord = {
        chunkBytes: CHUNK_BYTES,
        sizeBytes,
        digests: Array.from({ length: count }, () => null),
        isHere: Array.from({ length: count }, () => false),
        isVerified: false,
        usedAt: 0,
      };
      await keyValue.set(recordKey(url), record);
      return record;
    },
    put: (url, index, chunk, sha256) =>
      keyValue.update<FileRecord>([recordKey(url)], ([record]) =>
        // Removed meanwhile: then nobody wants it.
        record
          ? [
              [chunkKey(url, index), chunk],
              [recordKey(url), withChunk(record, index, sha256)],
            ]
          : [],
      ),
    chunk: (url, index) => keyValue.get<Blob>(chunkKey(url, index)),
    async list() {
      const keys = await keyValue.keys(RECORD_PREFIX);
      const urls = keys.map((key) => key.slice(RECORD_PREFIX.length));
      const records = await Promise.all(urls.map(async (url) => [url, await read(url)] as const));
      return records.flatMap(([url, record]) => (record ? [[url, record] as const] : []));
    },
  };
}

/** Bytes of chunk `index` of a file of `sizeBytes`. */
export function chunkLength(sizeBytes: number, index: number): number {
  return Math.min(CHUNK_BYTES, sizeBytes - index * CHUNK_BYTES);
}

/** Bytes that are here. */
export function bytesHere({ sizeBytes, isHere }: FileRecord): number {
  return isHere.reduce((sum, here, index) => sum + (here ? chunkLength(sizeBytes, index) : 0), 0);
}

function withChunk(record: FileRecord, index: number, sha256: string): FileRecord {
  return {
    ...record,
    digests: record.digests.with(index, sha256),
    isHere: record.isHere.with(index, true),
  };
}
