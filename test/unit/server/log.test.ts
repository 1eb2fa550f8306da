/** Facts about the log: the level decides what is written. */
import { expect, test } from 'vitest';
import { createLog } from '../../../src/server/log';

test.each([
  ['debug', ['debug: a', 'info: b', 'warn: c', 'error: d']],
  ['info', ['info: b', 'warn: c', 'error: d']],
  ['warn', ['warn: c', 'error: d']],
  ['error', ['error: d']],
] as const)('level %s writes %j', (level, expected) => {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line));
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines).toEqual(expected);
});
