/** Writes what an operator should know, a line of JSON each, from a chosen level up; never a message's text. */
import { pino } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What belongs to a line, by name: ids, codes, counts, names of models. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type Log = Readonly<Record<LogLevel, (text: string, fields?: LogFields) => void>>;

export interface LogOptions {
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * A log that drops what is below `level`; `write` gets each line without its line end:
 * `{"level":"warn","time":"2026-11-26T…Z", …fields, "msg":text}`.
 */
export function createLog(
  level: LogLevel,
  write: (line: string) => void,
  { now = Date.now }: LogOptions = {},
): Log {
  const logger = pino(
    {
      level,
      // Neither the process nor the machine: where many write into one place, that place knows.
      base: null,
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${new Date(now()).toISOString()}"`,
    },
    { write: (line: string) => write(line.replace(/\n$/, '')) },
  );
  const at =
    (own: LogLevel) =>
    (text: string, fields: LogFields = {}): void =>
      logger[own](fields, text);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
