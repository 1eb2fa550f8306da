/** The one place in the page that makes requests, so that "nothing leaves" can be enforced in one place. */
import { Fault, faultOf } from '../kernel/fault';
import type { Request } from '../kernel/network';

/** Our server's paths that are no static files. */
const SERVER_PATH = /\/(?:api|v1)\//;

export interface RequestOptions {
  /** Asked only after a failure. */
  readonly isOnline: () => boolean;
  /** Whether the person, or the site, chose that nothing leaves: then only files are fetched. */
  readonly isPrivate: () => boolean;
}

/** A request function that turns the network's failures into faults. Faults: `private`, `offline`, `unreachable`, `cancelled`. */
export function createRequest({ isOnline, isPrivate }: RequestOptions): Request {
  return async (url, init) => {
    if (isPrivate() && !isForFile(url, init)) throw new Fault('private', hostOf(url));
    try {
      return await fetch(url, { ...init, credentials: 'omit' });
    } catch (error) {
      const fault = faultOf(error, isOnline() ? 'unreachable' : 'offline');
      throw fault.code === 'cancelled' ? fault : new Fault(fault.code, hostOf(url), { cause: error });
    }
  };
}

/** A file is fetched with nothing said. */
function isForFile(url: URL | string, init: RequestInit | undefined): boolean {
  const { pathname } = new URL(url, globalThis.location?.href);
  const method = init?.method ?? 'GET';
  return method === 'GET' && !init?.body && !SERVER_PATH.test(pathname);
}

function hostOf(url: URL | string): string {
  return new URL(url, globalThis.location?.href).host;
}
