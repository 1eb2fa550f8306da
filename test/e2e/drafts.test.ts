/** Drafts are collected from a model in a browser, and the rows fit gate B to it. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'playwright/test';

const folder = mkdtempSync(join(tmpdir(), 'drafts-'));
test.afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync('npx', ['tsx', ...args], {
    encoding: 'utf8',
    timeout: 120_000,
  });
  return { status, said: stdout + stderr };
};

test('a file of questions becomes rows of evidence, and the rows a family of gate B', () => {
  test.setTimeout(180_000);
  const [questions, out] = [join(folder, 'questions.jsonl'), join(folder, 'drafts.jsonl')];
  const asked = Array.from({ length: 22 }, (_, at) => ({
    id: `sum ${at}`,
    prompt: `${at} + ${at}`,
    answer: 2 * at + (at % 2),
  }));
  const lines = [...asked, { id: 'open', prompt: 'What can you do?' }];
  writeFileSync(questions, lines.map((line) => JSON.stringify(line)).join('\n'));
  const args = ['--questions', questions, '--model', 'starter', '--out', out, '--max-tokens', '60'];

  const first = run('test/drafts/collect.ts', ...args, '--limit', '3', '--second');
  expect(first.said).toContain('3 of 3');
  const second = run('test/drafts/collect.ts', ...args);
  expect(second.said).toContain('20 questions to ask, 3 rows are there already.');
  const rows = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(rows.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
  expect(rows[0]).toMatchObject({
    weak: 'Starter model',
    post: { 'Starter model': expect.any(Array) },
    w: { 'Starter model': [expect.any(Number), ...Array<unknown>(6).fill(expect.any(Number))] },
    second: { 'Starter model': expect.any(Number) },
  });
  expect(rows.at(-1)).not.toHaveProperty('weak_correct');

  const fit = run('src/route/fit/fit-router.ts', '--drafts', out, '--out', folder);
  expect(fit.said).toMatch(/starter-model: 22 drafts, \d+ of them right/);
  const fitted = JSON.parse(readFileSync(join(folder, 'calibration.json'), 'utf8')) as { tokens: object };
  expect(fitted.tokens).toHaveProperty('starter-model');
});

test('a model that is not there, or a file that is none of questions, is refused in one line', () => {
  const questions = join(folder, 'other.jsonl');
  writeFileSync(questions, '{"text": "no prompt"}');
  const bad = run(
    'test/drafts/collect.ts',
    '--questions',
    questions,
    '--model',
    'starter',
    '--out',
    join(folder, 'x'),
  );
  expect(bad).toMatchObject({
    status: 2,
    said: expect.stringContaining('line 1: “prompt” or “question” is wanted'),
  });
  const none = run(
    'test/drafts/collect.ts',
    '--questions',
    join(folder, 'none'),
    '--model',
    'starter',
    '--out',
    join(folder, 'x'),
  );
  expect(none).toMatchObject({ status: 2, said: expect.stringContaining('There is no file') });
});
