/** Puts the app on a port, with limits for slow clients and a stop that lets answers finish. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';

export interface ListenOptions {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly port: number;
  readonly host: string;
  /** How long a client may take to send a request; then Node answers 408. */
  readonly requestTimeoutMs?: number;
}

export interface Listening {
  /** The real one, where 0 was asked for. */
  readonly port: number;
  /** Takes no new connection, waits up to `graceMs` for open responses, calls `tell`, and cuts what is left a moment later. */
  stop(graceMs: number, tell?: () => void): Promise<void>;
}

/** With one more check interval it stays below 15 s, the longest that half a request may hold a connection. */
const REQUEST_TIMEOUT_MS = 14_000;
const CHECKS_PER_TIMEOUT = 28;
const IDLE_SWEEP_MS = 100;
/** For the last words to get out. */
const TELL_MS = 500;

/**
 * Resolves when requests are taken; rejects with Node's error (`EADDRINUSE`, …) when they cannot be. The timeouts are
 * on what a client sends: how long it takes to read a download is its own affair.
 */
export async function listen(options: ListenOptions): Promise<Listening> {
  const requestTimeout = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const server = createAdaptorServer({
    fetch: options.fetch,
    serverOptions: {
      headersTimeout: requestTimeout,
      requestTimeout,
      // Node looks only every 30 s by default.
      connectionsCheckingInterval: Math.ceil(requestTimeout / CHECKS_PER_TIMEOUT),
    },
  }) as Server;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: (graceMs, tell) => stop(server, graceMs, tell),
  };
}

/** One line for whoever started the server: which variable to change. */
export function listenProblemOf(error: NodeJS.ErrnoException, port: number, host: string): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `PORT is ${port}; another program listens there already. Set PORT to a free one (0 means any).`;
    case 'EACCES':
      return `PORT is ${port}; this user may not listen there. Set PORT to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST is "${host}"; this machine has no such address. Set HOST to one of its own, or to 0.0.0.0.`;
    default:
      return `The server cannot listen on ${host}, port ${port}: ${error.message}`;
  }
}

async function stop(server: Server, graceMs: number, tell?: () => void): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A kept-alive connection that falls idle only now would be waited for until its client leaves.
  const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS);
  let cut: NodeJS.Timeout | undefined;
  const deadline = setTimeout(() => {
    tell?.();
    cut = setTimeout(() => server.closeAllConnections(), tell ? TELL_MS : 0);
  }, graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(deadline);
  clearTimeout(cut);
}
