/** Finds the file that a URL names inside one folder, and nothing outside of it. */
import { realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** A regular file; `path` is its real one, links resolved. */
export interface FoundFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

/** What the file system says of a name that is not there, or cannot be. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP']);

/**
 * The names that a URL's path is made of, decoded once; undefined where one could be more than the plain name of a
 * visible file: a separator, a dot file, NUL, or nothing at all. `/` is the page; no other folder has one.
 */
export function namesOf(url: string): readonly string[] | undefined {
  // The parser resolves dot segments, `%2e%2e` among them.
  const { pathname } = new URL(url);
  if (pathname === '/') return ['index.html'];
  const parts = pathname.slice(1).split('/');
  try {
    const names = parts.map((part) => decodeURIComponent(part));
    return names.every(isPlainName) ? names : undefined;
  } catch {
    return undefined;
  }
}

/** The file that `names` lead to from `folder`, or undefined; a link that leads out of the folder finds nothing. */
export async function findFile(folder: string, names: readonly string[]): Promise<FoundFile | undefined> {
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...names));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const stats = await stat(path);
    return stats.isFile() ? { path, sizeBytes: stats.size, modifiedAt: stats.mtime } : undefined;
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function isPlainName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is refused
  return name !== '' && !name.startsWith('.') && !/[/\\\u0000-\u001F]/.test(name);
}
