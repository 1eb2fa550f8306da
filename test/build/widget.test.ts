/** What the widget costs a page: its door, and what opening it adds before any engine. */
import { expect, it } from 'vitest';
import {
  chunksOf,
  filesOf,
  gzippedBytesOf,
  lazyImportsOf,
  openedOf,
  readFolder,
  textOf,
  withImportsOf,
} from './built-files';

const DOOR_BYTES = 15_000;
const OPENED_BYTES = 60_000;

const files = readFolder('dist');
const door = withImportsOf(files, ['widget.js']);
const opened = openedOf(files);

it(`the door is one file of at most ${DOOR_BYTES} bytes, gzipped`, () => {
  const bytes = gzippedBytesOf(files, door);
  console.log(`Widget: door ${bytes} bytes, gzipped`);
  expect(door).toEqual(['widget.js']);
  expect(bytes).toBeGreaterThan(500);
  expect(bytes).toBeLessThanOrEqual(DOOR_BYTES);
});

it(`opened, and before an engine, it is at most ${OPENED_BYTES} bytes, gzipped`, () => {
  const bytes = gzippedBytesOf(files, opened);
  console.log(`Widget: opened ${bytes} bytes, gzipped, in ${opened.length} files`);
  expect(opened.length).toBeGreaterThan(2);
  expect(opened.every((path) => files.has(path))).toBe(true);
  expect(bytes).toBeLessThanOrEqual(OPENED_BYTES);
});

it('neither an engine nor Markdown is in it, and both are there to be loaded', () => {
  for (const mark of ['@wllama/wllama-compat@', 'github.com/markedjs/marked', 'binary-mlc-llm-libs']) {
    expect(opened.filter((path) => textOf(files, path).includes(mark))).toEqual([]);
    expect(chunksOf(files).some((path) => textOf(files, path).includes(mark))).toBe(true);
  }
});

it('no chunk imports the door: under another address (`widget.js?v=2`) that would be a second one', () => {
  const importers = chunksOf(files).filter((path) => withImportsOf(files, [path]).includes('widget.js'));
  expect(importers).toEqual(['widget.js']);
});

it('nothing of it puts links into the head of the page, or sizes anything by the page’s `rem`', () => {
  const all = chunksOfWidget();
  expect(all.length).toBeGreaterThan(10);
  expect(all.filter((path) => textOf(files, path).includes('modulepreload'))).toEqual([]);
  const styled = all.filter((path) => textOf(files, path).includes(':host'));
  expect(styled.some((path) => opened.includes(path))).toBe(true);
  expect(styled.filter((path) => /[\d.]rem\b/.test(textOf(files, path)))).toEqual([]);
});

it('what is imported lazily is found', () => {
  const built = filesOf({ 'a.js': "import('./assets/b.js'); import(`./assets/c.js`);" });
  expect(lazyImportsOf(built, 'a.js')).toEqual(['assets/b.js', 'assets/c.js']);
});

/** All that it may ever load. */
function chunksOfWidget(): string[] {
  const found = new Set<string>(['widget.js']);
  for (const path of found) {
    for (const next of [...withImportsOf(files, [path]), ...lazyImportsOf(files, path)]) {
      if (chunksOf(files).includes(next)) found.add(next);
    }
  }
  return [...found];
}
