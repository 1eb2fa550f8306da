/** How a room asks the network: it is handed this, so that one place can watch and forbid. */

/** As `fetch`. Faults: `offline`, `unreachable`, `cancelled`; an HTTP error status is the caller's to read. */
export type Request = (url: URL | string, init?: RequestInit) => Promise<Response>;
