/** What the environment says: the one file that reads `process.env`, each wrong value refused in one line. */
import { isIP } from 'node:net';
import * as v from 'valibot';
import { LOG_LEVELS, type LogLevel } from './log';

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
}

export type EnvironmentReading =
  | { ok: true; environment: Environment }
  | { ok: false; problems: readonly string[] };

const HOST_NAME = /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i;
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
});

/** Reads and checks every variable, so that all the wrong ones are told at once. An empty one counts as not set. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentReading {
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''));
  const result = v.safeParse(EnvironmentSchema, given);
  if (!result.success) return { ok: false, problems: result.issues.map((issue) => problemOf(issue, given)) };
  const { PORT, HOST, PUBLIC_ORIGIN, CONFIG_FILE, LOG_LEVEL } = result.output;
  return {
    ok: true,
    environment: {
      port: PORT,
      host: HOST,
      publicOrigin: PUBLIC_ORIGIN,
      configFile: CONFIG_FILE,
      isConfigFileNamed: given['CONFIG_FILE'] !== undefined,
      logLevel: LOG_LEVEL,
    },
  };
}

function problemOf(
  issue: v.InferIssue<typeof EnvironmentSchema>,
  given: Readonly<Record<string, string | undefined>>,
): string {
  const name = v.getDotPath(issue) ?? 'The environment';
  return `${name} is ${JSON.stringify(given[name])}; it must be ${issue.message}.`;
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || HOST_NAME.test(text);
}

function isOrigin(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const url = new URL(text);
  return url.href === `${url.origin}/`;
}
