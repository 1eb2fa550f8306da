/** Throughput of 1, 2 and 3 of our servers on one Redis and on one file, and what each part takes of the processors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { findRedis } from '../../redis';
import { API_TOKEN, endAll, start, startServer, startUpstream, type Child } from './children';
import { medianOf } from './measure';

const CLIENTS = 48;
const ROUNDS = 3;
const SECONDS = Number(process.env['SECONDS'] ?? 4);
const COUNTS = [1, 2, 3];
/** Linux counts the time of processes in hundredths of a second (man 5 proc). */
const TICKS_PER_SECOND = 100;
const BODY = JSON.stringify({
  model: 'gpt-4o',
  messages: [{ role: 'user', content: 'How are you today?' }],
  max_tokens: 64,
});

interface Setting {
  readonly store: 'file' | 'Redis';
  readonly servers: readonly Child[];
}

interface Measured {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly errors: number;
  /** Processors that were busy with it, on average. */
  readonly busy: Readonly<Record<'servers' | 'redis' | 'upstream' | 'clients', number>>;
}

const dir = mkdtempSync(join(tmpdir(), 'smallfirst-bench-'));
try {
  const path = findRedis();
  if (!path) throw new Error('No Redis: npx tsx test/redis.ts says what to do.');
  const upstreamChild = await startUpstream();
  const upstream = `http://127.0.0.1:${upstreamChild.port}/v1`;
  const redis = await startRedis(path);
  const settings: Setting[] = [];
  for (const count of COUNTS) {
    for (const [store, url] of [
      ['file', join(dir, `ledger-${count}.db`)],
      ['Redis', `redis://127.0.0.1:${redis.port}/${count}`],
    ] as const) {
      const servers: Child[] = [];
      // One after the other: each sweeps at its start.
      for (let at = 0; at < count; at++) servers.push(await startServer(upstream, url));
      settings.push({ store, servers });
    }
  }
  const results = settings.map((): Measured[] => []);
  for (const { servers } of settings) await load(servers, 1);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, { servers }] of settings.entries()) {
      results[at]?.push(await measure(servers, redis, upstreamChild));
    }
  }
  const text = report(settings, results);
  console.log(text);
  writeFileSync(join(import.meta.dirname, 'servers.md'), text);
} finally {
  endAll();
  rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

/** As the compose file has it. */
function startRedis(path: string): Promise<Child> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', dir, '--save', ''];
  return start([...args, '--appendonly', 'yes', '--appendfsync', 'always'], {}, path);
}

async function measure(servers: readonly Child[], redis: Child, upstream: Child): Promise<Measured> {
  const busySeconds = () => ({
    servers: servers.reduce((sum, { pid }) => sum + secondsOf(pid), 0),
    redis: secondsOf(redis.pid),
    upstream: secondsOf(upstream.pid),
    clients: secondsOf(process.pid),
  });
  const before = busySeconds();
  const began = performance.now();
  const loads = await load(servers, SECONDS);
  const seconds = (performance.now() - began) / 1_000;
  const after = busySeconds();
  const share = (of: keyof typeof before) => (after[of] - before[of]) / seconds;
  return {
    perSecond: loads.reduce((sum, { requests }) => sum + requests.average, 0),
    p99Ms: Math.max(...loads.map(({ latency }) => latency.p99)),
    errors: loads.reduce((sum, one) => sum + one.non2xx + one.errors + one.timeouts, 0),
    busy: {
      servers: share('servers'),
      redis: share('redis'),
      upstream: share('upstream'),
      clients: share('clients'),
    },
  };
}

/** The same number of clients in all, spread over the servers as a load balancer would. */
function load(servers: readonly Child[], seconds: number) {
  return Promise.all(
    servers.map(({ port }) =>
      autocannon({
        url: `http://127.0.0.1:${port}/v1/chat/completions`,
        method: 'POST',
        connections: CLIENTS / servers.length,
        duration: seconds,
        headers: { 'content-type': 'application/json', authorization: `Bearer ${API_TOKEN}` },
        body: BODY,
      }),
    ),
  );
}

/** Of the processor, by now, the system's time for it included. */
function secondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function report(settings: readonly Setting[], results: readonly (readonly Measured[])[]): string {
  const lines = [
    `${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; ` +
      `${CLIENTS} clients, plain completions, medians of ${ROUNDS} rounds of ${SECONDS} s. “Busy” is in cores, on average; servers, Redis ` +
      '(`appendfsync always`), upstream and clients share them.',
    '',
    '| store | servers | per second | p99 ms | servers busy | Redis busy | upstream busy | clients busy | errors |',
    '|---|---|---|---|---|---|---|---|---|',
  ];
  for (const [at, { store, servers }] of settings.entries()) {
    const all = results[at] ?? [];
    const of = (value: (one: Measured) => number) => medianOf(all.map(value));
    const errors = all.reduce((sum, one) => sum + one.errors, 0);
    const busy = (['servers', 'redis', 'upstream', 'clients'] as const).map((part) =>
      of((one) => one.busy[part]).toFixed(2),
    );
    lines.push(
      `| ${store} | ${servers.length} | ${Math.round(of((one) => one.perSecond))} | ${Math.round(of((one) => one.p99Ms))} | ${busy.join(' | ')} | ${errors} |`,
    );
  }
  const onRedis = settings.findIndex(({ store }) => store === 'Redis');
  const first = results[onRedis] ?? [];
  const callsPerCore = medianOf(first.map(({ perSecond, busy }) => perSecond / busy.redis));
  lines.push('', `One core of Redis carries some ${Math.round(callsPerCore / 100) * 100} calls a second.`);
  return `${lines.join('\n')}\n`;
}
