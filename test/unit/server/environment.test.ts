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
  isProxyTrusted: false,
  apiKey: undefined,
  upstreamUrl: 'https://api.openai.com/v1',
  flagshipModel: 'gpt-4o',
  smallModel: undefined,
  allowedOrigins: [],
  budgetUsdPerDay: 1,
  budgetUsdPerVisitorPerDay: 0.1,
  budgetUsdPerSitePerDay: 1,
  rateLimitPerMinute: 20,
  store: { kind: 'file', path: './data/ledger.db' },
  // Random at each start.
  sessionSecret: expect.stringMatching(/^[\w-]{43}$/) as unknown,
  apiToken: undefined,
  adminToken: undefined,
  maxOutputTokens: 1024,
  isLaterOn: false,
  laterGatherMs: 60_000,
  laterPollMs: 60_000,
};
const SECRET = 'a-secret-of-sixteen-or-more';

test('an empty environment gives the documented defaults', () => {
  expect(readEnvironment({})).toEqual({ ok: true, environment: DEFAULTS });
});

test('an empty string counts as not set', () => {
  const empty = {
    PORT: '',
    HOST: '',
    PUBLIC_ORIGIN: '',
    CONFIG_FILE: '',
    LOG_LEVEL: '',
    API_TOKEN: '',
    ALLOWED_ORIGINS: '',
  };
  expect(readEnvironment(empty)).toEqual({ ok: true, environment: DEFAULTS });
});

