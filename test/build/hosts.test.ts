/** Every foreign address in the built app is one that somebody looked at. */
import { expect, it } from 'vitest';
import { chunksOf, filesOf, readFolder, stringsIn, textOf, type Files } from './built-files';

/** What an address may begin with, and why it is no request that the visitor did not ask for. */
const KNOWN: readonly (readonly [start: string, why: string])[] = [
  ['https://huggingface.co/', 'models of the catalog and their licences: loaded when the visitor picks one'],
  ['https://huggingface.co', "wllama's default hub, for loadModelFromHF(), which nothing here calls"],
  [
    'https://cdn.jsdelivr.net/npm/@wllama/wllama-compat@',
    "wllama's default; setCompat() puts the app's own files in its place before anything is loaded (see below)",
  ],
  [
    'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/',
    'libraries of the models for a graphics processor: loaded when the visitor picks one',
  ],
  ['https://developer.chrome.com/docs/ai/prompt-api', "where to read about Chrome's own model: a link"],
  ['https://webgpureport.org/', "in the text of web-llm's error: where to see whether a browser has WebGPU"],
  ['https://*.hf.co', 'in the policy of a page that lets nothing leave: where a hub keeps its files'],
  ['https://chat.example.org/', "a server's name in a field of embed.html, to show what is meant"],
  [
    'https://github.com/cfworker',
    'what the checker of JSON schemas resolves relative names against: never asked',
  ],
  ['http://page.invalid', 'what a relative address is resolved against, to see that it is relative'],
  ['http://', 'what marked puts before `www.…` in a link, which the reader may follow'],
  ['http://www.w3.org/', 'names of XML namespaces: never asked'],
  ['https://github.com/markedjs/marked', 'in the text of an error: where to report it'],
  ['https://github.com/highlightjs/highlight.js/', 'in the text of a warning: where to read more'],
  ['https://github.com/ngxson/wllama/', "in a comment of wllama's worker, which is kept as text"],
  [
    'https://github.com/emscripten-core/emscripten/',
    "in a comment of wllama's worker, which is kept as text",
  ],
  ['https://github.com/godotengine/godot/', "in a comment of wllama's worker, which is kept as text"],
  ['https://bit.ly/wb-precache', "in the text of Workbox's error: where to read more"],
];

const files = readFolder('dist');

it('every absolute address is known', () => {
  expect(addressesIn(files).length).toBeGreaterThan(0);
  expect(strangersIn(files)).toEqual([]);
}, 60_000);

it('the page itself loads nothing from another host', () => {
  expect(foreignLoadsIn(textOf(files, 'index.html'))).toEqual([]);
});

it("wllama is given the app's own files in place of those of a CDN", () => {
  const holders = chunksOf(files).filter((path) => textOf(files, path).includes('cdn.jsdelivr.net'));
  expect(holders.filter((path) => !givesCompat(textOf(files, path)))).toEqual([]);
});

it.each([
  ['a.js', "import('https://esm.sh/lit');"],
  ['a.js', 'new Worker(`https://unpkg.com/a@${version}/worker.js`);'],
  ['a.js', "const socket = 'wss://telemetry.example/';"],
  ['a.js', "const host = 'http://huggingface.co/a';"],
  ['a.js', "const host = 'https://huggingface.co.evil.example/a';"],
  ['a.js', "const host = 'https://huggingface.community';"],
  ['a.js', 'const address = `https://${host}/a`;'],
  ['a.css', '@import url(https://fonts.googleapis.com/css2);'],
  ['index.html', '<link rel="preconnect" href="https://fonts.gstatic.com">'],
])('in %s, a stranger is found: %s', (path, text) => {
  expect(strangersIn(filesOf({ [path]: text }))).toHaveLength(1);
});

it('an address in a comment is none', () => {
  expect(addressesIn(filesOf({ 'a.js': '/* https://example.org/a */ // https://example.org/b' }))).toEqual(
    [],
  );
});

it.each([
  '<script src="https://cdn.example/a.js"></script>',
  '<link href="//cdn.example/a.css" rel="stylesheet">',
])('a page that loads from another host is found: %s', (html) => {
  expect(foreignLoadsIn(html)).toHaveLength(1);
});

it('a wllama that keeps its CDN is found', () => {
  expect(givesCompat('class A{constructor(){this.setCompat(`default`)}setCompat(e){}}')).toBe(false);
  expect(givesCompat('u.setCompat(`default`)')).toBe(false);
  expect(givesCompat('u.setCompat({wasm:a,worker:b})')).toBe(true);
  expect(givesCompat('u.setCompat(a?{wasm:b}:null)')).toBe(true);
});

function strangersIn(built: Files): string[] {
  return addressesIn(built).filter(
    (found) => !KNOWN.some(([start]) => isAt(found.split(' names ')[1] ?? '', start)),
  );
}

/** A bare host must be the whole address: `https://a.b` is not at `https://a`. */
function isAt(address: string, start: string): boolean {
  return /^\w+:\/\/[^/]*$/.test(start) ? address === start : address.startsWith(start);
}

function addressesIn(built: Files): string[] {
  return [...built.keys()].flatMap((path) => {
    const found = textsOf(built, path).flatMap(
      (text) => text.match(/\b(https?|wss?):\/\/[^\s"'`<>\\)]*/g) ?? [],
    );
    return [...new Set(found)].map((address) => `${path} names ${address}`);
  });
}

/** A chunk's strings; other text files whole; nothing of what is not text. */
function textsOf(built: Files, path: string): string[] {
  if (chunksOf(built).includes(path)) return stringsIn(path, textOf(built, path));
  return /\.(html|css|svg|json|webmanifest|txt)$/.test(path) ? [textOf(built, path)] : [];
}

function foreignLoadsIn(html: string): string[] {
  return (
    html.match(
      /<(script|link|img|iframe|source|object|embed)\b[^>]*(src|href|data)="([a-z]+:)?\/\/[^"]*"/gi,
    ) ?? []
  );
}

/** wllama's constructor calls `this.setCompat('default')`, its CDN; whoever builds one must call it again. */
function givesCompat(text: string): boolean {
  return /(?<!this)\.setCompat\((?!['"`]default)/.test(text);
}
