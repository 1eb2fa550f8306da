/** Facts about the log: the level decides what is written, and each line is one JSON object. */
import { expect, test } from 'vitest';
import { createLog } from '../../../src/server/log';

const now = () => Date.parse('2026-11-26T12:00:00Z');

test.each([
  ['debug', ['debug a', 'info b', 'warn c', 'error d']],
  ['info', ['info b', 'warn c', 'error d']],
  ['warn', ['warn c', 'error d']],
  ['error', ['error d']],
] as const)('level %s writes %j', (level, expected) => {
  const lines: string[] = [];
  const log = createLog(level, (line) => lines.push(line), { now });
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  const said = lines.map((line) => JSON.parse(line) as { level: string; msg: string });
  expect(said.map(({ level: own, msg }) => `${own} ${msg}`)).toEqual(expected);
});

test('a line has its time, its fields and nothing of the machine, and a line end within it stays one line', () => {
  const lines: string[] = [];
  createLog('info', (line) => lines.push(line), { now }).info('a\nb', { model: 'gpt-4o', calls: 3 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    level: 'info',
    time: '2026-11-26T12:00:00.000Z',
    model: 'gpt-4o',
    calls: 3,
    msg: 'a\nb',
  });
});