test('every variable can be set', () => {
  const reading = readEnvironment({
    PORT: '0',
    HOST: '::1',
    PUBLIC_ORIGIN: 'https://Chat.Example.org/',
    CONFIG_FILE: './config.json',
    LOG_LEVEL: 'debug',
    TRUST_PROXY: 'on',
    OPENAI_API_KEY: 'sk-12345678',
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1/',
    FLAGSHIP_MODEL: 'large',
    SMALL_MODEL: 'small',
    ALLOWED_ORIGINS: 'https://a.example, http://B.example:81/',
    BUDGET_USD_PER_DAY: '12.5',
    BUDGET_USD_PER_VISITOR_PER_DAY: '0.25',
    BUDGET_USD_PER_SITE_PER_DAY: '3',
    RATE_LIMIT_PER_MINUTE: '7',
    STORE_URL: '/var/ledger.db',
    SESSION_SECRET: SECRET,
    API_TOKEN: `${SECRET}-api`,
    ADMIN_TOKEN: `${SECRET}-admin`,
    MAX_OUTPUT_TOKENS: '512',
    ANSWER_LATER: 'on',
    LATER_GATHER_SECONDS: '0.5',
    LATER_POLL_SECONDS: '90',
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
      isProxyTrusted: true,
      apiKey: 'sk-12345678',
      upstreamUrl: 'http://127.0.0.1:9/v1',
      flagshipModel: 'large',
      smallModel: 'small',
      allowedOrigins: ['https://a.example', 'http://b.example:81'],
      budgetUsdPerDay: 12.5,
      budgetUsdPerVisitorPerDay: 0.25,
      budgetUsdPerSitePerDay: 3,
      rateLimitPerMinute: 7,
      store: { kind: 'file', path: '/var/ledger.db' },
      sessionSecret: SECRET,
      apiToken: `${SECRET}-api`,
      adminToken: `${SECRET}-admin`,
      maxOutputTokens: 512,
      isLaterOn: true,
      laterGatherMs: 500,
      laterPollMs: 90_000,
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
  ['TRUST_PROXY', 'yes'],
  ['OPENAI_BASE_URL', 'api.openai.com'],
  ['OPENAI_BASE_URL', 'file:///etc/passwd'],
  ['OPENAI_BASE_URL', 'https://somebody@api.example/v1'],
  ['OPENAI_BASE_URL', 'https://api.example/v1?api-version=1'],
  ['ALLOWED_ORIGINS', 'https://a.example, *'],
  ['BUDGET_USD_PER_DAY', '-1'],
  ['BUDGET_USD_PER_VISITOR_PER_DAY', '$1'],
  ['RATE_LIMIT_PER_MINUTE', '0'],
  ['RATE_LIMIT_PER_MINUTE', '2.5'],
  ['STORE_URL', 'redis://'],
  ['STORE_URL', 'redis://localhost/books'],
  ['STORE_URL', 'redis://localhost?db=1'],
  ['STORE_URL', 'redis+sentinel://localhost'],
  ['STORE_URL', 'postgres://localhost'],
  ['MAX_OUTPUT_TOKENS', '1'],
])('%s=%j is refused in one line that names it, what it got and what it wants', (name, value) => {
  const reading = readEnvironment({ [name]: value });
  expect(reading.ok).toBe(false);
  const problems = reading.ok ? [] : reading.problems;
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${name} is ${JSON.stringify(value)}; it must be `);
  expect(problems[0]).not.toContain('\n');
});

test.each(['OPENAI_API_KEY', 'SESSION_SECRET', 'API_TOKEN', 'ADMIN_TOKEN'])(
  '%s is refused without a word of it where it cannot be used',
  (name) => {
    const reading = readEnvironment({ [name]: 'oh no' });
    expect(reading.ok).toBe(false);
    expect(JSON.stringify(reading)).toContain(name);
    expect(JSON.stringify(reading)).not.toContain('oh no');
  },
);

test.each([
  ['STORE_URL', 'redis://:oh-no@store.example:6379/x', 'redis://:…@store.example'],
  ['STORE_URL', 'rediss://me:oh-no/@oh-no@store.example', 'rediss://me:…@store.example'],
  ['OPENAI_BASE_URL', 'https://me:oh-no@api.example/v1', 'https://me:…@api.example'],
  ['PUBLIC_ORIGIN', 'https://me:oh-no@chat.example', 'https://me:…@chat.example'],
  ['OPENAI_BASE_URL', 'sk-oh-no-oh-no', 'sk-…'],
  ['PORT', 'sk-oh-no-oh-no', 'sk-…'],
])(
  '%s=%s is refused as %s: a password in a URL, and a key in the wrong place, are not told',
  (name, value, told) => {
    const reading = readEnvironment({ [name]: value });
    expect(reading.ok).toBe(false);
    expect(JSON.stringify(reading)).toContain(told);
    expect(JSON.stringify(reading)).not.toContain('oh-no');
  },
);

test.each(['redis://store.example', 'rediss://me:word@store.example:6380/3', 'REDIS://[::1]:6379/'])(
  '%s is the place of books that many servers share',
  (url) => {
    const reading = readEnvironment({ STORE_URL: url, SESSION_SECRET: SECRET });
    expect(reading.ok && reading.environment.store).toEqual({ kind: 'redis', url });
  },
);

test('servers that share their books need a secret that they share, too', () => {
  expect(readEnvironment({ STORE_URL: 'redis://me:oh-no@store.example' })).toEqual({
    ok: false,
    problems: [
      'SESSION_SECRET is not set; with STORE_URL at a Redis, all servers must be given the same one.',
    ],
  });
});

test('each start has a secret of its own where none is set', () => {
  const secretOf = () => {
    const reading = readEnvironment({});
    return reading.ok && reading.environment.sessionSecret;
  };
  expect(secretOf()).not.toBe(secretOf());
});

test('a token of fifteen characters is too short, one of sixteen is not', () => {
  for (const name of ['SESSION_SECRET', 'API_TOKEN', 'ADMIN_TOKEN']) {
    expect(readEnvironment({ [name]: 'x'.repeat(15) }).ok, name).toBe(false);
    expect(readEnvironment({ [name]: 'x'.repeat(16) }).ok, name).toBe(true);
  }
});

test('where no budget of a site is set, it is the day’s', () => {
  const reading = readEnvironment({ BUDGET_USD_PER_DAY: '7' });
  expect(reading.ok && reading.environment.budgetUsdPerSitePerDay).toBe(7);
});

test('one token for programs and for the operator is refused, and not told', () => {
  const reading = readEnvironment({ API_TOKEN: SECRET, ADMIN_TOKEN: SECRET });
  expect(reading.ok).toBe(false);
  expect(JSON.stringify(reading)).not.toContain(SECRET);
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
    'ADMIN_TOKEN',
    'ALLOWED_ORIGINS',
    'ANSWER_LATER',
    'API_TOKEN',
    'BUDGET_USD_PER_DAY',
    'BUDGET_USD_PER_SITE_PER_DAY',
    'BUDGET_USD_PER_VISITOR_PER_DAY',
    'CONFIG_FILE',
    'FLAGSHIP_MODEL',
    'HOST',
    'LATER_GATHER_SECONDS',
    'LATER_POLL_SECONDS',
    'LOG_LEVEL',
    'MAX_OUTPUT_TOKENS',
    'OPENAI_API_KEY',
    'OPENAI_BASE_URL',
    'PORT',
    'PUBLIC_ORIGIN',
    'RATE_LIMIT_PER_MINUTE',
    'SESSION_SECRET',
    'SMALL_MODEL',
    'STORE_URL',
    'TRUST_PROXY',
  ]);
  expect(readEnvironment(Object.fromEntries(pairs))).toEqual({
    ok: true,
    environment: DEFAULTS,
  });
});
