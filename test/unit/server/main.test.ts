/** Facts about the server as it is shipped: what it prints, how it refuses to start, how it stops. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const NO_KEY = 'No API key is set: every answer is made in the browser.';
let base: string;

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'smallfirst-main-'));
  await build({
    root: PROJECT,
    logLevel: 'error',
    build: { ssr: 'src/server/main.ts', outDir: join(base, 'dist-server'), emptyOutDir: true },
  });
  // The ledger's database is a native module, which no bundle can hold.
  await symlink(join(PROJECT, 'node_modules'), join(base, 'node_modules'));
  await mkdir(join(base, 'dist'));
  await mkdir(join(base, 'cwd', 'models'), { recursive: true });
  await writeFile(join(base, 'package.json'), '{"type":"module"}');
  await writeFile(join(base, 'dist', 'index.html'), 'the built page');
  await writeFile(join(base, 'cwd', 'models', 'a.gguf'), 'weights');
  await writeFile(join(base, 'cwd', 'wrong.json'), '{"models":[{},{"id":"x y"}]}');
}, 60_000);
afterAll(() => rm(base, { recursive: true }));

/** Runs the built server; `whenReady` gets its address, and the signal that it resolves to is sent. */
async function run(
  variables: Record<string, string>,
  whenReady?: (url: string) => Promise<NodeJS.Signals>,
  main = join(base, 'dist-server', 'main.js'),
): Promise<Run> {
  const child = spawn(process.execPath, [main], {
    cwd: join(base, 'cwd'),
    env: { PATH: process.env['PATH'], PORT: '0', ...variables },
  });
  let stdout = '';
  let stderr = '';
  let isReady = false;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    const url = /http:\S+/.exec(stdout)?.[0];
    if (!url || isReady || !/\n.+\n$/.test(stdout)) return;
    isReady = true;
    void (whenReady?.(url) ?? Promise.resolve<NodeJS.Signals>('SIGTERM')).then((signal) =>
      child.kill(signal),
    );
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout, stderr, code };
}

test('it prints its address and that there is no key, serves, and stops on SIGTERM and SIGINT', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const bodies: string[] = [];
    const { stdout, stderr, code } = await run({}, async (url) => {
      for (const path of ['', 'models/a.gguf', 'api/config'])
        bodies.push(await (await fetch(url + path)).text());
      return signal;
    });
    expect(bodies).toEqual(['the built page', 'weights', '{"models":[],"escalation":false}']);
    expect(stdout).toMatch(new RegExp(`^Smallfirst is at http://127\\.0\\.0\\.1:[1-9]\\d*/\n${NO_KEY}\n$`));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  }
});

test('behind a proxy it also says where visitors see it', async () => {
  const { stdout } = await run({ PUBLIC_ORIGIN: 'https://chat.example.org' });
  expect(stdout.split('\n')[0]).toMatch(/\/ \(for visitors: https:\/\/chat\.example\.org\/\)$/);
});

test('on all addresses it names the one that browsers trust', async () => {
  const { stdout } = await run({ HOST: '0.0.0.0' });
  expect(stdout).toMatch(/^Smallfirst is at http:\/\/localhost:\d+\/\n/);
});

test('with a key it says which model may be asked and for how much, offers it, and opens its books', async () => {
  const variables = {
    OPENAI_API_KEY: 'sk-never-shown',
    OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    STORE_URL: 'books/ledger.db',
    BUDGET_USD_PER_DAY: '2.5',
  };
  let config = '';
  const { stdout, stderr, code } = await run(variables, async (url) => {
    config = await (await fetch(`${url}api/config`)).text();
    return 'SIGTERM';
  });
  expect(stdout).toContain('Hard questions may go to gpt-4o, for at most $2.5 a day.');
  expect(JSON.parse(config)).toMatchObject({
    escalation: { flagship: { model: 'gpt-4o' }, maxTokens: 1024 },
  });
  expect(`${stdout}${stderr}${config}`).not.toContain('sk-never-shown');
  expect((await readFile(join(base, 'cwd', 'books', 'ledger.db'))).length).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test('a model whose price nobody told ends it with 1 and one line', async () => {
  const { stderr, code } = await run({ OPENAI_API_KEY: 'sk-never-shown', FLAGSHIP_MODEL: 'gpt-x' });
  expect(stderr).toMatch(/^FLAGSHIP_MODEL is "gpt-x", whose price is not known; [^\n]+\n$/);
  expect(code).toBe(1);
});

test('books that cannot be opened end it with 1 and one line', async () => {
  const { stderr, code } = await run({ OPENAI_API_KEY: 'sk-never-shown', STORE_URL: 'wrong.json' });
  expect(stderr).toMatch(/^STORE_URL is "wrong\.json"; the ledger cannot be opened: [^\n]+\n$/);
  expect(code).toBe(1);
});

test('wrong variables end it with 1 and a line each', async () => {
  const { stdout, stderr, code } = await run({ PORT: 'x', LOG_LEVEL: 'loud' });
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^PORT is "x"; it must be /),
    expect.stringMatching(/^LOG_LEVEL is "loud"; it must be one of /),
  ]);
  expect([stdout, code]).toEqual(['', 1]);
});

test('a config file that is named and absent ends it with 1 and one line', async () => {
  const { stderr, code } = await run({ CONFIG_FILE: 'absent.json' });
  expect(stderr).toMatch(/^CONFIG_FILE is ".*absent\.json"; there is no such file\.\n$/);
  expect(code).toBe(1);
});

test('a wrong config file ends it with 1 and a line for each issue', async () => {
  const { stderr, code } = await run({ CONFIG_FILE: 'wrong.json' });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).toMatch(/wrong\.json: models\.[01]\.\w+: ./);
  expect(code).toBe(1);
});

test('a taken port ends it with 1 and one line', async () => {
  let second: Run | undefined;
  await run({}, async (url) => {
    second = await run({ PORT: new URL(url).port });
    return 'SIGTERM';
  });
  expect(second?.stderr).toMatch(/^PORT is \d+; another program listens there already\. [^\n]+\n$/);
  expect([second?.stdout, second?.code]).toEqual(['', 1]);
});

test('without a built page it says what to run', async () => {
  const bare = await mkdtemp(join(tmpdir(), 'smallfirst-bare-'));
  await build({
    root: PROJECT,
    logLevel: 'error',
    build: { ssr: 'src/server/main.ts', outDir: join(bare, 'dist-server'), emptyOutDir: true },
  });
  await writeFile(join(bare, 'package.json'), '{"type":"module"}');
  const { stderr, code } = await run({}, undefined, join(bare, 'dist-server', 'main.js'));
  await rm(bare, { recursive: true });
  expect(stderr).toMatch(/^The page is not built yet: [^\n]*`npm run build` first\.\n$/);
  expect(code).toBe(1);
});
