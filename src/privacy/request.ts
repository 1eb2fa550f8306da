/** The one place in the page that makes requests, so that "nothing leaves" can be enforced in one place. */
import { Fault, faultOf } from '../kernel/fault';
import type { Request } from '../kernel/network';

/** A request function that turns the network's failures into faults; `isOnline` is asked only after one. */
export function createRequest(isOnline: () => boolean): Request {
  return async (url, init) => {
    try {
      return await fetch(url, { ...init, credentials: 'omit' });
    } catch (error) {
      const fault = faultOf(error, isOnline() ? 'unreachable' : 'offline');
      throw fault.code === 'cancelled' ? fault : new Fault(fault.code, hostOf(url), { cause: error });
    }
  };
}

function hostOf(url: URL | string): string {
  return new URL(url, globalThis.location?.href).host;
}
