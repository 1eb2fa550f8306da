/** What a hub says of a large file: Git LFS keeps a pointer in its place, with the SHA-256 of the whole. */
import type { ModelFile } from '../kernel/model-file';
import type { Request } from '../kernel/network';

/** As https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md has it. */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\noid sha256:([\da-f]{64})\nsize (\d+)\n$/;
/** Specified are less than 1024 bytes; a hub sends a file that is no pointer in its place. */
const MOST_BYTES = 1_023;

/** The digest of the file at `url`, where its hub has a pointer of that size for it; a hub that has none, or fails, is no fault. */
export async function lfsDigestOf(
  { url, sizeBytes }: ModelFile,
  signal: AbortSignal,
  request: Request,
): Promise<ModelFile['digest']> {
  const pointerUrl = url.replace('/resolve/', '/raw/');
  if (pointerUrl === url) return undefined;
  try {
    const response = await request(pointerUrl, { signal });
    const length = Number(response.headers.get('Content-Length') ?? Infinity);
    if (!response.ok || length > MOST_BYTES) {
      await response.body?.cancel();
      return undefined;
    }
    const [, hex, size] = POINTER.exec(await response.text()) ?? [];
    return hex !== undefined && Number(size) === sizeBytes ? { algorithm: 'sha256', hex } : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
