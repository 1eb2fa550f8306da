/** The top of the repository holds what a visitor expects there, and nothing else. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from './source';

/** Beside these only names that begin with a dot: settings of tools. */
const AT_THE_TOP = new Set([
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vite.config.ts',
  'index.html',
  'src',
  'public',
  'test',
  'README.md',
  'LICENSE',
]);

it.skipIf(!existsSync(join(ROOT, '.git')))('nothing else is tracked at the top', () => {
  const tracked = trackedFiles();
  expect(tracked).toContain('package.json');
  expect(strangersAmong(tracked)).toEqual([]);
});

it('a file or a folder that does not belong at the top is found', () => {
  expect(strangersAmong(['notes.md', 'docs/plan.md', 'vitest.config.ts', 'src/notes.md', '.ci/run'])).toEqual(
    ['notes.md', 'docs', 'vitest.config.ts'],
  );
});

function strangersAmong(paths: readonly string[]): string[] {
  const names = new Set(paths.map((path) => path.split('/')[0] ?? ''));
  return [...names].filter((name) => !name.startsWith('.') && !AT_THE_TOP.has(name));
}

/** In a container the checkout often belongs to somebody else, to which git objects unless told that it may. */
function trackedFiles(): string[] {
  const args = ['-c', 'safe.directory=*', 'ls-files', '-z'];
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
}
