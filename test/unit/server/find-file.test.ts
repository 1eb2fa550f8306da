/** Facts about paths: a URL finds plain files inside its folder, and no URL finds anything else. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFile, namesOf } from '../../../src/server/find-file';

let base: string;
let folder: string;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'smallfirst-find-'));
  folder = join(base, 'open');
  await mkdir(join(folder, 'sub'), { recursive: true });
  await mkdir(join(base, 'open-not'));
  await writeFile(join(folder, 'a b%.gguf'), 'x');
  await writeFile(join(folder, 'sub', 'model.gguf'), 'xyz');
  await writeFile(join(folder, '.hidden'), 'x');
  await writeFile(join(base, 'secret'), 'secret');
  await writeFile(join(base, 'open-not', 'secret'), 'secret');
  await symlink(join(base, 'secret'), join(folder, 'link-out'));
  await symlink(base, join(folder, 'folder-out'));
  await symlink(join(base, 'open-not'), join(folder, 'sibling-out'));
  await symlink('loop', join(folder, 'loop'));
  await symlink(join('sub', 'model.gguf'), join(folder, 'link-in'));
  await symlink(folder, join(base, 'link-to-open'));
});
afterAll(() => rm(base, { recursive: true }));

async function find(path: string): Promise<string | undefined> {
  const names = namesOf(`http://host${path}`);
  return names && (await findFile(folder, names))?.path;
}

test.each([
  ['/sub/model.gguf', 'sub/model.gguf'],
  ['/sub/model.gguf?download=true#x', 'sub/model.gguf'],
  ['/s%75b/model.gguf', 'sub/model.gguf'],
  ['/a%20b%25.gguf', 'a b%.gguf'],
  ['/sub/../sub/model.gguf', 'sub/model.gguf'],
  ['/link-in', 'sub/model.gguf'],
])('%s finds %s', async (path, found) => {
  expect(await find(path)).toBe(join(folder, found));
});

test('a folder that is itself a link is served', async () => {
  expect((await findFile(join(base, 'link-to-open'), ['sub', 'model.gguf']))?.sizeBytes).toBe(3);
});

test.each([
  '/../secret',
  '/%2e%2e/secret',
  '/.%2e/secret',
  '/..%2fsecret',
  '/..%5csecret',
  '/..\\secret',
  '/sub/..%2f..%2fsecret',
  '/%252e%252e/secret',
  '/%252e%252e%252fsecret',
  '/..;/secret',
  '/....//secret',
  '//secret',
  '/%2fetc%2fpasswd',
  '//etc/passwd',
  '/%00',
  '/sub/model.gguf%00.html',
  '/sub%00/model.gguf',
  '/sub/model.gguf/',
  '/sub/model.gguf/x',
  '/sub',
  '/sub/',
  '//sub/model.gguf',
  '/.hidden',
  '/%2ehidden',
  '/link-out',
  '/folder-out/secret',
  '/folder-out/open/sub/model.gguf/../../../secret',
  '/sibling-out/secret',
  '/loop',
  '/%',
  '/%ff',
  '/%E0%A4%A',
  `/${'x'.repeat(300)}`,
  `/${'x/'.repeat(3000)}x`,
  '/C:%5cWindows%5cwin.ini',
  '/absent',
])('%s finds nothing', async (path) => {
  expect(await find(path)).toBeUndefined();
});

test('no path made of dots, separators and escapes leads out', async () => {
  const piece = fc.constantFrom(
    '..',
    '.',
    '/',
    '\\',
    '%2e',
    '%2f',
    '%5c',
    '%00',
    '%25',
    'sub',
    'secret',
    'open-not',
    'folder-out',
    '~',
    ';',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      const path = await find(`/${pieces.join('')}`);
      return path === undefined || path.startsWith(`${folder}/`);
    }),
    { numRuns: 500 },
  );
});

test('any name at all is found or not, and never an error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const path = await find(`/${encodeURIComponent(text.toWellFormed())}`);
      return path === undefined || path.startsWith(`${folder}/`);
    }),
  );
});
