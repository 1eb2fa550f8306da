/** Facts about Range headers: what is satisfied, what is refused, what is ignored. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { rangeOf } from '../../../src/server/byte-range';

test.each([
  ['bytes=0-0', { start: 0, end: 0 }],
  ['bytes=0-', { start: 0, end: 9 }],
  ['bytes=3-5', { start: 3, end: 5 }],
  ['bytes=9-9', { start: 9, end: 9 }],
  ['bytes=5-99', { start: 5, end: 9 }],
  ['bytes=-4', { start: 6, end: 9 }],
  ['bytes=-99', { start: 0, end: 9 }],
  ['Bytes = 1 - 2', { start: 1, end: 2 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=10-20', 'unsatisfiable'],
  ['bytes=99999999999999999999999-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-3', 'whole'],
  ['bytes=0-1,4-5', 'whole'],
  ['bytes=-', 'whole'],
  ['bytes=a-b', 'whole'],
  ['bytes=--1', 'whole'],
  ['items=0-1', 'whole'],
  ['0-1', 'whole'],
  ['', 'whole'],
  [undefined, 'whole'],
] as const)('of ten bytes, %j is %j', (header, expected) => {
  expect(rangeOf(header, 10)).toEqual(expected);
});

test.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('an empty file cannot satisfy %s', (header) => {
  expect(rangeOf(header, 0)).toBe('unsatisfiable');
});

test('a satisfied range is never empty and never leaves the file', () => {
  const position = fc.oneof(fc.constant(''), fc.nat(50).map(String));
  fc.assert(
    fc.property(position, position, fc.nat(40), (first, last, sizeBytes) => {
      const range = rangeOf(`bytes=${first}-${last}`, sizeBytes);
      if (typeof range === 'string') return true;
      return range.start >= 0 && range.start <= range.end && range.end < sizeBytes;
    }),
  );
});
