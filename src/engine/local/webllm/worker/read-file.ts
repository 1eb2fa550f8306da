/** Reads a kept file into memory, once, and holds each chunk of it to its digest while the next is read. */
import { Fault } from '../../../../kernel/fault';
import { CHUNK_BYTES } from '../../../../weights/chunk-store';
import { sha256Of } from '../../../../weights/digest';
import type { OpenFile } from '../../model-files';

/** Faults: `integrity` where a chunk is not what was kept, or can no longer be read. */
export async function readFile(url: string, { content, chunkSha256 }: OpenFile): Promise<ArrayBuffer> {
  if (!chunkSha256) return content.arrayBuffer();
  const bytes = new Uint8Array(content.size);
  const checks = chunkSha256.map(async () => true);
  for (const [index, sha256] of chunkSha256.entries()) {
    const from = index * CHUNK_BYTES;
    const chunk = await content
      .slice(from, from + CHUNK_BYTES)
      .arrayBuffer()
      .catch((error: unknown) => {
        throw new Fault('integrity', `part ${index + 1} of ${url}`, { cause: error });
      });
    const part = new Uint8Array(chunk);
    bytes.set(part, from);
    checks[index] = sha256Of(part).then((actual) => actual === sha256);
  }
  const damaged = (await Promise.all(checks)).indexOf(false);
  if (damaged >= 0) throw new Fault('integrity', `part ${damaged + 1} of ${url}`);
  return bytes.buffer;
}
