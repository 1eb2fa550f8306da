/** Facts about the config file: when it may be absent, and how what is wrong in it is told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfigFile } from '../../../src/server/config-file';

let folder: string;
let path: string;
const MODEL = {
  id: 'tiny',
  name: 'Tiny',
  engine: 'wllama',
  url: 'models/tiny.gguf',
  sizeBytes: 1,
  contextTokens: 256,
  licence: 'MIT',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'smallfirst-config-'));
  path = join(folder, 'config.json');
});
afterAll(() => rm(folder, { recursive: true }));

test('a good file is the config', async () => {
  await writeFile(path, `\uFEFF${JSON.stringify({ models: [MODEL] })}`);
  expect(await readConfigFile(path, true)).toEqual({ ok: true, config: { models: [MODEL] }, prices: [] });
});

test('what the operator says of a model is read, and what is wrong in it is told with its place', async () => {
  await writeFile(
    path,
    JSON.stringify({ prices: [{ model: 'mine', inputNanoUsd: 100, outputNanoUsd: 200 }] }),
  );
  expect(await readConfigFile(path, true)).toMatchObject({
    ok: true,
    prices: [{ model: 'mine', inputNanoUsd: 100 }],
  });
  await writeFile(path, JSON.stringify({ prices: [{ model: 'mine', shutdown: 'soon' }] }));
  expect(await readConfigFile(path, true)).toMatchObject({
    ok: false,
    problems: [expect.stringMatching(/prices\.0\.shutdown: a day such as 2027-01-14$/)],
  });
});

test('an absent file that nobody named stands for the defaults', async () => {
  expect(await readConfigFile(join(folder, 'absent.json'), false)).toEqual({
    ok: true,
    config: { models: [] },
    prices: [],
  });
});

test('an absent file that somebody named is one problem, with its path', async () => {
  const absent = join(folder, 'absent.json');
  expect(await readConfigFile(absent, true)).toEqual({
    ok: false,
    problems: [`CONFIG_FILE is "${absent}"; there is no such file.`],
  });
});

test('a folder in its place is told even if nobody named it', async () => {
  const reading = await readConfigFile(folder, false);
  expect(reading).toMatchObject({ ok: false, problems: [expect.stringContaining('cannot be read')] });
});

test.each(['', '{', '{\n\n"models": [}\n', 'null,'])('%j is not JSON, in one line', async (text) => {
  await writeFile(path, text);
  const reading = await readConfigFile(path, true);
  const problems = reading.ok ? [] : reading.problems;
  expect(problems).toEqual([expect.stringMatching(/config\.json is not JSON: [^\n]+$/)]);
});

test('each issue is one line with the file and the place', async () => {
  await writeFile(
    path,
    JSON.stringify({
      models: [
        { ...MODEL, sizeBytes: 0 },
        { ...MODEL, engine: 'x' },
      ],
    }),
  );
  const reading = await readConfigFile(path, true);
  expect(reading).toMatchObject({
    ok: false,
    problems: [
      expect.stringContaining(`${path}: models.0.sizeBytes: `),
      expect.stringContaining(`${path}: models.1.engine: `),
    ],
  });
});
