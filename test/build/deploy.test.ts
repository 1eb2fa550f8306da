/** The image that the Dockerfile describes, laid out in a folder by its own lines, starts and is healthy. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const DEPLOY = join(ROOT, 'src', 'server', 'deploy');

/** What this test needs of a Dockerfile: its instructions, one a line. */
const instructions = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8')
  .replace(/^#.*\n/gm, '')
  .replace(/\\\n\s*/g, '')
  .split('\n')
  .filter(Boolean);
const runtime = stagesOf(instructions).at(-1) ?? [];

let dir: string;
let image: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'smallfirst-image-'));
  image = join(dir, 'app');
  const build = join(dir, 'build');
  layOutBuild(build);
  mkdirSync(join(image, 'data'), { recursive: true });
  for (const line of runtime) {
    const [, from, to] = /^COPY --from=build \/build\/(\S+) \.\/(\S+)$/.exec(line) ?? [];
    if (from && to) cpSync(join(build, from), join(image, to), { recursive: true });
  }
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The build's own result, and the modules that its last `RUN` gathers. */
function layOutBuild(build: string): void {
  mkdirSync(build);
  for (const name of ['package.json', 'package-lock.json', 'dist', 'dist-server']) {
    if (!existsSync(join(ROOT, name))) throw new Error('Build first: npm run build');
    cpSync(join(ROOT, name), join(build, name), { recursive: true });
  }
  const query = /npm query '([^']+)'/.exec(instructions.join('\n'))?.[1] ?? '';
  const { stdout } = spawnSync('npm', ['query', query], { cwd: ROOT, encoding: 'utf8' });
  const locations = (JSON.parse(stdout) as { location: string }[]).map(({ location }) => location);
  expect(locations).toContain('node_modules/libsql');
  for (const location of locations) {
    const to = join(build, 'modules', location);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(ROOT, location), to, { recursive: true });
  }
}

test('with a key and nothing else it serves the page, is healthy by its own check, and stops by itself when told', async () => {
  const environment = { PATH: process.env['PATH'], ...environmentOf(runtime), PORT: '0' };
  const [program = '', ...args] = jsonOf(runtime, 'CMD');
  const server = spawn(program, args, {
    cwd: image,
    env: { ...environment, HOST: '127.0.0.1', OPENAI_API_KEY: 'sk-never-used' },
  });
  let said = '';
  server.stdout.on('data', (text) => (said += String(text)));
  server.stderr.on('data', (text) => (said += String(text)));
  try {
    await expect.poll(() => said, { timeout: 20_000 }).toContain('Hard questions may go to gpt-4o');
    const port = /:(\d+)\/\n/.exec(said)?.[1] ?? '';
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const [probe = '', ...probing] = jsonOf(runtime, 'HEALTHCHECK');
    const check = (at: string) => spawnSync(probe, probing, { env: { ...environment, PORT: at } }).status;
    expect([check(port), check('1')]).toEqual([0, 1]);
    expect(existsSync(join(image, 'data', 'ledger.db'))).toBe(true);
    const ended = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  } finally {
    server.kill('SIGKILL');
  }
}, 60_000);

test('it runs as a user who owns nothing but the data', () => {
  const user = runtime.findIndex((line) => line === 'USER node');
  const command = runtime.findIndex((line) => line.startsWith('CMD'));
  expect(user).toBeGreaterThan(runtime.findLastIndex((line) => line.startsWith('COPY')));
  expect(command).toBeGreaterThan(user);
  expect(runtime.filter((line) => line.includes('chown'))).toEqual([
    'RUN mkdir data && chown node:node data',
  ]);
});

test('every variable that the compose file sets is one that the server reads', () => {
  const text = readFileSync(join(DEPLOY, 'compose.yaml'), 'utf8');
  const known = new Set<string>(readFileSync(join(ROOT, '.env.defaults'), 'utf8').match(/^[A-Z_]+(?==)/gm));
  const block = text.slice(text.indexOf('x-server'), text.indexOf('\nservices:'));
  const set = block.match(/^ {4}[A-Z_]+(?=:)/gm)?.map((name) => name.trim()) ?? [];
  expect(set.length).toBeGreaterThan(5);
  expect(set.filter((name) => !known.has(name))).toEqual([]);
});

function stagesOf(all: readonly string[]): string[][] {
  const stages: string[][] = [];
  for (const line of all) {
    if (line.startsWith('FROM ')) stages.push([]);
    stages.at(-1)?.push(line);
  }
  return stages;
}

function environmentOf(lines: readonly string[]): Record<string, string> {
  const pairs = lines.filter((line) => line.startsWith('ENV ')).flatMap((line) => line.slice(4).split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split('=') as [string, string]));
}

/** The command of an instruction in its JSON form. */
function jsonOf(lines: readonly string[], name: string): string[] {
  const line = lines.find((one) => one.startsWith(name)) ?? '';
  return JSON.parse(line.slice(line.indexOf('['))) as string[];
}
