/** Who sends a request, once access has let it in: what the ledger and the limits know of them. */
import type { Account } from '../ledger/ledger';

export interface Caller extends Account {
  readonly kind: 'visitor' | 'server';
}

/** What access sets on Hono's context for the routes behind it: `c.get('caller')`. */
export interface CallerVariables {
  readonly Variables: { readonly caller: Caller };
}
