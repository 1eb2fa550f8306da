/** Facts about the entries that proxies append, and about what a hash of an address tells. */
import { expect, test } from 'vitest';
import { addressHashOf, clientAddressOf } from '../../../src/server/access/client-address';

test.for([
  ['203.0.113.7:4711', '203.0.113.7'],
  ['[2001:db8:1:2:3::4]:4711', '2001:db8:1:2::/64'],
  ['[2001:db8:1:2:3::4]', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:3::4', '2001:db8:1:2::/64'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['', '10.0.0.1'],
  ['unknown', '10.0.0.1'],
  ['203.0.113.7.9:1', '10.0.0.1'],
])('a proxy that appends “%s” means %s', ([entry, counted]) => {
  const forwardedFor = `6.6.6.6, ${entry}`;
  expect(clientAddressOf({ socketAddress: '10.0.0.1', forwardedFor }, true)).toBe(counted);
});

test('whoever has no address shares one', () => {
  expect(clientAddressOf({ socketAddress: undefined, forwardedFor: '6.6.6.6' }, false)).toBe('unknown');
});

test('all of one household’s IPv6 addresses have one hash, those of the next another', () => {
  const hashOf = (socketAddress: string) =>
    addressHashOf(clientAddressOf({ socketAddress, forwardedFor: undefined }, false), 'a-secret');
  expect(hashOf('2001:db8:1:2::1')).toBe(hashOf('2001:db8:1:2:ffff:ffff:ffff:ffff'));
  expect(hashOf('2001:db8:1:2::1')).not.toBe(hashOf('2001:db8:1:3::1'));
});

test('a hash holds nothing of the address', () => {
  const hash = addressHashOf('203.0.113.7', 'a-secret');
  expect(hash).toMatch(/^[\w-]{22}$/);
  expect(Buffer.from(hash, 'base64url').toString('latin1')).not.toContain('203');
});
