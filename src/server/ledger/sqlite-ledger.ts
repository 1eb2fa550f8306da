/** The ledger in an embedded file, for one server: libsql, which is SQLite with better-sqlite3's interface. */
import type Database from 'libsql';
import {
  LedgerError,
  utcDayOf,
  type CapName,
  type Caps,
  type Ledger,
  type LedgerEntry,
  type Reserved,
  type ReserveRequest,
  type Settlement,
  type Spend,
} from './ledger';
import { IN_MEMORY, openDatabase } from './sqlite-schema';
import { createWalSync } from './wal-sync';
import { createWriteGroup } from './write-group';

export interface SqliteLedgerOptions {
  /** Of the file, which is made with its folder where it is missing; `:memory:` keeps nothing. */
  readonly path: string;
  readonly caps: Caps;
  readonly now: () => number;
}

/** A retry shortly after midnight is still the same call. */
const IDEMPOTENCY_MS = 86_400_000;
/** Another process may give back what stood in the way between the refusal and the look at its reason. */
const MAX_RESERVE_TRIES = 3;
/** Settlements of so long share one sync. */
const SYNC_AFTER_MS = 20;

/** What the three accounts of a call have spent and hold already. */
const SUM = (kind: CapName, name: string): string => `coalesce((SELECT spentNanoUsd + heldNanoUsd FROM totals
  WHERE day = :day AND kind = '${kind}' AND name = ${name}), 0)`;
const SUMS = { day: SUM('day', "''"), site: SUM('site', ':site'), visitor: SUM('visitor', ':visitor') };

const REPEATED = `SELECT id FROM entries WHERE idempotencyHash = :hash AND state <> 'released' AND atMs > :repeatsSinceMs`;

/** The check and the hold: one statement, which SQLite runs while nobody else can write. */
const RESERVE = `
  INSERT INTO entries (id, atMs, day, visitor, site, model, promptTokens, worstNanoUsd, promptNanoUsd, priceAsOf, idempotencyHash, isLater)
  SELECT :id, :atMs, :day, :visitor, :site, :model, :promptTokens, :worst, :promptNanoUsd, :priceAsOf, :hash, :isLater
  WHERE NOT EXISTS (${REPEATED})
    AND ${SUMS.day} + :worst <= :dayCap
    AND ${SUMS.site} + :worst <= :siteCap
    AND ${SUMS.visitor} + :worst <= :visitorCap`;

const REFUSAL = `
  SELECT (${REPEATED}) AS repeatedId, CASE
    WHEN ${SUMS.day} + :worst > :dayCap THEN 'day'
    WHEN ${SUMS.site} + :worst > :siteCap THEN 'site'
    WHEN ${SUMS.visitor} + :worst > :visitorCap THEN 'visitor' END AS cap`;

/** What a sweep wrote was a guess: should the call's own process be alive after all, it knows better. */
const IS_OPEN = `(state = 'held' OR outcome = 'swept')`;

const SETTLE = `
  UPDATE entries SET state = 'settled', outcome = :outcome, isEstimated = :isEstimated, promptTokens = :promptTokens,
    cachedTokens = :cachedTokens, completionTokens = :completionTokens, costNanoUsd = :costNanoUsd, latencyMs = :latencyMs
  WHERE id = :id AND ${IS_OPEN}`;

const RELEASE = `
  UPDATE entries SET state = 'released', outcome = 'incomplete', costNanoUsd = 0 WHERE id = ? AND ${IS_OPEN}`;

const SWEEP = `
  UPDATE entries SET state = 'settled', outcome = 'swept', isEstimated = 1, costNanoUsd = promptNanoUsd
  WHERE state = 'held' AND isLater = 0`;

const HELD_FOR_LATER = `SELECT id FROM entries WHERE state = 'held' AND isLater = 1`;

const SPEND = `SELECT spentNanoUsd, heldNanoUsd, calls FROM totals WHERE day = ? AND kind = 'day'`;
const SPEND_BY = `
  SELECT name, spentNanoUsd, calls FROM totals WHERE day = ? AND kind = ? ORDER BY spentNanoUsd DESC, name`;
const ENTRIES = `SELECT * FROM entries WHERE day = ? ORDER BY rowid`;

