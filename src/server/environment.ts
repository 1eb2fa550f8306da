/** What the environment says: the one file that reads `process.env`, each wrong value refused in one line. */
import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import * as v from 'valibot';
import { LOG_LEVELS, type LogLevel } from './log';

/** Where the books are kept: one server's file, or what many servers share. */
export type StorePlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'redis'; readonly url: string };

/** The server's settings, checked. Each is described in `.env.defaults`. */
export interface Environment {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Where visitors see the server, if that is not where it listens; never with a trailing slash. */
  readonly publicOrigin: string | undefined;
  /** Relative to the working directory. */
  readonly configFile: string;
  /** Whether somebody asked for this very file: then it has to be there. */
  readonly isConfigFileNamed: boolean;
  readonly logLevel: LogLevel;
  /** Whether `X-Forwarded-For` is a proxy's word, and not a visitor's. */
  readonly isProxyTrusted: boolean;
  /** Absent: every answer is made in the browser. */
  readonly apiKey: string | undefined;
  /** Without a trailing slash. */
  readonly upstreamUrl: string;
  readonly flagshipModel: string;
  readonly smallModel: string | undefined;
  /** Besides the server's own. */
  readonly allowedOrigins: readonly string[];
  readonly budgetUsdPerDay: number;
  readonly budgetUsdPerVisitorPerDay: number;
  readonly budgetUsdPerSitePerDay: number;
  readonly rateLimitPerMinute: number;
  readonly store: StorePlace;
  readonly sessionSecret: string;
  readonly apiToken: string | undefined;
  readonly adminToken: string | undefined;
  /** The most tokens of an answer from the large model. */
  readonly maxOutputTokens: number;
  /** Whether questions may be answered within a day at half the price, and wait on this machine's disk until they are sent. */
  readonly isLaterOn: boolean;
  /** So long the first question waits for others to be sent with. */
  readonly laterGatherMs: number;
  /** Between two looks at what was sent. */
  readonly laterPollMs: number;
}

export type EnvironmentReading =
  | { ok: true; environment: Environment }
  | { ok: false; problems: readonly string[] };

const HOST_NAME = /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i;
const IS_REDIS = /^rediss?:\/\//i;
const PORT_WANTED = 'a whole number from 0 to 65535 (0 means any free port)';
const ORIGIN_WANTED = 'an origin without a path, such as https://chat.example.org';

const EnvironmentSchema = v.object({
  PORT: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,5}$/, PORT_WANTED),
      v.transform(Number),
      v.maxValue(65_535, PORT_WANTED),
    ),
    '8787',
  ),
  HOST: v.optional(
    v.pipe(v.string(), v.check(isHost, 'a host name or an IP address (0.0.0.0 means all of this machine’s)')),
    '127.0.0.1',
  ),
  PUBLIC_ORIGIN: v.optional(
    v.pipe(
      v.string(),
      v.check(isOrigin, ORIGIN_WANTED),
      v.transform((text) => new URL(text).origin),
    ),
  ),
  CONFIG_FILE: v.optional(v.string(), './config.json'),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`), 'info'),
  TRUST_PROXY: v.optional(v.picklist(['on', 'off'], '“on” or “off”'), 'off'),
  OPENAI_API_KEY: v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{8,}$/, 'a key without spaces'))),
  OPENAI_BASE_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(isBaseUrl, 'an http or https URL without a name, a password, a query or a fragment'),
      v.transform((text) => text.replace(/\/+$/, '')),
    ),
    'https://api.openai.com/v1',
  ),
  FLAGSHIP_MODEL: v.optional(v.string(), 'gpt-4o'),
  SMALL_MODEL: v.optional(v.string()),
  ALLOWED_ORIGINS: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(',').map((origin) => origin.trim())),
      v.check((origins) => origins.every(isOrigin), `a comma-separated list, each ${ORIGIN_WANTED}`),
      v.transform((origins) => origins.map((origin) => new URL(origin).origin)),
    ),
  ),
  BUDGET_USD_PER_DAY: v.optional(usd(), '1'),
  BUDGET_USD_PER_VISITOR_PER_DAY: v.optional(usd(), '0.10'),
  BUDGET_USD_PER_SITE_PER_DAY: v.optional(usd()),
  RATE_LIMIT_PER_MINUTE: v.optional(count(1, 1_000_000), '20'),
  STORE_URL: v.optional(
    v.pipe(
      v.string(),
      v.check(isStore, 'the path of a file, or redis://host:6379 (rediss:// for TLS)'),
      v.transform((text): StorePlace =>
        IS_REDIS.test(text) ? { kind: 'redis', url: text } : { kind: 'file', path: text },
      ),
    ),
    './data/ledger.db',
  ),
  SESSION_SECRET: v.optional(secret()),
  API_TOKEN: v.optional(secret()),
  ADMIN_TOKEN: v.optional(secret()),
  MAX_OUTPUT_TOKENS: v.optional(count(16, 16_384), '1024'),
  ANSWER_LATER: v.optional(v.picklist(['on', 'off'], '“on” or “off”'), 'off'),
  LATER_GATHER_SECONDS: v.optional(seconds(), '60'),
  LATER_POLL_SECONDS: v.optional(seconds(), '60'),
});

/** Never repeated in a refusal. */
const SECRETS = new Set(['OPENAI_API_KEY', 'SESSION_SECRET', 'API_TOKEN', 'ADMIN_TOKEN']);

function usd() {
  const wanted = 'an amount of dollars from 0 on, such as 0.10';
  return v.pipe(v.string(), v.regex(/^\d{1,7}(\.\d{1,9})?$/, wanted), v.transform(Number));
}

function count(least: number, most: number) {
  const wanted = `a whole number from ${least} to ${most}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}$/, wanted),
    v.transform(Number),
    v.minValue(least, wanted),
    v.maxValue(most, wanted),
  );
}

