/** Digests of what was fetched, as lower-case hexadecimal. */
import type { ModelFile } from '../kernel/model-file';

/** A slice of this size takes a few milliseconds to hash: the page stays quick. */
const SLICE_BYTES = 2 * 1024 * 1024;

/** SHA-256 of one chunk, by the browser; on plain http, where it has none, by WebAssembly. */
export async function sha256Of(content: Blob | Uint8Array<ArrayBuffer>): Promise<string> {
  if (content instanceof Blob) {
    const own = await content.arrayBuffer();
    return sha256Of(new Uint8Array(own)).finally(() => free(own));
  }
  if (!globalThis.crypto?.subtle) return (await import('hash-wasm')).sha256(content);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** At once, where the browser can: the garbage collector would let several megabytes of each chunk lie for a while. */
function free(buffer: ArrayBuffer & { transfer?: (bytes: number) => ArrayBuffer }): void {
  buffer.transfer?.(0);
}

/** The digest of a file that is too large to be hashed at once, which WebCrypto cannot do. */
export async function digestOf(
  chunks: AsyncIterable<Blob>,
  algorithm: NonNullable<ModelFile['digest']>['algorithm'],
  onDone: (bytes: number) => void,
): Promise<string> {
  const { createMD5, createSHA256 } = await import('hash-wasm');
  const hasher = await (algorithm === 'md5' ? createMD5() : createSHA256());
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.size; at += SLICE_BYTES)
      hasher.update(new Uint8Array(await chunk.slice(at, at + SLICE_BYTES).arrayBuffer()));
    onDone(chunk.size);
  }
  return hasher.digest('hex');
}
