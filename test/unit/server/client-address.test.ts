/** Facts about whose address counts. */
import { expect, test } from 'vitest';
import { addressHashOf, clientAddressOf } from '../../../src/server/access/client-address';

const source = { socketAddress: '10.0.0.1', forwardedFor: '6.6.6.6, 203.0.113.7' };

test('what a visitor writes into X-Forwarded-For counts for nothing', () => {
  expect(clientAddressOf(source, false)).toBe('10.0.0.1');
});

test('behind a trusted proxy its own entry counts, which is the last', () => {
  expect(clientAddressOf(source, true)).toBe('203.0.113.7');
  expect(clientAddressOf({ ...source, forwardedFor: 'nonsense' }, true)).toBe('10.0.0.1');
  expect(clientAddressOf({ ...source, forwardedFor: undefined }, true)).toBe('10.0.0.1');
});

test.for([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
])('%s counts as %s', ([address, counted]) => {
  expect(clientAddressOf({ socketAddress: address, forwardedFor: undefined }, false)).toBe(counted);
});

test('the hash depends on the secret, and holds nothing of the address', () => {
  const hash = addressHashOf('203.0.113.7', 'one');
  expect(hash).toBe(addressHashOf('203.0.113.7', 'one'));
  expect(hash).not.toBe(addressHashOf('203.0.113.7', 'two'));
  expect(hash).not.toBe(addressHashOf('203.0.113.8', 'one'));
});
