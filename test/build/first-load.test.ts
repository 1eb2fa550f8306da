/** What a visitor loads before the page can be used is small, and holds nothing that can wait. */
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { chunksOf, filesOf, firstLoadOf, readFolder, textOf, type Files } from './built-files';

/** The budget of the plan, after gzip as servers do it. */
const MAX_BYTES = 60_000;

/** Words that survive minifying, of each package that must wait until it is wanted. */
const WAITING: readonly (readonly [name: string, mark: string])[] = [
  ['wllama', '@wllama/wllama-compat@'],
  ['web-llm', 'MLCEngine'],
  ['the models for a graphics processor', 'binary-mlc-llm-libs'],
  ['marked', 'github.com/markedjs/marked'],
  ['DOMPurify', 'dompurify'],
  ['highlight.js', 'highlightjs/highlight.js'],
];

const files = readFolder('dist');
const firstLoad = firstLoadOf(files);

it(`the JavaScript of the first load is at most ${MAX_BYTES} bytes, gzipped`, () => {
  const sizes = sizesOf(files, firstLoad);
  const total = sumOf(sizes);
  console.log(
    `First load: ${total} bytes of JavaScript, gzipped: ${JSON.stringify(Object.fromEntries(sizes))}`,
  );
  expect(sizes.size).toBeGreaterThan(0);
  expect(total).toBeLessThanOrEqual(MAX_BYTES);
});

it.each(WAITING)('%s is built, and is not in the first load', (_name, mark) => {
  const holders = chunksOf(files).filter((path) => textOf(files, path).includes(mark));
  expect(holders).not.toEqual([]);
  expect(holders.filter((path) => firstLoad.includes(path))).toEqual([]);
});

it('no WebAssembly is in the first load, not even as text', () => {
  expect(firstLoad.filter((path) => path.endsWith('.wasm'))).toEqual([]);
  // "\0asm", the first bytes of every module, in base64.
  expect(firstLoad.filter((path) => textOf(files, path).includes('AGFzb'))).toEqual([]);
});

it('the first load is followed through imports, re-exports and preloads, and not through lazy imports', () => {
  const built = filesOf({
    'index.html': `<script type="module" src="./assets/a.js"></script>
      <link rel="modulepreload" crossorigin href="./assets/p.js"><link rel="stylesheet" href="./assets/s.css">`,
    'assets/a.js': "import './b.js'; import('./lazy.js');",
    'assets/b.js': "import { x } from './a.js'; export { y } from './c.js';",
    'assets/c.js': "export * from './d.js';",
    'assets/d.js': 'export const y = 1;',
    'assets/p.js': '',
    'assets/lazy.js': '',
    'assets/s.css': '',
  });
  const names = firstLoadOf(built).map((path) => path.replace('assets/', ''));
  expect(names.sort()).toEqual(['a.js', 'b.js', 'c.js', 'd.js', 'p.js', 's.css']);
});

it('a first load that is too big is found', () => {
  const noise = Array.from({ length: 40_000 }, (_, index) => Math.sin(index)).join();
  const built = filesOf({
    'index.html': '<script src="./a.js"></script>',
    'a.js': `export const a = [${noise}];`,
  });
  expect(sumOf(sizesOf(built, firstLoadOf(built)))).toBeGreaterThan(MAX_BYTES);
});

function sizesOf(built: Files, paths: readonly string[]): Map<string, number> {
  const scripts = chunksOf(built).filter((path) => paths.includes(path));
  return new Map(scripts.map((path) => [path, gzipSync(textOf(built, path)).length]));
}

function sumOf(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}
