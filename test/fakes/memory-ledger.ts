/** A ledger in memory for tests of what stands before it: keeps entries and one cap, and fails on demand. */
import {
  LedgerError,
  utcDayOf,
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

export interface MemoryLedgerOptions {
  readonly now?: () => number;
  readonly dayNanoUsd?: number;
}

export function createMemoryLedger({
  now = Date.now,
  dayNanoUsd = Infinity,
}: MemoryLedgerOptions = {}): MemoryLedger {
  const entries: LedgerEntry[] = [];
  const settleCounts = new Map<string, number>();
  let failing: 'all' | 'none' = 'none';

  function write(): void {
    if (failing === 'all') throw new LedgerError('database or disk is full');
  }
  function replace(id: string, changes: Partial<LedgerEntry>): void {
    const at = entries.findIndex((entry) => entry.id === id && entry.state === 'held');
    const held = entries[at];
    if (held) entries[at] = { ...held, ...changes };
  }
  const committed = (): number =>
    entries.reduce((sum, { state, costNanoUsd, worstNanoUsd }) => {
      if (state === 'released') return sum;
      return sum + (state === 'held' ? worstNanoUsd : costNanoUsd);
    }, 0);

  return {
    all: entries,
    settleCounts,
    fail: (writes) => void (failing = writes),
    async reserve(request) {
      write();
      const { day, endsAtMs } = utcDayOf(now());
      const { idempotencyHash } = request;
      const earlier = entries.find(
        (entry) => idempotencyHash && entry.idempotencyHash === idempotencyHash && entry.state !== 'released',
      );
      if (earlier) return { kind: 'repeated', id: earlier.id };
      if (committed() + request.worstNanoUsd > dayNanoUsd) {
        return { kind: 'exhausted', cap: 'day', opensAtMs: endsAtMs };
      }
      entries.push(heldOf(request, now(), day));
      return { kind: 'reserved' };
    },
    async settle(id, settlement) {
      settleCounts.set(id, (settleCounts.get(id) ?? 0) + 1);
      write();
      replace(id, { ...settlement, state: 'settled' });
    },
    async release(id) {
      write();
      replace(id, { state: 'released' });
    },
    sweep: async () => 0,
    heldForLater: async () =>
      entries.filter(({ state, isLater }) => state === 'held' && isLater).map(({ id }) => id),
    spend: async (day) => ({ day, spentNanoUsd: committed(), heldNanoUsd: 0, calls: entries.length }),
    spendBy: async () => [],
    entries: async () => entries,
    close: async () => undefined,
  };
}

function heldOf(request: ReserveRequest, atMs: number, day: string): LedgerEntry {
  const open: Settlement = {
    outcome: 'swept',
    isEstimated: true,
    promptTokens: request.promptTokens,
    cachedTokens: 0,
    completionTokens: 0,
    costNanoUsd: 0,
    latencyMs: 0,
  };
  return { ...open, ...request, atMs, day, state: 'held' };
}
