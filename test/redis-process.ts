/** A Redis of a test's own: on a free loopback port, in a folder of its own, which can be stopped, killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { findRedis } from './redis';

export const HAS_REDIS = findRedis() !== undefined;

export interface RedisProcess {
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  /** Sends one command, over a connection of its own. */
  command(...args: readonly string[]): Promise<unknown>;
  /** `SIGTERM`: it writes what it has, and ends. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** On the same port, with what was written to the folder; `more` is put behind the arguments. */
  start(...more: readonly string[]): Promise<void>;
  /** `SIGSTOP`: connections stay, and nothing is answered. */
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Books are kept on the disk, as they have to be; `args` are put behind that. */
export async function startRedis(args: readonly string[] = []): Promise<RedisProcess> {
  const path = findRedis();
  if (!path) throw new Error('No Redis: run `npx tsx test/redis.ts` first.');
  const folder = mkdtempSync(join(tmpdir(), 'smallfirst-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const given = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--appendonly',
    'yes',
    '--save',
    '',
  ];
  let child: ChildProcess | undefined;

  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  const start = async (...more: readonly string[]) => {
    const next = spawn(path, [...given, ...args, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = next;
    await new Promise<void>((resolve, reject) => {
      let said = '';
      next.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        if (said.includes('Ready to accept connections')) resolve();
      });
      next.once('exit', () => reject(new Error(`Redis did not start: ${said}`)));
    });
  };
  await start();
  return {
    url,
    port,
    folder,
    async command(...command) {
      const client = createClient({ url });
      await client.connect();
      try {
        return await client.sendCommand([...command]);
      } finally {
        client.destroy();
      }
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async close() {
      await end('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
