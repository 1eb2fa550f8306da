/** The ledger that other tests stand on is a ledger. */
import type { LedgerEntry } from '../../../src/server/ledger/ledger';
import { describeLedger } from '../../contract/ledger';
import { createMemoryLedger } from '../../fakes/memory-ledger';

describeLedger('memory', async () => {
  const books: LedgerEntry[] = [];
  return {
    open: async ({ caps, now }) => createMemoryLedger({ ...caps, now, books }),
    remove: async () => undefined,
  };
});
