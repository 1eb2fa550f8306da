/** Writes what an operator should know, one line each, from a chosen level up; never a message's text. */

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export type Log = Readonly<Record<LogLevel, (text: string) => void>>;

/** A log that drops what is below `level`; `write` gets each line without its line end. */
export function createLog(level: LogLevel, write: (line: string) => void): Log {
  const at = (own: LogLevel) => (text: string) => {
    if (LOG_LEVELS.indexOf(own) >= LOG_LEVELS.indexOf(level)) write(`${own}: ${text}`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
