/** Compares our server with a bare pass-through, with no gateway, and with Portkey's, on the same upstream: `npm run bench`. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_TOKEN, endAll, start, startServer, startUpstream, takeOver } from './children';
import { measure, medianOf, type Measured, type Target } from './measure';

const PORTKEY = join(import.meta.dirname, 'portkey');
const CLIENTS = [1, 16, 64];
const ROUNDS = 3;
const SECONDS = Number(process.env['SECONDS'] ?? 4);

const dir = mkdtempSync(join(tmpdir(), 'smallfirst-bench-'));
try {
  const upstream = `http://127.0.0.1:${(await startUpstream()).port}/v1`;
  const targets = await openTargets(upstream);
  const results = new Map<string, Measured[]>();
  for (const target of targets) await measure(target, 16, 2);
  for (let round = 0; round < ROUNDS; round++) {
    for (const clients of CLIENTS) {
      // One after the other within a round, so that noise of the machine hits all.
      for (const target of targets) {
        const key = `${target.name} ${clients}`;
        results.set(key, [...(results.get(key) ?? []), await measure(target, clients, SECONDS)]);
      }
    }
  }
  const text = report(
    targets.map(({ name }) => name),
    results,
  );
  console.log(text);
  writeFileSync(join(import.meta.dirname, 'results.md'), text);
} finally {
  endAll();
  rmSync(dir, { recursive: true, force: true });
}

async function openTargets(upstream: string): Promise<Target[]> {
  const passThrough = await start(['--import', 'tsx', join(import.meta.dirname, 'pass-through.ts')], {
    UPSTREAM: upstream,
  });
  const ours = await startServer(upstream, join(dir, 'ledger.db'));
  const url = ({ port }: { readonly port: number }) => `http://127.0.0.1:${port}/v1/chat/completions`;
  const targets: Target[] = [
    { name: 'direct', url: `${upstream}/chat/completions`, headers: {} },
    { name: 'pass-through', url: url(passThrough), headers: {} },
    { name: 'ours', url: url(ours), headers: { authorization: `Bearer ${API_TOKEN}` } },
  ];
  const portkey = await startPortkey();
  if (portkey === undefined) console.log('Portkey cannot be installed here: the bench goes on without it.');
  else {
    const headers = {
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': upstream,
      authorization: 'Bearer bench',
    };
    targets.push({ name: 'Portkey', url: url({ port: portkey }), headers });
  }
  return targets;
}

async function startPortkey(): Promise<number | undefined> {
  const main = join(PORTKEY, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (!existsSync(main))
    spawnSync('npm', ['install', '--no-package-lock', '--ignore-scripts', '--prefix', PORTKEY], {
      stdio: 'ignore',
    });
  if (!existsSync(main)) return undefined;
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn(
    process.execPath,
    ['--import', join(PORTKEY, 'loopback.mjs'), main, '--headless', `--port=${port}`],
    {
      stdio: 'ignore',
      env: { ...process.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' },
    },
  );
  takeOver(child);
  for (let tries = 0; tries < 100; tries++) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return port;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return undefined;
}

function report(names: readonly string[], results: ReadonlyMap<string, readonly Measured[]>): string {
  const of = (name: string, clients: number, value: (one: Measured) => number) =>
    medianOf((results.get(`${name} ${clients}`) ?? []).map(value));
  const lines = [
    `${cpus().length} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; upstream, gateway and clients share them. Medians of ${ROUNDS} rounds of ${SECONDS} s. “Added” is against direct.`,
    '',
    '| clients | gateway | plain per second | added ms, plain | added ms, first chunk | added ms, each chunk | errors |',
    '|---|---|---|---|---|---|---|',
  ];
  for (const clients of CLIENTS) {
    for (const name of names) {
      const added = (value: (one: Measured) => number) =>
        name === 'direct' ? '–' : (of(name, clients, value) - of('direct', clients, value)).toFixed(2);
      const errors = (results.get(`${name} ${clients}`) ?? []).reduce((sum, one) => sum + one.errors, 0);
      lines.push(
        `| ${clients} | ${name} | ${Math.round(of(name, clients, (one) => one.plainPerSecond))} | ${added((one) => one.plainMs)} | ${added((one) => one.firstChunkMs)} | ${added((one) => one.chunkMs)} | ${errors} |`,
      );
    }
  }
  lines.push('');
  for (const clients of CLIENTS) {
    const rate = (name: string) => of(name, clients, (one) => one.plainPerSecond);
    const added = (name: string) =>
      of(name, clients, (one) => one.plainMs) - of('direct', clients, (one) => one.plainMs);
    const peer = names.includes('Portkey')
      ? `; ${(rate('ours') / rate('Portkey')).toFixed(1)} × Portkey's throughput, ${(added('ours') / added('Portkey')).toFixed(2)} of its added latency`
      : '';
    lines.push(
      `- ${clients} clients: ${(rate('ours') / rate('pass-through')).toFixed(2)} of the pass-through's throughput${peer}.`,
    );
  }
  return `${lines.join('\n')}\n`;
}
