/** The books: what is reserved before the upstream is called, and what it came to; one contract for every store. */

/** On whose account a call is; never an address or a name in clear. */
export interface Account {
  /** A keyed hash of the visitor's address, or `api` for holders of the API token. */
  readonly visitor: string;
  /** The origin of the page that asked, or `api`. */
  readonly site: string;
}

export interface ReserveRequest extends Account {
  /** Unique; the key of everything that follows. */
  readonly id: string;
  /** The upstream's name for the model. */
  readonly model: string;
  readonly promptTokens: number;
  /** The most that the call can cost. */
  readonly worstNanoUsd: number;
  /** What it has cost for sure once it was sent: the prompt. A sweep settles at that. */
  readonly promptNanoUsd: number;
  readonly priceAsOf: string;
  /** From the client's `Idempotency-Key`, hashed together with the account; unique for 24 hours. */
  readonly idempotencyHash?: string;
  /** Answered within a day, not now: held until it is settled or released, through restarts; no sweep touches it. */
  readonly isLater?: true;
}

export type CapName = 'day' | 'site' | 'visitor';

export type Reserved =
  | { readonly kind: 'reserved' }
  /** Nothing was written. `opensAtMs`: when the UTC day ends. */
  | { readonly kind: 'exhausted'; readonly cap: CapName; readonly opensAtMs: number }
  /** The same idempotency hash was reserved before; `id` is that call's. */
  | { readonly kind: 'repeated'; readonly id: string };

/** How a call ended. */
export type Outcome =
  | 'done'
  /** The client left, or the stream broke: the usage is an estimate. */
  | 'aborted'
  | 'incomplete'
  /** Its process died before it was settled. */
  | 'swept';

export interface Settlement {
  readonly outcome: Outcome;
  readonly isEstimated: boolean;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly costNanoUsd: number;
  readonly latencyMs: number;
}

/** One line of the books. `heldNanoUsd` counts against the caps until the call is settled or released. */
export interface LedgerEntry extends ReserveRequest, Settlement {
  readonly atMs: number;
  /** `YYYY-MM-DD`, of the reservation, in UTC. */
  readonly day: string;
  readonly state: 'held' | 'settled' | 'released';
}

export interface Spend {
  readonly day: string;
  readonly spentNanoUsd: number;
  readonly heldNanoUsd: number;
  readonly calls: number;
}

/** Caps per UTC day, in nano-dollars. */
export interface Caps {
  readonly dayNanoUsd: number;
  readonly siteNanoUsd: number;
  readonly visitorNanoUsd: number;
}

/** Every method may fail with a `LedgerError`; then nothing may be sent upstream. */
export interface Ledger {
  /** In one atomic statement: checks every cap against spent + held + worst, and holds. */
  reserve(request: ReserveRequest): Promise<Reserved>;
  /**
   * Turns the hold into what was spent, on the day of the reservation. A repeat, or an id that was released, changes nothing.
   * What a sweep has guessed gives way to it, and to a release: the call's own process was alive after all.
   */
  settle(id: string, settlement: Settlement): Promise<void>;
  /** Gives the hold back: the upstream billed nothing. Frees the idempotency hash. */
  release(id: string): Promise<void>;
  /** At start: what an earlier process left held, but for later, is settled at the price of its prompt, as an estimate. Returns how many. */
  sweep(): Promise<number>;
  /** Ids of what is held for later. */
  heldForLater(): Promise<readonly string[]>;
  spend(day: string): Promise<Spend>;
  /** By account, dearest first. */
  spendBy(
    day: string,
    account: 'site' | 'visitor' | 'model',
  ): Promise<readonly { name: string; spentNanoUsd: number; calls: number }[]>;
  entries(day: string): Promise<readonly LedgerEntry[]>;
  close(): Promise<void>;
}

/** The store could not be read or written: full, locked or damaged. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/** The UTC day of a time, `YYYY-MM-DD`, and when the next one begins. */
export function utcDayOf(atMs: number): { readonly day: string; readonly endsAtMs: number } {
  const day = new Date(atMs).toISOString().slice(0, 10);
  return { day, endsAtMs: Date.parse(`${day}T00:00:00Z`) + 86_400_000 };
}
