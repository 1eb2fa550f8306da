/** Brings what SQLite has committed to its write-ahead log safely onto the disk, without blocking the event loop. */
import { open, type FileHandle } from 'node:fs/promises';

export interface WalSync {
  /** Resolves when everything that was committed before the call would survive a power cut. Many callers share one sync. */
  sync(): Promise<void>;
  /** Waits for the syncs under way. */
  close(): Promise<void>;
}

/** `path` is the database's, whose log exists from its first statement until it is closed. */
export function createWalSync(path: string): WalSync {
  // SQLite's locks are on other files: closing this one drops none of them (https://sqlite.org/howtocorrupt.html, 2.2).
  let file: Promise<FileHandle> | undefined;
  let underWay: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  async function syncOnce(): Promise<void> {
    file ??= open(`${path}-wal`, 'r+');
    await (await file).datasync();
  }

  /** A sync under way may have missed the caller's commit, the one after it cannot. */
  function sync(): Promise<void> {
    next ??= underWay
      .catch(() => undefined)
      .then(() => {
        underWay = next ?? Promise.resolve();
        next = undefined;
        return syncOnce();
      });
    return next;
  }

  return {
    sync,
    async close() {
      await Promise.allSettled([underWay, next]);
      await (await file?.catch(() => undefined))?.close();
      file = undefined;
    },
  };
}
