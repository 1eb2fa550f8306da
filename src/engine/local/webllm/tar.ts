/** Packs files into one and takes them out again, as `tar` does; Blobs are only cut and joined, so that no byte passes through memory. */
import { Fault } from '../../../kernel/fault';

/** POSIX ustar: a header of 512 bytes, then the content, filled up to 512. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
const BLOCK_BYTES = 512;
const NAME_BYTES = 100;
const SIZE = { at: 124, bytes: 12 } as const;
const CHECKSUM = { at: 148, bytes: 8 } as const;

export function packTar(files: readonly (readonly [name: string, content: Blob])[]): Blob {
  const parts = files.flatMap(([name, content]) => [
    headerOf(name, content.size),
    content,
    new Uint8Array(paddedBytes(content.size) - content.size),
  ]);
  return new Blob([...parts, new Uint8Array(2 * BLOCK_BYTES)], { type: 'application/x-tar' });
}

/** Faults: `model_file` where it is no such file. */
export async function unpackTar(packed: Blob): Promise<Map<string, Blob>> {
  const files = new Map<string, Blob>();
  for (let at = 0; ;) {
    const header = new Uint8Array(await packed.slice(at, at + BLOCK_BYTES).arrayBuffer());
    // A block of zeros is the end.
    if (header.length === BLOCK_BYTES && header.every((byte) => byte === 0)) return files;
    const sizeBytes = parseInt(textAt(header, SIZE.at, SIZE.bytes), 8);
    const from = at + BLOCK_BYTES;
    const isFine = parseInt(textAt(header, CHECKSUM.at, CHECKSUM.bytes), 8) === checksumOf(header);
    if (!isFine || !(from + sizeBytes <= packed.size))
      throw new Fault('model_file', 'no tar file, or not all of it');
    // Made by hand, its names may begin with a folder's.
    const name = textAt(header, 0, NAME_BYTES).split('/').at(-1) ?? '';
    if (sizeBytes > 0) files.set(name, packed.slice(from, from + sizeBytes));
    at = from + paddedBytes(sizeBytes);
  }
}

function headerOf(name: string, sizeBytes: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK_BYTES);
  const write = (text: string, at: number) => header.set(new TextEncoder().encode(text), at);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  write(name.slice(0, NAME_BYTES), 0);
  write(octal(0o644, 7), 100);
  write(octal(sizeBytes, SIZE.bytes - 1), SIZE.at);
  write(octal(0, 11), 136);
  write('0', 156);
  write('ustar\x0000', 257);
  write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, CHECKSUM.at);
  return header;
}

/** The sum of all its bytes, those of the checksum itself as if they were blanks. */
function checksumOf(header: Uint8Array): number {
  const isOwn = (at: number) => at >= CHECKSUM.at && at < CHECKSUM.at + CHECKSUM.bytes;
  return header.reduce((sum, byte, at) => sum + (isOwn(at) ? 32 : byte), 0);
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + length)).split('\0', 1)[0] ?? '';
}

function paddedBytes(bytes: number): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}
