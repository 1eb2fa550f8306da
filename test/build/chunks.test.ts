/** What the build wrote hangs together: it parses, and it finds its own files wherever it is put. */
import { spawnSync } from 'node:child_process';
import { posix } from 'node:path';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { chunksOf, filesOf, linksOf, readFolder, stringsIn, textOf, type Files } from './built-files';

/** Looks like a file of ours, and is one that web-llm would look for beside a model. */
const OF_A_MODEL = new Set(['mlc-model-manifest.json']);

/** A name that carries a hash of its content is one that the build gave. */
const HASHED_FILE = /^[\w./-]*-[\w-]{8}\.(m?js|css|wasm|json|svg|png|webp|woff2)$/;

const files = readFolder('dist');
const serverFiles = readFolder('dist-server');

describe('every chunk parses as a module', () => {
  it.each(chunksOf(files))('dist/%s', (path) => {
    expect(syntaxErrorIn(textOf(files, path))).toBe('');
  });
  it.each(chunksOf(serverFiles))('dist-server/%s', (path) => {
    expect(syntaxErrorIn(textOf(serverFiles, path))).toBe('');
  });
});

it('the service worker parses as a classic script too, which is how it is registered', () => {
  expect(textOf(files, 'sw.js')).not.toBe('');
  expect(() => new Script(textOf(files, 'sw.js'))).not.toThrow();
});

it('every file that a chunk, a style or the page names is there', () => {
  expect(namedFilesIn(files).length).toBeGreaterThan(0);
  expect(missingFrom(files)).toEqual([]);
}, 60_000);

it('nothing names a file of its own from the root of the site, so that a sub-path works', () => {
  expect(rootedIn(files)).toEqual([]);
}, 60_000);

it('a chunk that does not parse is found', () => {
  // What Vite 8 leaves of a standard decorator.
  expect(syntaxErrorIn("@customElement('chat-page') class ChatPage {}")).toContain('SyntaxError');
  expect(syntaxErrorIn('import a from "a"; export const b = await a;')).toBe('');
});

it.each([
  ['assets/a.js', "import('./gone-Ab3dE_9x.js');"],
  ['assets/a.js', 'new URL(`gone-Ab3dE_9x.wasm`, import.meta.url);'],
  ['assets/a.js', "preload(['assets/gone-Ab3dE_9x.css']);"],
  ['assets/a.css', "a { background: url('./gone-Ab3dE_9x.png') }"],
  ['index.html', '<script type="module" src="./assets/gone-Ab3dE_9x.js"></script>'],
  ['index.html', '<link rel="icon" href="./gone.svg">'],
])('in %s, a file that is not there is found: %s', (path, text) => {
  expect(missingFrom(filesOf({ [path]: text }))).toHaveLength(1);
});

it('a file beside the chunk, or below the top, is there', () => {
  const named = "a('./b-Ab3dE_9x.js', 'c-Ab3dE_9x.wasm', 'assets/b-Ab3dE_9x.js');";
  const built = { 'assets/a.js': named, 'assets/b-Ab3dE_9x.js': '', 'assets/c-Ab3dE_9x.wasm': '' };
  expect(missingFrom(filesOf(built))).toEqual([]);
});

it.each([
  ['a.js', "fetch('/assets/b.js');"],
  ['a.js', 'new Worker(`/assets/b.js`);'],
  ['a.js', "register('/sw.js');"],
  ['a.css', 'a { background: url(/assets/b.png) }'],
  ['index.html', '<script src="/assets/b.js"></script>'],
])('in %s, a path from the root of the site is found: %s', (path, text) => {
  expect(rootedIn(filesOf({ [path]: text, 'sw.js': '' }))).toHaveLength(1);
});

/** `node --check` on the text; empty where it has nothing to object to. */
function syntaxErrorIn(text: string): string {
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: text,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stderr || `node --check ended with ${status}`;
}

function missingFrom(built: Files): string[] {
  return namedFilesIn(built)
    .filter(
      ([path, name]) =>
        !built.has(posix.normalize(name)) && !built.has(posix.join(posix.dirname(path), name)),
    )
    .map(([path, name]) => `${path} names ${name}`);
}

function rootedIn(built: Files): string[] {
  return [...built.keys()].flatMap((path) =>
    namesIn(built, path)
      .filter((name) => /^\/(assets|src)\//.test(name) || (name.startsWith('/') && built.has(name.slice(1))))
      .map((name) => `${path} names ${name}`),
  );
}

/** Pairs of a built file and another that it names. */
function namedFilesIn(built: Files): [path: string, name: string][] {
  return [...built.keys()].flatMap((path) =>
    namesIn(built, path)
      .filter((name) => !OF_A_MODEL.has(name))
      .filter((name) => HASHED_FILE.test(name) || (path.endsWith('.html') && !/^(\w+:|#|\/)/.test(name)))
      .map((name): [string, string] => [path, name]),
  );
}

/** Strings that could be addresses. */
function namesIn(built: Files, path: string): string[] {
  if (path.endsWith('.html')) return linksOf(textOf(built, path));
  if (path.endsWith('.css')) {
    return [...textOf(built, path).matchAll(/url\(\s*["']?([^"')]+)/g)].map(([, name = '']) => name);
  }
  return chunksOf(built).includes(path) ? stringsIn(path, textOf(built, path)) : [];
}
