/** What servers keep, and what those that keep it in one place share: money, limits, answers to repeats, small facts. */
import type { RateLimits } from '../access/rate-limits';
import type { Replays } from '../completions/idempotency';
import type { Ledger } from '../ledger/ledger';
import type { SharedState } from './shared-state';

export interface ServerStore {
  readonly ledger: Ledger;
  /** Of so many a minute; limits of one name are counted together. */
  limitsOf(name: string, perMinute: number): RateLimits;
  readonly replays: Replays;
  readonly state: SharedState;
  /** Closes the ledger, too. */
  close(): Promise<void>;
}
