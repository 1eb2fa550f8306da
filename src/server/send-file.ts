/** Answers a request with one file: whole or a range of it, with what a client needs to ask again cheaply. */
import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Context } from 'hono';
import { rangeOf, type ByteRange } from './byte-range';
import type { FoundFile } from './find-file';

export interface SendOptions {
  readonly contentType: string;
  readonly cacheControl: string;
  /** How the file's bytes are compressed already. */
  readonly encoding?: 'br' | 'gzip' | undefined;
}

/**
 * Files up to this size are read whole, and their tag is a hash of their content: reproducible builds date all files
 * alike, and an index.html or a service worker of the same length with other hashes in it has to look changed.
 */
const HASHED_BYTES = 1024 * 1024;

/** The response for `file`: 200, 206 or 416, for HEAD without a body. `If-None-Match` is hono's `etag` middleware's. */
export async function sendFile(c: Context, file: FoundFile, options: SendOptions): Promise<Response> {
  const content = file.sizeBytes <= HASHED_BYTES ? await readFile(file.path) : undefined;
  const sizeBytes = content?.byteLength ?? file.sizeBytes;
  const etag = tagOf(content ?? file, options.encoding);
  const lastModified = file.modifiedAt.toUTCString();
  const headers: Record<string, string> = {
    'Cache-Control': options.cacheControl,
    ETag: etag,
    'Last-Modified': lastModified,
    ...(options.encoding ? { 'Content-Encoding': options.encoding } : { 'Accept-Ranges': 'bytes' }),
  };
  const range = isRangeMeant(c, [etag, lastModified]) ? rangeOf(c.req.header('Range'), sizeBytes) : 'whole';
  if (range === 'unsatisfiable') {
    return c.body(null, 416, { ...headers, 'Content-Range': `bytes */${sizeBytes}` });
  }
  const { start, end } = range === 'whole' ? { start: 0, end: sizeBytes - 1 } : range;
  headers['Content-Type'] = options.contentType;
  headers['Content-Length'] = String(end - start + 1);
  if (range !== 'whole') headers['Content-Range'] = `bytes ${start}-${end}/${sizeBytes}`;
  const status = range === 'whole' ? 200 : 206;
  if (c.req.method === 'HEAD') return c.body(null, status, headers);
  const body = content
    ? new Uint8Array(content.subarray(start, end + 1))
    : await streamOf(file.path, { start, end });
  return c.body(body, status, headers);
}

/** A range is for GET and, with If-Range, for the very file that it was begun with. */
function isRangeMeant(c: Context, validators: readonly string[]): boolean {
  if (c.req.method !== 'GET') return false;
  const ifRange = c.req.header('If-Range');
  return ifRange === undefined || validators.includes(ifRange);
}

function tagOf(content: Buffer | FoundFile, encoding: string | undefined): string {
  const suffix = encoding ? `-${encoding}` : '';
  if (Buffer.isBuffer(content)) {
    return `"${createHash('sha256').update(content).digest('base64url').slice(0, 27)}${suffix}"`;
  }
  return `"${content.sizeBytes.toString(36)}-${content.modifiedAt.getTime().toString(36)}${suffix}"`;
}

/** Opened before the headers go out, so that a file that cannot be read is an error and not a broken answer. */
async function streamOf(path: string, range: ByteRange): Promise<ReadableStream> {
  const handle = await open(path);
  return Readable.toWeb(handle.createReadStream(range)) as ReadableStream;
}
