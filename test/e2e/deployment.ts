/** A deployment of the built app in a folder of its own, which a test may change, stop and start again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../src/kernel/config';
import fixtureConfig from '../fixtures/config.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..', '..');

export interface Deployment {
  readonly url: string;
  /** Holds `dist/`, `dist-server/`, `config.json` and `models/`. */
  readonly dir: string;
  stop(): Promise<void>;
  /** On the same port, with whatever lies in `dir` now. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Starts the built server on a free port; `models` come before the fixture, which can be left out. `env`: its settings. */
export async function deploy(
  models: readonly Config['models'][number][] = [],
  {
    hasFixture = true,
    env: more = {},
    config = {},
  }: {
    hasFixture?: boolean;
    env?: Readonly<Record<string, string>>;
    config?: Omit<Config, 'models'>;
  } = {},
): Promise<Deployment> {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-'));
  copyBuild(dir);
  cpSync(join(ROOT, 'dist-server'), join(dir, 'dist-server'), { recursive: true });
  // The ledger's database is a native module, which no bundle can hold.
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(dir, 'config.json'),
    JSON.stringify({ ...config, models: [...models, ...(hasFixture ? fixtureConfig.models : [])] }),
  );

  let process: ChildProcess | undefined;
  let port = 0;
  const start = async () => {
    const env = {
      ...globalThis.process.env,
      ...more,
      PORT: String(port),
      CONFIG_FILE: join(dir, 'config.json'),
    };
    process = spawn('node', [join(dir, 'dist-server', 'main.js')], { env, cwd: dir });
    let said = '';
    process.stderr?.on('data', (data) => (said += data));
    for await (const data of process.stdout ?? []) {
      said += data;
      port = Number(/http:\/\/[^\s/]+:(\d+)\//.exec(said)?.[1] ?? 0);
      if (port) break;
    }
    if (!port) throw new Error(`The server did not start: ${said}`);
  };
  const stop = async () => {
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const exited = once(process, 'exit');
    process.kill('SIGKILL');
    await exited;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/`,
    dir,
    start,
    stop,
    async remove() {
      await stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Puts the built page and the fixture's models into `dir`, as `dist/` and `models/`. */
export function copyBuild(dir: string): void {
  if (!existsSync(join(ROOT, 'dist', 'index.html'))) throw new Error('Build first: npm run build');
  cpSync(join(ROOT, 'dist'), join(dir, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'test', 'fixtures', 'models'), join(dir, 'models'), { recursive: true });
}
