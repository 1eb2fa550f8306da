/** Processes that the bench starts, each of which prints the port that it listens on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** The built server. */
export const SERVER = join(ROOT, 'dist-server', 'main.js');
export const API_TOKEN = 'a-token-for-the-bench';
const AMPLE = '1000000';

export interface Child {
  readonly pid: number;
  readonly port: number;
}

const children: ChildProcess[] = [];

/** Resolves with the port that the process prints. */
export function start(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = process.execPath,
): Promise<Child> {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  let said = '';
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended: ${said}`)));
    child.stdout.on('data', (data) => {
      said += String(data);
      const port = /(?:port |:|port=)(\d{4,5})\b/.exec(said)?.[1];
      if (port) resolve({ port: Number(port), pid: child.pid ?? 0 });
    });
  });
}

export function startUpstream(): Promise<Child> {
  return start(['--import', 'tsx', join(import.meta.dirname, 'upstream.ts')]);
}

/** With its ledger, budgets and limits on, none of which is reached. */
export function startServer(upstream: string, storeUrl: string): Promise<Child> {
  return start([SERVER], {
    PORT: '0',
    LOG_LEVEL: 'error',
    OPENAI_API_KEY: 'a-key-for-the-bench',
    OPENAI_BASE_URL: upstream,
    API_TOKEN,
    SESSION_SECRET: 'a-secret-for-the-bench',
    STORE_URL: storeUrl,
    BUDGET_USD_PER_DAY: AMPLE,
    BUDGET_USD_PER_VISITOR_PER_DAY: AMPLE,
    RATE_LIMIT_PER_MINUTE: AMPLE,
  });
}

/** `SIGKILL` for all that were started and not taken over. */
export function endAll(): void {
  for (const child of children.splice(0)) child.kill('SIGKILL');
}

/** Ended with the others. */
export function takeOver(child: ChildProcess): void {
  children.push(child);
}
