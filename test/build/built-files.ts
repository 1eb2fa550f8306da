/** Reads what the build wrote, as the build tests see it: files, the strings in them, and what the first load holds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parseSync, Visitor } from 'vite';

/** Each file's bytes under its path below the folder, with `/`. */
export type Files = ReadonlyMap<string, Buffer>;

const ROOT = join(import.meta.dirname, '../..');

/** Every file below a folder of the repository; says what to do where there is none. */
export function readFolder(folder: string): Files {
  const top = join(ROOT, folder);
  try {
    const entries = readdirSync(top, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const paths = entries.map((entry) => join(entry.parentPath, entry.name));
    return new Map(
      paths.map((path) => [path.slice(top.length + 1).replaceAll(sep, '/'), readFileSync(path)] as const),
    );
  } catch (error) {
    throw new Error(`There is no ${folder}/ to look at: run \`npm run build\` first.`, { cause: error });
  }
}

/** Files made of text, for tests of the tests. */
export function filesOf(texts: Readonly<Record<string, string>>): Files {
  return new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
}

/** A file's text; empty where there is no such file. */
export function textOf(files: Files, path: string): string {
  return files.get(path)?.toString('utf8') ?? '';
}

/** The paths of all JavaScript. */
export function chunksOf(files: Files): string[] {
  return [...files.keys()].filter((path) => /\.m?js$/.test(path));
}

const known = new Map<string, string[]>();

/** Every string literal and every piece of a template in a chunk; comments are not among them. */
export function stringsIn(path: string, text: string): string[] {
  const found = known.get(text);
  if (found) return found;
  const strings: string[] = [];
  known.set(text, strings);
  new Visitor({
    Literal: ({ value }) => void (typeof value === 'string' && strings.push(value)),
    TemplateElement: ({ value }) => void strings.push(value.cooked ?? value.raw),
  }).visit(parseSync(path, text).program);
  return strings;
}

/** The scripts and styles that `index.html` loads, preloads among them, and all that these import statically. */
export function firstLoadOf(files: Files): string[] {
  return withImportsOf(
    files,
    linksOf(textOf(files, 'index.html')).filter((path) => /\.(m?js|css)$/.test(path)),
  );
}

/** These, and all that they import statically. */
export function withImportsOf(files: Files, paths: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (path: string) => {
    if (found.has(path)) return;
    found.add(path);
    if (!chunksOf(files).includes(path)) return;
    const { staticImports, staticExports } = parseSync(path, textOf(files, path)).module;
    const passedOn = staticExports.flatMap(({ entries }) =>
      entries.map(({ moduleRequest }) => moduleRequest),
    );
    for (const request of [...staticImports.map(({ moduleRequest }) => moduleRequest), ...passedOn]) {
      if (request) add(posix.join(posix.dirname(path), request.value));
    }
  };
  for (const path of paths) add(path);
  return [...found];
}

/** What a chunk imports when it comes to it. */
export function lazyImportsOf(files: Files, path: string): string[] {
  const text = textOf(files, path);
  return parseSync(path, text).module.dynamicImports.map(({ moduleRequest: { start, end } }) =>
    posix.join(posix.dirname(path), text.slice(start + 1, end - 1)),
  );
}

/** What the widget has loaded when its panel stands: its door, what that imports when it is opened, and what all that imports. */
export function openedOf(files: Files): string[] {
  return withImportsOf(files, ['widget.js', ...lazyImportsOf(files, 'widget.js')]);
}

/** Bytes after gzip, as servers do it. */
export function gzippedBytesOf(files: Files, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + gzipSync(textOf(files, path)).length, 0);
}

/** What the `src` and `href` attributes of a page name, as paths from its folder. */
export function linksOf(html: string): string[] {
  return [...html.matchAll(/<[^>]*?\s(?:src|href)="([^"]*)"/g)].map(([, link = '']) => posix.normalize(link));
}
