/** A ledger in memory, for tests of what stands before it: it does what every ledger does, counts, and fails on demand. */
import {
  LedgerError,
  utcDayOf,
  type Caps,
  type Ledger,
  type LedgerEntry,
  type ReserveRequest,
  type Settlement,
} from '../../src/server/ledger/ledger';

export interface MemoryLedger extends Ledger {
  /** In the order of their reservations, released ones included. */
  readonly all: readonly LedgerEntry[];
  /** How often `settle` was called, by id. */
  readonly settleCounts: ReadonlyMap<string, number>;
  /** From now on every write fails, or none. */
  fail(writes: 'all' | 'none'): void;
}

export interface MemoryLedgerOptions extends Partial<Caps> {
  readonly now?: () => number;
  /** Shared by ledgers over the same books. */
  readonly books?: LedgerEntry[];
}

const DAY_MS = 86_400_000;

export function createMemoryLedger(options: MemoryLedgerOptions = {}): MemoryLedger {
  const { now = Date.now, books = [] } = options;
  const { dayNanoUsd = Infinity, siteNanoUsd = Infinity, visitorNanoUsd = Infinity } = options;
  const settleCounts = new Map<string, number>();
  let failing: 'all' | 'none' = 'none';
  let isClosed = false;

  function read(): void {
    if (isClosed) throw new LedgerError('The ledger is closed.');
  }
  function write(...amounts: readonly number[]): void {
    read();
    if (failing === 'all') throw new LedgerError('database or disk is full');
    const wrong = amounts.find((amount) => !Number.isSafeInteger(amount) || amount < 0);
    if (wrong !== undefined) throw new LedgerError(`${wrong} is no amount`);
  }
  function replaceOpen(id: string, changes: Partial<LedgerEntry>): void {
    const at = books.findIndex((entry) => entry.id === id);
    const entry = books[at];
    if (entry && (entry.state === 'held' || entry.outcome === 'swept')) books[at] = { ...entry, ...changes };
  }
  const countedOn = (day: string) => books.filter((entry) => entry.day === day && entry.state !== 'released');

  return {
    all: books,
    settleCounts,
    fail: (writes) => void (failing = writes),
    async reserve(request) {
      const { id, idempotencyHash, worstNanoUsd } = request;
      write(request.promptTokens, worstNanoUsd, request.promptNanoUsd);
      const { day, endsAtMs } = utcDayOf(now());
      if (books.some((entry) => entry.id === id)) throw new LedgerError(`${id} was used before`);
      const earlier = books.find(
        (entry) =>
          idempotencyHash !== undefined &&
          entry.idempotencyHash === idempotencyHash &&
          entry.state !== 'released' &&
          entry.atMs > now() - DAY_MS,
      );
      if (earlier) return { kind: 'repeated', id: earlier.id };
      const today = countedOn(day);
      const sums = [
        ['day', committed(today), dayNanoUsd],
        ['site', committed(today.filter(({ site }) => site === request.site)), siteNanoUsd],
        ['visitor', committed(today.filter(({ visitor }) => visitor === request.visitor)), visitorNanoUsd],
      ] as const;
      const full = sums.find(([, sum, most]) => sum + worstNanoUsd > most);
      if (full) return { kind: 'exhausted', cap: full[0], opensAtMs: endsAtMs };
      books.push(heldOf(request, now(), day));
      return { kind: 'reserved' };
    },
    async settle(id, settlement) {
      settleCounts.set(id, (settleCounts.get(id) ?? 0) + 1);
      const { promptTokens, cachedTokens, completionTokens, costNanoUsd } = settlement;
      write(promptTokens, cachedTokens, completionTokens, costNanoUsd);
      replaceOpen(id, { ...settlement, state: 'settled' });
    },
    async release(id) {
      write();
      replaceOpen(id, { state: 'released', outcome: 'incomplete', costNanoUsd: 0 });
    },
    async sweep() {
      write();
      const held = books.filter(({ state, isLater }) => state === 'held' && !isLater);
      for (const { id, promptNanoUsd } of held)
        replaceOpen(id, { state: 'settled', outcome: 'swept', costNanoUsd: promptNanoUsd });
      return held.length;
    },
    async heldForLater() {
      read();
      return books.filter(({ state, isLater }) => state === 'held' && isLater).map(({ id }) => id);
    },
    async spend(day) {
      read();
      const counted = countedOn(day);
      const held = counted.filter(({ state }) => state === 'held');
      const settled = counted.filter(({ state }) => state === 'settled');
      return {
        day,
        spentNanoUsd: committed(settled),
        heldNanoUsd: committed(held),
        calls: counted.length,
      };
    },
    async spendBy(day, account) {
      read();
      const counted = countedOn(day);
      return [...new Set(counted.map((entry) => entry[account]))]
        .map((name) => {
          const own = counted.filter((entry) => entry[account] === name);
          const settled = own.filter(({ state }) => state === 'settled');
          return { name, spentNanoUsd: committed(settled), calls: own.length };
        })
        .toSorted((a, b) => b.spentNanoUsd - a.spentNanoUsd || (a.name < b.name ? -1 : 1));
    },
    async entries(day) {
      read();
      return books.filter((entry) => entry.day === day);
    },
    close: async () => void (isClosed = true),
  };
}

/** What calls count against a cap. */
function committed(entries: readonly LedgerEntry[]): number {
  return entries.reduce(
    (sum, { state, costNanoUsd, worstNanoUsd }) => sum + (state === 'held' ? worstNanoUsd : costNanoUsd),
    0,
  );
}

function heldOf(request: ReserveRequest, atMs: number, day: string): LedgerEntry {
  const open: Settlement = {
    outcome: 'incomplete',
    isEstimated: true,
    promptTokens: request.promptTokens,
    cachedTokens: 0,
    completionTokens: 0,
    costNanoUsd: 0,
    latencyMs: 0,
  };
  return { ...open, ...request, atMs, day, state: 'held' };
}
