/** The built server as a process in front of a fake vendor, which a test may kill and start again on the same books. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpendReport } from '../../src/kernel/spend-report';
import type { Price } from '../../src/kernel/wire';
import { utcDayOf, type LedgerEntry } from '../../src/server/ledger/ledger';
import { createSqliteLedger } from '../../src/server/ledger/sqlite-ledger';
import { startFakeOpenai, type FakeOpenai } from '../fakes/openai/fake-openai';

export const API_TOKEN = 'api-token-for-tests-only';
export const ADMIN_TOKEN = 'admin-token-for-tests-only';
export const SESSION_SECRET = 'session-secret-for-tests-only';
/** Whether the numbers of the issue are wanted, and not a short slice. */
export const IS_LONG = Boolean(process.env['LONG']);

export interface Site {
  readonly fake: FakeOpenai;
  /** Ends in a slash; another one after each start. */
  readonly url: string;
  readonly port: number;
  /** Everything that the server has written to its console, over all its lives. */
  readonly logged: string;
  /** Where the ledger's files are. */
  readonly dataDir: string;
  isAlive(): boolean;
  /** `kill -9`; resolves when the process is gone. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** With the API token, unless `headers` say otherwise. */
  post(body: object, options?: { headers?: Record<string, string>; signal?: AbortSignal }): Promise<Response>;
  spend(): Promise<SpendReport>;
  /** Resident memory of the server's process, as it says itself. */
  rssBytes(): Promise<number>;
  /** The books of today, and of yesterday where midnight was near; read from a copy, so that a dead server's files stay as they were. */
  entries(): Promise<readonly LedgerEntry[]>;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly prices?: readonly Price[];
}

const ROOT = join(import.meta.dirname, '..', '..');
const DAY_MS = 86_400_000;
const AMPLE = { dayNanoUsd: 1e15, siteNanoUsd: 1e15, visitorNanoUsd: 1e15 };

/** Starts both; budgets and limits are out of the way unless `env` sets them. */
export async function openSite({ env = {}, prices = [] }: SiteOptions = {}): Promise<Site> {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-server-'));
  const dataDir = join(dir, 'data');
  layOut(dir, prices);
  const fake = await startFakeOpenai();
  const variables = {
    PATH: process.env['PATH'],
    PORT: '0',
    CONFIG_FILE: join(dir, 'config.json'),
    STORE_URL: join(dataDir, 'ledger.db'),
    OPENAI_API_KEY: fake.key,
    OPENAI_BASE_URL: fake.url,
    SESSION_SECRET,
    API_TOKEN,
    ADMIN_TOKEN,
    BUDGET_USD_PER_DAY: '100000',
    BUDGET_USD_PER_VISITOR_PER_DAY: '100000',
    RATE_LIMIT_PER_MINUTE: '1000000',
    LOG_LEVEL: 'warn',
    ...env,
  };
  let server: ChildProcess | undefined;
  let port = 0;
  let logged = '';

  const isAlive = () => server !== undefined && server.exitCode === null && server.signalCode === null;
  const start = async () => {
    const child = spawn(process.execPath, [join(dir, 'dist-server', 'main.js')], {
      env: variables,
      cwd: dir,
    });
    server = child;
    port = await portOf(child, (text) => (logged += text));
  };
  const kill = async () => {
    if (!server || !isAlive()) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  };
  const url = () => `http://127.0.0.1:${port}/`;
  const asOperator = async (path: string) => {
    const response = await fetch(url() + path, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response;
  };

  await start();
  return {
    fake,
    dataDir,
    get url() {
      return url();
    },
    get port() {
      return port;
    },
    get logged() {
      return logged;
    },
    isAlive,
    kill,
    start,
    post: (body, { headers = {}, signal } = {}) =>
      fetch(`${url()}v1/chat/completions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...(signal ? { signal } : {}),
      }),
    spend: async () => (await (await asOperator('api/spend')).json()) as SpendReport,
    rssBytes: async () => {
      const text = await (await asOperator('metrics')).text();
      return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1]);
    },
    entries: () => readEntries(dataDir),
    async close() {
      await kill();
      await fake.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Lays out in `dir` what a server needs around it; its database is a native module, which no bundle can hold. */
export function layOut(dir: string, prices: readonly Price[]): void {
  if (!existsSync(join(ROOT, 'dist-server', 'main.js')) || !existsSync(join(ROOT, 'dist', 'index.html'))) {
    throw new Error('Build first: npm run build');
  }
  cpSync(join(ROOT, 'dist-server'), join(dir, 'dist-server'), { recursive: true });
  symlinkSync(join(ROOT, 'dist'), join(dir, 'dist'));
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ models: [], prices }));
}

/** Resolves once it listens; hands on all that it ever says. */
export function portOf(child: ChildProcess, write: (text: string) => void): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const take = (text: string) => {
      write(text);
      said += text;
      const port = /http:\/\/[^\s/]+:(\d+)\//.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    };
    child.stdout?.setEncoding('utf8').on('data', take);
    child.stderr?.setEncoding('utf8').on('data', take);
    child.once('close', () => reject(new Error(`The server did not start: ${said}`)));
  });
}

async function readEntries(dataDir: string): Promise<readonly LedgerEntry[]> {
  const copy = mkdtempSync(join(tmpdir(), 'smallfirst-books-'));
  // The log with the database, but not what running processes share of it.
  cpSync(dataDir, copy, { recursive: true, filter: (path) => !path.endsWith('-shm') });
  const ledger = createSqliteLedger({ path: join(copy, 'ledger.db'), caps: AMPLE, now: Date.now });
  try {
    const days = [Date.now() - DAY_MS, Date.now()].map((atMs) => utcDayOf(atMs).day);
    return (await Promise.all(days.map((day) => ledger.entries(day)))).flat();
  } finally {
    await ledger.close();
    rmSync(copy, { recursive: true, force: true });
  }
}
