/** The store of a single server: its ledger in a file, the rest in its memory. */
import { createRateLimits } from '../access/rate-limits';
import { createReplays } from '../completions/idempotency';
import { createSqliteLedger, type SqliteLedgerOptions } from '../ledger/sqlite-ledger';
import { createMemoryState } from './shared-state';
import type { ServerStore } from './store';

/** Throws a `LedgerError` where the file cannot be opened. */
export function createEmbeddedStore(options: SqliteLedgerOptions): ServerStore {
  const { now } = options;
  const ledger = createSqliteLedger(options);
  return {
    ledger,
    limitsOf: (_name, perMinute) => createRateLimits(perMinute),
    replays: createReplays({ now }),
    state: createMemoryState({ now }),
    close: () => ledger.close(),
  };
}
