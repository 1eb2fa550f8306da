/** The embedded ledger's file: its tables, the triggers that keep its sums, and how it is opened. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { utcDayOf } from './ledger';

export const IN_MEMORY = ':memory:';

/** How long a statement may wait for another process's lock. The statement blocks the whole server meanwhile. */
const BUSY_TIMEOUT_MS = 100;
/** Of 4 kB. Moving the log into the file syncs both, and blocks: four times rarer than SQLite would do it. */
const CHECKPOINT_PAGES = 4_000;
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;
const VERSION = 2;

/**
 * A row of `totals` per day and account, so that a reservation reads three rows however many calls the day has had. Triggers
 * write them: they belong to the statement that changes an entry, so that the sums can never differ from the entries.
 */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS entries (
    id TEXT NOT NULL PRIMARY KEY,
    atMs INTEGER NOT NULL,
    day TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'held' CHECK (state IN ('held', 'settled', 'released')),
    visitor TEXT NOT NULL,
    site TEXT NOT NULL,
    model TEXT NOT NULL,
    promptTokens INTEGER NOT NULL CHECK (promptTokens >= 0),
    worstNanoUsd INTEGER NOT NULL CHECK (worstNanoUsd >= 0),
    promptNanoUsd INTEGER NOT NULL CHECK (promptNanoUsd >= 0),
    priceAsOf TEXT NOT NULL,
    idempotencyHash TEXT,
    isLater INTEGER NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT 'incomplete',
    isEstimated INTEGER NOT NULL DEFAULT 1,
    cachedTokens INTEGER NOT NULL DEFAULT 0 CHECK (cachedTokens >= 0),
    completionTokens INTEGER NOT NULL DEFAULT 0 CHECK (completionTokens >= 0),
    costNanoUsd INTEGER NOT NULL DEFAULT 0 CHECK (costNanoUsd >= 0),
    latencyMs REAL NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX IF NOT EXISTS entries_by_day ON entries (day);
  CREATE INDEX IF NOT EXISTS entries_held ON entries (state) WHERE state = 'held';
  CREATE UNIQUE INDEX IF NOT EXISTS entries_by_hash ON entries (idempotencyHash, day)
    WHERE idempotencyHash IS NOT NULL AND state <> 'released';

  CREATE TABLE IF NOT EXISTS totals (
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    spentNanoUsd INTEGER NOT NULL CHECK (spentNanoUsd >= 0),
    heldNanoUsd INTEGER NOT NULL CHECK (heldNanoUsd >= 0),
    calls INTEGER NOT NULL CHECK (calls >= 0),
    PRIMARY KEY (day, kind, name)
  ) STRICT, WITHOUT ROWID;

  CREATE TRIGGER IF NOT EXISTS entry_made AFTER INSERT ON entries BEGIN
    INSERT INTO totals (day, kind, name, spentNanoUsd, heldNanoUsd, calls)
      VALUES (NEW.day, 'day', '', 0, NEW.worstNanoUsd, 1),
        (NEW.day, 'site', NEW.site, 0, NEW.worstNanoUsd, 1),
        (NEW.day, 'visitor', NEW.visitor, 0, NEW.worstNanoUsd, 1),
        (NEW.day, 'model', NEW.model, 0, NEW.worstNanoUsd, 1)
      ON CONFLICT DO UPDATE SET heldNanoUsd = heldNanoUsd + excluded.heldNanoUsd, calls = calls + 1;
  END;

  CREATE TRIGGER IF NOT EXISTS entry_changed AFTER UPDATE ON entries BEGIN
    UPDATE totals SET
      spentNanoUsd = spentNanoUsd + (NEW.state = 'settled') * NEW.costNanoUsd
        - (OLD.state = 'settled') * OLD.costNanoUsd,
      heldNanoUsd = heldNanoUsd + (NEW.state = 'held') * NEW.worstNanoUsd
        - (OLD.state = 'held') * OLD.worstNanoUsd,
      calls = calls + (NEW.state <> 'released') - (OLD.state <> 'released')
      WHERE day = NEW.day AND (kind, name) IN
        (VALUES ('day', ''), ('site', NEW.site), ('visitor', NEW.visitor), ('model', NEW.model));
  END;

  PRAGMA user_version = ${VERSION};
`;

const FROM_VERSION_1 = 'ALTER TABLE entries ADD COLUMN isLater INTEGER NOT NULL DEFAULT 0;';

/** Opens the file, or makes it and its folder; forgets what is older than 400 days. Throws what the store throws. */
export function openDatabase(path: string, nowMs: number): Database.Database {
  if (path !== IN_MEMORY) mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    // Here NORMAL means that a commit has been written but not yet synced: a process that is killed loses nothing, a power
    // cut might. What FULL adds, one sync per commit, would stop all streams for as long as the disk takes (2.6 ms on a
    // cloud disk); `wal-sync.ts` does it beside them, and a settlement is acknowledged only after it.
    database.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
    );
    // Within the transaction: of two processes that start at once, one brings the file up to date.
    database.exec('BEGIN IMMEDIATE');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > VERSION) throw new Error(`it was written by a newer version (${version})`);
    const firstDay = utcDayOf(nowMs - KEPT_DAYS * DAY_MS).day;
    database.exec(`${version === 1 ? FROM_VERSION_1 : ''} ${SCHEMA}
      DELETE FROM entries WHERE day < '${firstDay}';
      DELETE FROM totals WHERE day < '${firstDay}';
      COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
