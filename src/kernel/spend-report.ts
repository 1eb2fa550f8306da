/** What `GET /api/spend` says: a UTC day's spending, in all and by site, visitor (a hash) and model. */

interface AccountSpend {
  readonly name: string;
  readonly spent_usd: number;
  readonly calls: number;
}

export interface SpendReport {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly spent_usd: number;
  /** Exact: in nano-dollars. */
  readonly spent_nano_usd: number;
  readonly held_usd: number;
  readonly calls: number;
  readonly by: {
    readonly site: readonly AccountSpend[];
    readonly visitor: readonly AccountSpend[];
    readonly model: readonly AccountSpend[];
  };
}