function seconds() {
  const wanted = 'seconds from 0.05 to 3600';
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,4}(\.\d{1,3})?$/, wanted),
    v.transform(Number),
    v.minValue(0.05, wanted),
    v.maxValue(3_600, wanted),
  );
}

function secret() {
  return v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,}$/, 'at least 16 characters, without spaces'));
}

/** Reads and checks every variable, so that all the wrong ones are told at once. An empty one counts as not set. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentReading {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = v.safeParse(EnvironmentSchema, given);
  if (!result.success) return { ok: false, problems: result.issues.map((issue) => problemOf(issue, given)) };
  const { PORT, HOST, PUBLIC_ORIGIN, CONFIG_FILE, LOG_LEVEL, ...rest } = result.output;
  if (rest.API_TOKEN !== undefined && rest.API_TOKEN === rest.ADMIN_TOKEN) {
    return { ok: false, problems: ['API_TOKEN and ADMIN_TOKEN are the same; each must be its own.'] };
  }
  if (rest.STORE_URL.kind === 'redis' && rest.SESSION_SECRET === undefined) {
    const problem =
      'SESSION_SECRET is not set; with STORE_URL at a Redis, all servers must be given the same one.';
    return { ok: false, problems: [problem] };
  }
  return {
    ok: true,
    environment: {
      port: PORT,
      host: HOST,
      publicOrigin: PUBLIC_ORIGIN,
      configFile: CONFIG_FILE,
      isConfigFileNamed: given['CONFIG_FILE'] !== undefined,
      logLevel: LOG_LEVEL,
      isProxyTrusted: rest.TRUST_PROXY === 'on',
      apiKey: rest.OPENAI_API_KEY,
      upstreamUrl: rest.OPENAI_BASE_URL,
      flagshipModel: rest.FLAGSHIP_MODEL,
      smallModel: rest.SMALL_MODEL,
      allowedOrigins: rest.ALLOWED_ORIGINS ?? [],
      budgetUsdPerDay: rest.BUDGET_USD_PER_DAY,
      budgetUsdPerVisitorPerDay: rest.BUDGET_USD_PER_VISITOR_PER_DAY,
      budgetUsdPerSitePerDay: rest.BUDGET_USD_PER_SITE_PER_DAY ?? rest.BUDGET_USD_PER_DAY,
      rateLimitPerMinute: rest.RATE_LIMIT_PER_MINUTE,
      store: rest.STORE_URL,
      sessionSecret: rest.SESSION_SECRET ?? randomBytes(32).toString('base64url'),
      apiToken: rest.API_TOKEN,
      adminToken: rest.ADMIN_TOKEN,
      maxOutputTokens: rest.MAX_OUTPUT_TOKENS,
      isLaterOn: rest.ANSWER_LATER === 'on',
      laterGatherMs: rest.LATER_GATHER_SECONDS * 1_000,
      laterPollMs: rest.LATER_POLL_SECONDS * 1_000,
    },
  };
}

function problemOf(
  issue: v.InferIssue<typeof EnvironmentSchema>,
  given: Readonly<Record<string, string | undefined>>,
): string {
  const name = v.getDotPath(issue) ?? 'The environment';
  const is = SECRETS.has(name) ? 'cannot be used' : `is ${JSON.stringify(withoutSecrets(given[name] ?? ''))}`;
  return `${name} ${is}; it must be ${issue.message}.`;
}

/** A password may stand in a URL, and a key in the wrong variable. */
function withoutSecrets(value: string): string {
  return value.replace(/(:\/\/[^/:@\s]*):\S*@/g, '$1:…@').replace(/\bsk-[\w-]+/g, 'sk-…');
}

/** A path is put behind it; the key has a variable of its own. */
function isBaseUrl(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text) || /[?#]/.test(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** A database's number may stand behind it. */
function isStore(text: string): boolean {
  if (!IS_REDIS.test(text)) return !/^[a-z][a-z\d+.-]+:\/\//i.test(text);
  if (!URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hostname !== '' && /^\/?\d*$/.test(pathname) && search === '' && hash === '';
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || HOST_NAME.test(text);
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.href === `${url.origin}/`;
}
