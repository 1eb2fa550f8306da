/** Facts about the words for what may be expected of a model, and for what was measured. */
import { expect, test } from 'vitest';
import { downloadText, forecastText, passportText, spanText } from '../../../src/ui/forecast-words';

test.each([
  [0.2, '1 s'],
  [7.4, '7 s'],
  [9.6, '10 s'],
  [42, '40 s'],
  [87, '85 s'],
  [88, '1 min'],
  [173, '3 min'],
  [5_360, '89 min'],
  [5_400, '1.5 h'],
])('%d seconds are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text);
});

test('speed comes with what it is to a reader', () => {
  expect(forecastText({ tokensPerSecond: 12.4 })).toBe(
    'about 12 tokens a second here, faster than one reads',
  );
  expect(forecastText({ tokensPerSecond: 5 })).toBe(
    'about 5.0 tokens a second here, about as fast as one reads',
  );
  expect(forecastText({ tokensPerSecond: 1.26 })).toBe(
    'about 1.3 tokens a second here, slower than one reads',
  );
});

test('a download says what it goes by where that is another place', () => {
  expect(downloadText({ downloadSeconds: 173, isOwnRate: true })).toBe('about 3 min to download');
  expect(downloadText({ downloadSeconds: 40, isOwnRate: false })).toBe(
    'about 40 s to download, if it comes as fast as other files did',
  );
});

test('only what is known is said', () => {
  expect(forecastText({})).toBe('');
  expect(forecastText({ downloadSeconds: 5, isOwnRate: true, isTight: true })).toBe(
    'about 5 s to download · may need more memory than this device gives a page',
  );
});

test('the passport says what was measured, and when; of what took too long, that it did', () => {
  const measuredAt = Date.now();
  const cpu = { threads: 1, msPerMb: { Q8_0: 0.5, Q4_K_M: 0.4, F16: 0.3 }, overheadMs: 1, promptMsPerMb: 1 };
  expect(passportText({})).toBeUndefined();
  expect(passportText({ device: { isMeasuring: true } })).toBe('Measuring this device …');
  expect(
    passportText({ device: { isMeasuring: false, passport: { measuredAt, cpu, writeBytesPerSecond: 2e8 } } }),
  ).toBe(
    'This device, as measured today: its processor reads 2.0 GB of a model in a second, with one thread; its storage takes 200 MB in a second.',
  );
  const gpu = { name: 'apple metal-3', copyBytesPerSecond: 2e11, matrixBytesPerSecond: 1e11 };
  expect(passportText({ device: { isMeasuring: false, passport: { measuredAt, gpu } } })).toBe(
    'This device, as measured today: its processor took too long to tell; its graphics processor (apple metal-3) 100 GB.',
  );
});
