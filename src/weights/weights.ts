/** Fetches model files and keeps them in IndexedDB as chunks. */
import { Fault, faultOf } from '../kernel/fault';
import type { KeyValue } from '../kernel/key-value';
import type { Request } from '../kernel/network';

/** IndexedDB in Chromium refuses one value above 133,169,152 bytes (measured 2026-11); this keeps memory low as well. */
const CHUNK_BYTES = 16 * 1024 * 1024;

export interface FetchOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (doneBytes: number, totalBytes: number) => void;
}

export interface Weights {
  has(url: string): Promise<boolean>;
  /**
   * The file at `url`: kept, or fetched and then kept. `sizeBytes` is what it should be.
   * Faults: `shard_http_404`, `shard_http`, `model_file` (not what was promised), `quota`, and those of a request.
   */
  open(url: string, sizeBytes: number, options: FetchOptions): Promise<Blob>;
  remove(url: string): Promise<void>;
}

interface FileRecord {
  readonly sizeBytes: number;
  readonly chunkCount: number;
}

// A file counts as kept once its record is there, and that is written after its last chunk.
const recordKey = (url: string) => `file:${url}`;
const chunkPrefix = (url: string) => `chunk:${url}:`;
const chunkKey = (url: string, index: number) => chunkPrefix(url) + String(index).padStart(6, '0');

export function createWeights(keyValue: KeyValue, request: Request): Weights {
  const remove = async (url: string) =>
    keyValue.remove([recordKey(url), ...(await keyValue.keys(chunkPrefix(url)))]);

  const openKept = async (url: string, sizeBytes: number): Promise<Blob | undefined> => {
    const record = await keyValue.get<FileRecord>(recordKey(url));
    // Another size at the same address is another file.
    if (record?.sizeBytes !== sizeBytes) return undefined;
    const chunks: Blob[] = [];
    for (let index = 0; index < record.chunkCount; index++) {
      const chunk = await keyValue.get<Blob>(chunkKey(url, index));
      if (chunk) chunks.push(chunk);
    }
    const file = new Blob(chunks);
    // The browser may evict a part: then there is no file.
    return file.size === record.sizeBytes ? file : undefined;
  };

  const fetchAndKeep = async (url: string, sizeBytes: number, { signal, onProgress }: FetchOptions) => {
    const response = await request(url, { signal });
    if (response.status === 404) throw new Fault('shard_http_404', url);
    if (!response.ok || !response.body) throw new Fault('shard_http', `${response.status} for ${url}`);
    let doneBytes = 0;
    let chunkCount = 0;
    for await (const chunk of inChunks(response.body, CHUNK_BYTES, (bytes) => {
      doneBytes += bytes;
      if (doneBytes > sizeBytes) throw new Fault('model_file', `more than ${sizeBytes} bytes: ${url}`);
      onProgress(doneBytes, sizeBytes);
    })) {
      signal.throwIfAborted();
      if (chunkCount === 0) await assertGguf(chunk, url);
      await keyValue.set(chunkKey(url, chunkCount++), chunk);
    }
    if (doneBytes !== sizeBytes)
      throw new Fault('model_file', `${doneBytes} bytes, not ${sizeBytes}: ${url}`);
    await keyValue.set(recordKey(url), { sizeBytes, chunkCount } satisfies FileRecord);
  };

  return {
    has: async (url) => (await keyValue.get(recordKey(url))) !== undefined,
    remove,
    async open(url, sizeBytes, options) {
      const kept = await openKept(url, sizeBytes);
      if (kept) return kept;
      try {
        await fetchAndKeep(url, sizeBytes, options);
      } catch (error) {
        await remove(url).catch(() => undefined);
        // A body that breaks off rejects with the browser's own error, not with a request's fault.
        throw faultOf(error, 'unreachable');
      }
      const file = await openKept(url, sizeBytes);
      if (!file) throw new Fault('storage_failed', url);
      return file;
    },
  };
}

/** The bytes of a stream as blobs of `chunkBytes`, the last one shorter. */
async function* inChunks(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  chunkBytes: number,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Blob> {
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let sizeBytes = 0;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value: part } = await reader.read();
      if (done) break;
      onBytes(part.byteLength);
      for (let at = 0; at < part.byteLength;) {
        const piece = part.subarray(at, at + chunkBytes - sizeBytes);
        at += piece.byteLength;
        sizeBytes += piece.byteLength;
        parts.push(piece);
        if (sizeBytes < chunkBytes) continue;
        yield new Blob(parts);
        parts = [];
        sizeBytes = 0;
      }
    }
  } finally {
    reader.cancel().catch(() => undefined);
  }
  if (sizeBytes > 0) yield new Blob(parts);
}

/** GGUF files begin with these four letters (ggml docs, gguf.md); a server's error page does not. */
async function assertGguf(chunk: Blob, url: string): Promise<void> {
  if ((await chunk.slice(0, 4).text()) !== 'GGUF') throw new Fault('model_file', `no GGUF file at ${url}`);
}
