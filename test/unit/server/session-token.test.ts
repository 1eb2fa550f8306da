/** Facts about visitors' tokens by themselves. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSessionTokens, isSame } from '../../../src/server/access/session-token';

const holder = { origin: 'https://chat.example', addressHash: 'somebody' };

function tokensAt(world: { now: number }, secret = 'one-secret') {
  return createSessionTokens({ secret, lifetimeS: 60, now: () => world.now });
}

test('a token is good until the very second that it names', () => {
  const world = { now: 1_000_000 };
  const tokens = tokensAt(world);
  const { token, expiresAtS } = tokens.issue(holder);
  expect(expiresAtS).toBe(1_060);
  world.now = 1_059_999;
  expect(tokens.stateOf(token, holder)).toBe('valid');
  world.now = 1_060_000;
  expect(tokens.stateOf(token, holder)).toBe('expired');
});

test('neither another page nor another address can use it', () => {
  const tokens = tokensAt({ now: 0 });
  const { token } = tokens.issue(holder);
  expect(tokens.stateOf(token, { ...holder, origin: 'https://chat.example:444' })).toBe('elsewhere');
  expect(tokens.stateOf(token, { ...holder, addressHash: 'somebody else' })).toBe('elsewhere');
});

test('a server with another secret does not know it', () => {
  const world = { now: 0 };
  const { token } = tokensAt(world).issue(holder);
  expect(tokensAt(world, 'another-secret').stateOf(token, holder)).toBe('invalid');
});

test('an expired token that was changed is invalid, not expired', () => {
  const world = { now: 1_000_000 };
  const tokens = tokensAt(world);
  const { token } = tokens.issue(holder);
  world.now = 9_000_000;
  expect(tokens.stateOf(`${token.slice(0, -2)}AA`, holder)).toBe('invalid');
});

test('whoever holds it reads neither the page nor the address in it', () => {
  const { token } = tokensAt({ now: 0 }).issue(holder);
  const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
  for (const text of [token, ...parts]) expect(text).not.toMatch(/example|somebody/);
});

test('changing any character makes it invalid', () => {
  const tokens = tokensAt({ now: 0 });
  const { token } = tokens.issue(holder);
  fc.assert(
    fc.property(
      fc.nat({ max: token.length - 1 }),
      fc.constantFrom('0', '9', 'A', 'Z', 'a', 'z', '-', '_', '.'),
      (at, character) =>
        token[at] === character ||
        tokens.stateOf(token.slice(0, at) + character + token.slice(at + 1), holder) === 'invalid',
    ),
  );
});

test('no text that somebody makes up is a token, and none makes the check fail', () => {
  const tokens = tokensAt({ now: 0 });
  const made = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 6 }).map((parts) => parts.join('.')),
  );
  fc.assert(fc.property(made, (text) => tokens.stateOf(text, holder) === 'invalid'));
});

test('texts are compared whole, whatever their lengths', () => {
  expect(isSame('token', 'token')).toBe(true);
  for (const other of ['', 'toke', 'token ', 'Token', 'tokenn']) expect(isSame('token', other)).toBe(false);
});
