/** Facts about the environment: its defaults, and the one clear line for each wrong value. */
import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEnvironment } from '../../../src/server/environment';

const DEFAULTS = {
  port: 8787,
  host: '127.0.0.1',
  publicOrigin: undefined,
  configFile: './config.json',
  isConfigFileNamed: false,
  logLevel: 'info',
};

test('an empty environment gives the documented defaults', () => {
  expect(readEnvironment({})).toEqual({ ok: true, environment: DEFAULTS });
});

test('an empty string counts as not set', () => {
  const empty = { PORT: '', HOST: '', PUBLIC_ORIGIN: '', CONFIG_FILE: '', LOG_LEVEL: '' };
  expect(readEnvironment(empty)).toEqual({ ok: true, environment: DEFAULTS });
});

test('every variable can be set', () => {
  const reading = readEnvironment({
    PORT: '0',
    HOST: '::1',
    PUBLIC_ORIGIN: 'https://Chat.Example.org/',
    CONFIG_FILE: './config.json',
    LOG_LEVEL: 'debug',
    UNRELATED: 'x',
  });
  expect(reading).toEqual({
    ok: true,
    environment: {
      port: 0,
      host: '::1',
      publicOrigin: 'https://chat.example.org',
      configFile: './config.json',
      isConfigFileNamed: true,
      logLevel: 'debug',
    },
  });
});

test.each([
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80a'],
  ['PORT', '87.5'],
  ['PORT', '1e3'],
  ['PORT', '0x50'],
  ['PORT', ' 80'],
  ['HOST', 'http://localhost'],
  ['HOST', 'a host'],
  ['HOST', '-x.org'],
  ['PUBLIC_ORIGIN', 'chat.example.org'],
  ['PUBLIC_ORIGIN', 'https://chat.example.org/path'],
  ['PUBLIC_ORIGIN', 'https://user@chat.example.org'],
  ['PUBLIC_ORIGIN', 'ftp://chat.example.org'],
  ['PUBLIC_ORIGIN', '*'],
  ['LOG_LEVEL', 'INFO'],
  ['LOG_LEVEL', 'verbose'],
])('%s=%j is refused in one line that names it, what it got and what it wants', (name, value) => {
  const reading = readEnvironment({ [name]: value });
  expect(reading.ok).toBe(false);
  const problems = reading.ok ? [] : reading.problems;
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${name} is ${JSON.stringify(value)}; it must be `);
  expect(problems[0]).not.toContain('\n');
});

test('all wrong variables are told at once', () => {
  const reading = readEnvironment({ PORT: 'x', HOST: '::1', PUBLIC_ORIGIN: 'x', LOG_LEVEL: 'x' });
  const names = reading.ok ? [] : reading.problems.map((problem) => problem.split(' ')[0]);
  expect(names).toEqual(['PORT', 'PUBLIC_ORIGIN', 'LOG_LEVEL']);
});

test('whatever PORT holds, it is a port or one line', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (text) => {
      const reading = readEnvironment({ PORT: text });
      if (reading.ok) return reading.environment.port >= 0 && reading.environment.port <= 65_535;
      return reading.problems.length === 1 && !reading.problems[0]?.includes('\n');
    }),
  );
});

test('.env.defaults sets every variable that is read, to a value that passes', () => {
  const lines = readFileSync(new URL('../../../.env.defaults', import.meta.url), 'utf8').split('\n');
  const pairs = lines
    .filter((line) => /^[A-Z]/.test(line))
    .map((line) => line.split('=') as [string, string]);
  expect(pairs.map(([name]) => name).sort()).toEqual([
    'CONFIG_FILE',
    'HOST',
    'LOG_LEVEL',
    'PORT',
    'PUBLIC_ORIGIN',
  ]);
  expect(readEnvironment(Object.fromEntries(pairs))).toEqual({
    ok: true,
    environment: { ...DEFAULTS, configFile: './test/fixtures/config.json', isConfigFileNamed: true },
  });
});
