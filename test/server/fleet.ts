/** Several built servers, as processes, on one Redis of the test's own and in front of one fake vendor. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import type { Price } from '../../src/kernel/wire';
import { utcDayOf, type LedgerEntry, type Spend } from '../../src/server/ledger/ledger';
import { ENTRY_FIELDS, entryIn, spendIn } from '../../src/server/ledger/redis-books';
import { startCuttableProxy, type CuttableProxy } from '../fakes/cuttable-proxy';
import { startFakeOpenai, type FakeOpenai } from '../fakes/openai/fake-openai';
import { startRedis, type RedisProcess } from '../redis-process';
import { ADMIN_TOKEN, API_TOKEN, layOut, portOf, SESSION_SECRET, type Site } from './site';

/** One process. */
export interface FleetServer extends Pick<
  Site,
  'url' | 'port' | 'logged' | 'isAlive' | 'kill' | 'start' | 'post'
> {
  /** Between it and Redis, where `hasLines`. */
  readonly line: CuttableProxy | undefined;
  /** `SIGTERM`; resolves when the process is gone. */
  stop(): Promise<void>;
}

export interface Fleet {
  readonly fake: FakeOpenai;
  readonly redis: RedisProcess;
  readonly servers: readonly FleetServer[];
  /** Of today, and of yesterday where midnight was near; straight from Redis. */
  entries(): Promise<readonly LedgerEntry[]>;
  /** The same of their sums. */
  spend(): Promise<Spend>;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly count?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly prices?: readonly Price[];
  readonly redisArgs?: readonly string[];
  /** Whether each server has a line of its own to Redis, which can be cut without the others'. The test's own process carries it. */
  readonly hasLines?: boolean;
}

const DAY_MS = 86_400_000;
const AT_ONCE = 500;

/** Budgets and limits are out of the way unless `env` sets them. */
export async function openFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { count = 3, env = {}, prices = [], redisArgs = [], hasLines = false } = options;
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-fleet-'));
  layOut(dir, prices);
  const [fake, redis] = await Promise.all([startFakeOpenai(), startRedis(redisArgs)]);
  const reader = createClient({ url: redis.url });
  reader.on('error', () => undefined);
  await reader.connect();
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const line = hasLines ? await startCuttableProxy(redis.port) : undefined;
      const variables = {
        PATH: process.env['PATH'],
        PORT: '0',
        CONFIG_FILE: join(dir, 'config.json'),
        STORE_URL: `redis://127.0.0.1:${line?.port ?? redis.port}`,
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
      return startServer(dir, variables, line);
    }),
  );
  const days = () => [Date.now() - DAY_MS, Date.now()].map((atMs) => utcDayOf(atMs).day);
  return {
    fake,
    redis,
    servers,
    async entries() {
      const entries: (LedgerEntry | undefined)[] = [];
      for (const day of days()) {
        const ids = await reader.lRange(`smallfirst:ids:${day}`, 0, -1);
        for (let from = 0; from < ids.length; from += AT_ONCE) {
          const some = ids.slice(from, from + AT_ONCE);
          const rows = some.map((id) => reader.hmGet(`smallfirst:entry:${id}`, [...ENTRY_FIELDS]));
          entries.push(...(await Promise.all(rows)).map(entryIn));
        }
      }
      return entries.filter((entry) => entry !== undefined);
    },
    async spend() {
      const fields = ['day spent ', 'day held ', 'day calls '];
      const spends = await Promise.all(
        days().map(async (day) => spendIn(day, await reader.hmGet(`smallfirst:totals:${day}`, fields))),
      );
      const sum = (of: (spend: Spend) => number) => spends.reduce((total, spend) => total + of(spend), 0);
      return {
        day: 'both',
        spentNanoUsd: sum((spend) => spend.spentNanoUsd),
        heldNanoUsd: sum((spend) => spend.heldNanoUsd),
        calls: sum((spend) => spend.calls),
      };
    },
    async close() {
      await Promise.all(servers.map((server) => server.kill()));
      for (const { line } of servers) await line?.close();
      reader.destroy();
      await Promise.all([fake.close(), redis.close()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function startServer(
  dir: string,
  variables: Readonly<Record<string, string | undefined>>,
  line: CuttableProxy | undefined,
): Promise<FleetServer> {
  let child: ChildProcess | undefined;
  let port = 0;
  let logged = '';
  const isAlive = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!child || !isAlive()) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const start = async () => {
    const main = join(dir, 'dist-server', 'main.js');
    const next = spawn(process.execPath, [main], { env: variables, cwd: dir });
    child = next;
    port = await portOf(next, (text) => (logged += text));
  };
  await start();
  return {
    line,
    get url() {
      return `http://127.0.0.1:${port}/`;
    },
    get port() {
      return port;
    },
    get logged() {
      return logged;
    },
    isAlive,
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    post: (body, { headers = {}, signal } = {}) =>
      fetch(`http://127.0.0.1:${port}/v1/chat/completions`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json', ...headers },
        body: JSON.stringify(body),
        ...(signal ? { signal } : {}),
      }),
  };
}
