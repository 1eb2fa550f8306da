/** Gathers the writes of one turn of the event loop into one transaction: a commit costs more than the statement before it. */
import type Database from 'libsql';

export interface WriteGroup {
  /** Resolves with what `work` gave once it is committed; rejects with what it threw, or why the commit failed. */
  write<T>(work: () => T): Promise<T>;
  /** Commits what waits, now. */
  flush(): void;
}

interface Waiting {
  readonly run: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function createWriteGroup(database: Database.Database): WriteGroup {
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) =>
    database.prepare(sql),
  ) as [Database.Statement, Database.Statement, Database.Statement];
  let waiting: Waiting[] = [];
  let next: NodeJS.Immediate | undefined;

  function flush(): void {
    clearImmediate(next);
    next = undefined;
    const group = waiting;
    waiting = [];
    const [only] = group;
    if (only === undefined) return;
    try {
      if (group.length === 1) {
        only.run();
      } else {
        begin.run();
        for (const { run } of group) {
          run();
          // A full disk may make SQLite roll back by itself: nothing more is written then, and the commit fails.
          if (!database.inTransaction) break;
        }
        commit.run();
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
      undo();
      return;
    }
    for (const { resolve } of group) resolve();
  }

  /** Where even that fails, the next group cannot begin, and is refused. */
  function undo(): void {
    try {
      if (database.inTransaction) rollback.run();
    } catch {
      // The callers have heard of the first failure.
    }
  }

  return {
    write<T>(work: () => T): Promise<T> {
      return new Promise((resolve, reject) => {
        let value: { readonly is: T } | undefined;
        let failure: { readonly is: unknown } | undefined;
        waiting.push({
          // One that fails leaves the others as they are: SQLite undoes a statement that failed, and that one alone.
          run: () => {
            try {
              value = { is: work() };
            } catch (error) {
              failure = { is: error };
            }
          },
          resolve: () => (value ? resolve(value.is) : reject(failure?.is)),
          reject,
        });
        next ??= setImmediate(flush);
      });
    },
    flush,
  };
}