/** Opens the books. Throws a `LedgerError` where that cannot be done; call `sweep` before the first reservation. */
export function createSqliteLedger({ path, caps, now }: SqliteLedgerOptions): Ledger {
  const database = guard(() => openDatabase(path, now()));
  const statements = guard(() => prepareAll(database));
  const group = guard(() => createWriteGroup(database));
  const wal = path === IN_MEMORY ? undefined : createWalSync(path);
  let state: 'open' | 'broken' | 'closed' = 'open';

  function use<T>(work: () => T): T {
    if (state !== 'open') throw new LedgerError(`The ledger is ${state}.`);
    return guard(work);
  }

  async function write<T>(work: () => T): Promise<T> {
    if (state !== 'open') throw new LedgerError(`The ledger is ${state}.`);
    try {
      return await group.write(work);
    } catch (error) {
      throw ledgerErrorOf(error);
    }
  }

  /** After a sync that failed nobody knows what is on the disk (https://lwn.net/Articles/752063): no more calls until a restart. */
  async function makeDurable(): Promise<void> {
    try {
      await wal?.sync();
    } catch (error) {
      if (state === 'open') state = 'broken';
      throw ledgerErrorOf(error);
    }
  }

  let syncing: NodeJS.Timeout | undefined;
  function syncSoon(): void {
    // Closing brings everything into the file by itself.
    if (state === 'closed') return;
    syncing ??= setTimeout(() => {
      syncing = undefined;
      makeDurable().catch(() => undefined);
    }, SYNC_AFTER_MS);
  }

  return {
    // Not made durable: a power cut forgets the calls under way, which end with it. A killed process forgets none.
    async reserve(request) {
      return write(() => reserveIn(statements, request, caps, Math.trunc(now())));
    },
    async settle(id, settlement) {
      await write(() => statements.settle.run(settlementRow(id, settlement)));
      // A killed process forgets nothing that is written. A power cut may forget the last moments: waiting for the disk at each call
      // would halve what the server can do, and the reservations of those moments are forgotten with them.
      syncSoon();
    },
    async release(id) {
      await write(() => statements.release.run(id));
    },
    async sweep() {
      const { changes } = use(() => statements.sweep.run());
      await makeDurable();
      return changes;
    },
    async heldForLater() {
      return (use(() => statements.heldForLater.all()) as { id: string }[]).map(({ id }) => id);
    },
    async spend(day) {
      const row = use(() => statements.spend.get(day)) as Omit<Spend, 'day'> | undefined;
      return {
        day,
        spentNanoUsd: row?.spentNanoUsd ?? 0,
        heldNanoUsd: row?.heldNanoUsd ?? 0,
        calls: row?.calls ?? 0,
      };
    },
    async spendBy(day, account) {
      return use(() => statements.spendBy.all(day, account)) as Awaited<ReturnType<Ledger['spendBy']>>;
    },
    async entries(day) {
      return (use(() => statements.entries.all(day)) as EntryRow[]).map(entryOf);
    },
    async close() {
      if (state === 'closed') return;
      group.flush();
      state = 'closed';
      clearTimeout(syncing);
      await wal?.close();
      guard(() => {
        // libsql keeps a connection open until its statements are collected, so that closing would leave the log as it is.
        try {
          database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
        } finally {
          database.close();
        }
      });
    },
  };
}

/** As SQLite has it. */
interface EntryRow extends Omit<LedgerEntry, 'isEstimated' | 'isLater' | 'idempotencyHash'> {
  readonly isEstimated: number;
  readonly isLater: number;
  readonly idempotencyHash: string | null;
}

/** No booleans: libsql ends the process when it is handed one. */
type Bindings = Readonly<Record<string, string | number | null>>;

type Statements = ReturnType<typeof prepareAll>;

function prepareAll(database: Database.Database) {
  return {
    reserve: database.prepare<Bindings>(RESERVE),
    refusal: database.prepare<Bindings>(REFUSAL),
    settle: database.prepare<Bindings>(SETTLE),
    release: database.prepare<[string]>(RELEASE),
    sweep: database.prepare<[]>(SWEEP),
    heldForLater: database.prepare<[]>(HELD_FOR_LATER),
    spend: database.prepare<[string]>(SPEND),
    spendBy: database.prepare<[string, string]>(SPEND_BY),
    entries: database.prepare<[string]>(ENTRIES),
  };
}

function reserveIn(statements: Statements, request: ReserveRequest, caps: Caps, atMs: number): Reserved {
  const { day, endsAtMs } = utcDayOf(atMs);
  const bindings: Bindings = {
    id: request.id,
    atMs,
    day,
    visitor: request.visitor,
    site: request.site,
    model: request.model,
    promptTokens: request.promptTokens,
    worst: request.worstNanoUsd,
    promptNanoUsd: request.promptNanoUsd,
    priceAsOf: request.priceAsOf,
    hash: request.idempotencyHash ?? null,
    isLater: request.isLater ? 1 : 0,
    repeatsSinceMs: atMs - IDEMPOTENCY_MS,
    dayCap: caps.dayNanoUsd,
    siteCap: caps.siteNanoUsd,
    visitorCap: caps.visitorNanoUsd,
  };
  for (let tries = 0; tries < MAX_RESERVE_TRIES; tries++) {
    if (statements.reserve.run(bindings).changes === 1) return { kind: 'reserved' };
    const { repeatedId, cap } = statements.refusal.get(bindings) as Refusal;
    if (repeatedId !== null) return { kind: 'repeated', id: repeatedId };
    if (cap !== null) return { kind: 'exhausted', cap, opensAtMs: endsAtMs };
  }
  throw new Error('other processes change the books faster than they can be read');
}

interface Refusal {
  readonly repeatedId: string | null;
  readonly cap: CapName | null;
}

function settlementRow(id: string, settlement: Settlement): Bindings {
  const { outcome, isEstimated, promptTokens, cachedTokens, completionTokens, costNanoUsd, latencyMs } =
    settlement;
  return {
    id,
    outcome,
    isEstimated: isEstimated ? 1 : 0,
    promptTokens,
    cachedTokens,
    completionTokens,
    costNanoUsd,
    latencyMs,
  };
}

function entryOf({ isEstimated, isLater, idempotencyHash, ...row }: EntryRow): LedgerEntry {
  return {
    ...row,
    isEstimated: isEstimated === 1,
    ...(isLater === 1 ? { isLater: true } : {}),
    ...(idempotencyHash === null ? {} : { idempotencyHash }),
  };
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw ledgerErrorOf(error);
  }
}

function ledgerErrorOf(error: unknown): LedgerError {
  const reason = error instanceof Error ? error.message : String(error);
  return new LedgerError(`The ledger could not be used: ${reason}`, { cause: error });
}
