/** Where a request comes from, and the keyed hash that stands for it wherever something is kept. */
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';

export interface AddressSource {
  /** Of the socket. */
  readonly socketAddress: string | undefined;
  readonly forwardedFor: string | undefined;
}

/**
 * The visitor's address. Behind a proxy that is trusted, the last entry of `X-Forwarded-For`: the one that the proxy itself wrote, since
 * everything before it is the visitor's own to invent. An IPv6 address counts by its /64: one household has that many.
 */
export function clientAddressOf(source: AddressSource, isProxyTrusted: boolean): string {
  const forwarded = isProxyTrusted ? withoutPort(source.forwardedFor?.split(',').at(-1) ?? '') : '';
  const address = (isIP(forwarded) ? forwarded : source.socketAddress) ?? 'unknown';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(plain) === 6 ? networkOf(plain) : plain;
}

/** Without the secret nobody can try addresses against it. */
export function addressHashOf(address: string, secret: string): string {
  return createHmac('sha256', secret).update(`address\n${address}`).digest('base64url').slice(0, 22);
}

/** Some proxies append `203.0.113.7:4711` or `[2001:db8::1]:4711`. */
function withoutPort(entry: string): string {
  const text = entry.trim();
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}

/** The first four groups. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = head.split(':').filter(Boolean);
  const end = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const zeros = tail === undefined ? [] : Array<string>(8 - groups.length - end.length).fill('0');
  const network = [...groups, ...zeros, ...end].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
