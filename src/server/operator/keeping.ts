/** Where the operator's book is kept: a file of one server, or what many servers share. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { SharedState } from '../store/shared-state';

export interface Keeping {
  /** Whether others write it too. */
  readonly isShared: boolean;
  /** Undefined where there is nothing yet; rejects where it cannot be read. */
  read(): Promise<string | undefined>;
  /** Puts what `change` makes of it in its place; gives what is there afterwards. Rejects where it cannot be written. */
  update(change: (text: string | undefined) => string): Promise<string>;
}

const TEN_YEARS_MS = 315_360_000_000;

export function fileKeeping(path: string): Keeping {
  let last: Promise<unknown> = Promise.resolve();

  async function read(): Promise<string | undefined> {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  return {
    isShared: false,
    read,
    update(change) {
      const writing = last
        .catch(() => undefined)
        .then(async () => {
          const text = change(await read());
          await mkdir(dirname(path), { recursive: true });
          // Whole or not at all: a crash leaves the file as it was.
          await writeFile(`${path}.new`, text, { flush: true });
          await rename(`${path}.new`, path);
          return text;
        });
      last = writing;
      return writing;
    },
  };
}

export function sharedKeeping(state: SharedState): Keeping {
  return {
    isShared: true,
    read: () => state.read('operator'),
    update: async (change) => (await state.update('operator', change, TEN_YEARS_MS)) ?? '',
  };
}
