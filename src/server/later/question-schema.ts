/** The file of the questions that wait: its tables, and how it is opened so that what is deleted is gone from the disk. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';

const VERSION = 1;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS questions (
    callId TEXT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    bodyHash TEXT NOT NULL,
    model TEXT NOT NULL,
    price TEXT NOT NULL,
    promptTokens INTEGER NOT NULL,
    maxTokens INTEGER NOT NULL,
    body TEXT,
    askedAtMs INTEGER NOT NULL,
    batchId TEXT,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'answered', 'failed', 'cancelled')),
    money TEXT NOT NULL DEFAULT 'held' CHECK (money IN ('held', 'due', 'closed')),
    answer TEXT,
    problem TEXT,
    settlement TEXT,
    endedAtMs INTEGER
  ) STRICT;
  CREATE INDEX IF NOT EXISTS questions_by_batch ON questions (batchId);
  CREATE INDEX IF NOT EXISTS questions_open ON questions (money) WHERE money <> 'closed';

  CREATE TABLE IF NOT EXISTS batches (
    id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'uploaded', 'created', 'ended')),
    madeAtMs INTEGER NOT NULL,
    triedAtMs INTEGER,
    fileId TEXT,
    upstreamId TEXT,
    resultFileIds TEXT NOT NULL DEFAULT '[]',
    isCancelSent INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    dueAtMs INTEGER NOT NULL
  ) STRICT;

  PRAGMA user_version = ${VERSION};
`;

/** Opens the file for this process alone, or makes it and its folder. Throws what the store throws. */
export function openQuestions(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  try {
    // Text that was deleted is overwritten, and no log of changes keeps it. Two processes would send every batch twice.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = ON; PRAGMA journal_mode = TRUNCATE;
      PRAGMA synchronous = FULL; PRAGMA busy_timeout = 100`);
    database.exec('BEGIN EXCLUSIVE');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as {
      user_version: number;
    };
    if (version > VERSION) throw new Error(`it was written by a newer version (${version})`);
    database.exec(`${SCHEMA} COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
