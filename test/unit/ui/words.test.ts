/** Facts about how numbers and times are put into words. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayGroupOf, doneText, sizeText, timeLeftText } from '../../../src/ui/words';

describe('sizeText', () => {
  test.for([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_500, '2 kB'],
    [2_400_000, '2.4 MB'],
    [9_949_999, '9.9 MB'],
    [144_811_360, '145 MB'],
    [386_404_992, '386 MB'],
    [1_000_000_000, '1.0 GB'],
    [12_300_000_000, '12 GB'],
    [5_000_000_000_000, '5000 GB'],
  ] as const)('%d bytes are %s', ([bytes, text]) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test('any size is a number and a unit, and never less than half of a unit off', () => {
    const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e13 }), (bytes) => {
        const [value, unit] = sizeText(bytes).split(' ');
        const unitBytes = units[unit as 'B'];
        expect(Math.abs(Number(value) * unitBytes - bytes)).toBeLessThanOrEqual(unitBytes / 2);
      }),
    );
  });
});

describe('timeLeftText', () => {
  test.for([
    [0, '1 s left'],
    [0.2, '1 s left'],
    [12.1, '13 s left'],
    [60, '1 min left'],
    [61, '2 min left'],
    [59 * 60, '59 min left'],
    [60 * 60, '1 h left'],
    [61 * 60, '1.1 h left'],
    [5 * 3_600, '5 h left'],
  ] as const)('%d seconds are %s', ([seconds, text]) => {
    expect(timeLeftText(seconds)).toBe(text);
  });

  test('never promises less than it takes', () => {
    const unitSeconds = { s: 1, min: 60, h: 3_600 };
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (seconds) => {
        const [value, unit] = timeLeftText(seconds).split(' ');
        expect(Number(value) * unitSeconds[unit as 's']).toBeGreaterThanOrEqual(seconds - 1e-6);
      }),
    );
  });
});

describe('dayGroupOf', () => {
  const now = new Date(2026, 5, 17, 15, 30).getTime();
  const at = (day: number, hour = 12, minute = 0) => new Date(2026, 5, day, hour, minute).getTime();

  test.for([
    ['now', now, 'Today'],
    ['just after midnight', at(17, 0, 0), 'Today'],
    ['just before midnight', at(16, 23, 59), 'Yesterday'],
    ['the first minute of yesterday', at(16, 0, 0), 'Yesterday'],
    ['the last minute before yesterday', at(15, 23, 59), 'Last 7 days'],
    ['six days ago', at(11, 0, 0), 'Last 7 days'],
    ['a week ago', at(10, 23, 59), 'Earlier'],
    ['the beginning', 0, 'Earlier'],
    ['a clock that was ahead', now + 3_600_000, 'Today'],
  ] as const)('%s', ([, time, group]) => {
    expect(dayGroupOf(time, now)).toBe(group);
  });
});

test('what is done is told in bytes, or as a share where the whole is 1', () => {
  expect(doneText(12e6, 386e6)).toBe('12 MB of 386 MB');
  expect([0, 0.379, 1].map((share) => doneText(share, 1))).toEqual(['0 %', '37 %', '100 %']);
});
