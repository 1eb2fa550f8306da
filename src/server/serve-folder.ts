/** Serves the files of one folder, compressed siblings included; what is not there is left to the next handler. */
import type { Context, Handler } from 'hono';
import { accepts } from 'hono/accepts';
import { getMimeType } from 'hono/utils/mime';
import { findFile, namesOf, type FoundFile } from './find-file';
import { sendFile } from './send-file';

export interface FolderOptions {
  readonly folder: string;
  /** How many leading names of the URL's path are the mount point, not the folder's. */
  readonly mountDepth: number;
  /** Whether `file.br` and `file.gz` beside `file` are other forms of it. */
  readonly isPrecompressed: boolean;
  readonly cacheControlOf: (names: readonly string[]) => string;
}

/** Brotli first: it is the smaller one. */
const ENCODINGS = [
  { encoding: 'br', suffix: '.br' },
  { encoding: 'gzip', suffix: '.gz' },
] as const;

/**
 * A handler for GET and HEAD. Why not hono's `serveStatic`: it follows links out of its folder, answers a malformed
 * range with 206, knows no ETag and no If-Range, and overlooks `br;q=0.9`.
 */
export function createFolderHandler(options: FolderOptions): Handler {
  return async (c, next) => {
    const names = namesOf(c.req.url)?.slice(options.mountDepth);
    const file = names?.length ? await findFile(options.folder, names) : undefined;
    if (!names || !file) return next();
    const sibling = options.isPrecompressed ? await compressedSibling(c, options.folder, names) : undefined;
    return sendFile(c, sibling?.file ?? file, {
      contentType: getMimeType(names.at(-1) ?? '') ?? 'application/octet-stream',
      cacheControl: options.cacheControlOf(names),
      encoding: sibling?.encoding,
    });
  };
}

async function compressedSibling(
  c: Context,
  folder: string,
  names: readonly string[],
): Promise<{ file: FoundFile; encoding: 'br' | 'gzip' } | undefined> {
  c.header('Vary', 'Accept-Encoding', { append: true });
  // A range counts the bytes of the plain file.
  if (c.req.header('Range') !== undefined) return undefined;
  for (const { encoding, suffix } of ENCODINGS) {
    if (!isAccepted(c, encoding)) continue;
    const file = await findFile(folder, [...names.slice(0, -1), `${names.at(-1) ?? ''}${suffix}`]);
    if (file) return { file, encoding };
  }
  return undefined;
}

function isAccepted(c: Context, encoding: string): boolean {
  return accepts(c, { header: 'Accept-Encoding', supports: [encoding], default: '' }) === encoding;
}
