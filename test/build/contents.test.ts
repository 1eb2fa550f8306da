/** The build holds what is meant to be served, compressed as well, and nothing of the tests and no secret. */
import { basename } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { CATALOG } from '../../src/kernel/catalog';
import { chunksOf, filesOf, readFolder, textOf, type Files } from './built-files';

/** Below this a server's own answer is as small as a compressed one. */
const MIN_COMPRESSED_BYTES = 1024;

const COMPRESSED = /\.(wasm|m?js|css|html|svg)$/;

const UNPACK = { br: brotliDecompressSync, gz: gunzipSync };

/** The first bytes of every GGUF file: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md */
const GGUF = Buffer.from('GGUF');

/** Keys as their makers write them: OpenAI, Hugging Face, AWS, GitHub, and any in PEM. */
const SECRET =
  /\bsk-[A-Za-z0-9_-]{20,}|\bhf_[A-Za-z0-9]{30,}|\bAKIA[A-Z0-9]{16}\b|\bgh[ps]_[A-Za-z0-9]{36}|-----BEGIN [A-Z ]*PRIVATE KEY-----/;

const files = readFolder('dist');
const fixtures = readFolder('test/fixtures');

it('of model files the starter alone is in the build, as large as the catalogue says', () => {
  const starter = CATALOG.find(({ id }) => id === 'starter');
  expect(modelsIn(files)).toEqual(['models/starter/starter.gguf']);
  expect(files.get('models/starter/starter.gguf')?.length).toBe(starter?.sizeBytes);
  expect(starter?.sizeBytes).toBeLessThanOrEqual(8_000_000);
  expect(modelsIn(fixtures)).not.toEqual([]);
});

it('no file of test/fixtures is in the build, under its own name or another', () => {
  expect(fixtures.size).toBeGreaterThan(0);
  expect(copiesIn(files, fixtures)).toEqual([]);
});

it('nothing in the build looks like a secret', () => {
  expect(secretsIn(files)).toEqual([]);
  expect(secretsIn(readFolder('dist-server'))).toEqual([]);
});

it('every file that is worth it lies there compressed by Brotli and by gzip, and is the same inside', () => {
  expect([...files.keys()].filter((path) => COMPRESSED.test(path)).length).toBeGreaterThan(0);
  expect(badlyCompressedIn(files)).toEqual([]);
}, 60_000);

it('a model file and a copy of a fixture are found', () => {
  const built = filesOf({
    'assets/a.bin': 'GGUF\u0003',
    'assets/b.gguf': 'x',
    'c.json': 'a fixture',
    'd.js': 'x',
  });
  expect(modelsIn(built)).toEqual(['assets/a.bin', 'assets/b.gguf']);
  expect(copiesIn(built, filesOf({ 'config.json': 'a fixture' }))).toEqual(['c.json']);
  expect(copiesIn(built, filesOf({ 'models/d.js': 'another text' }))).toEqual(['d.js']);
});

it.each([
  `const key = 'sk-proj-${'a1'.repeat(20)}';`,
  `const token = "hf_${'aB'.repeat(17)}";`,
  '-----BEGIN PRIVATE KEY-----',
])('a secret is found: %s', (text) => {
  expect(secretsIn(filesOf({ 'a.js': text }))).toEqual(['a.js']);
});

it('a word that begins like a secret is none', () => {
  expect(
    secretsIn(filesOf({ 'a.js': "'sk-' + key; 'sk-…'; 'task-list-of-all-that-is-to-be-done'" })),
  ).toEqual([]);
});

it('a compressed file that is missing, broken, or of an older build is found', () => {
  const page = 'a page '.repeat(1000);
  const br = brotliCompressSync(page);
  const gz = gzipSync(page);
  const others = new Map(filesOf({ 'a.html': page, 'small.js': 'x', 'photo.png': page }));
  const withBoth = (brotli: Buffer) => new Map([...others, ['a.html.br', brotli], ['a.html.gz', gz]]);
  expect(badlyCompressedIn(others)).toEqual(['a.html.br', 'a.html.gz']);
  expect(badlyCompressedIn(withBoth(Buffer.from('broken')))).toEqual(['a.html.br']);
  expect(badlyCompressedIn(withBoth(brotliCompressSync('an older page')))).toEqual(['a.html.br']);
  expect(badlyCompressedIn(withBoth(br))).toEqual([]);
});

function modelsIn(built: Files): string[] {
  return [...built].filter(([path, bytes]) => isModel(path, bytes)).map(([path]) => path);
}

function isModel(path: string, bytes: Buffer): boolean {
  return /\.gguf\b/i.test(path) || bytes.subarray(0, GGUF.length).equals(GGUF);
}

function copiesIn(built: Files, originals: Files): string[] {
  const isCopy = (path: string, bytes: Buffer) =>
    [...originals].some(([original, text]) => basename(path) === basename(original) || bytes.equals(text));
  return [...built].filter(([path, bytes]) => bytes.length > 0 && isCopy(path, bytes)).map(([path]) => path);
}

function secretsIn(built: Files): string[] {
  const readable = [...built.keys()].filter(
    (path) => chunksOf(built).includes(path) || /\.(html|json)$/.test(path),
  );
  return readable.filter((path) => SECRET.test(textOf(built, path)));
}

function badlyCompressedIn(built: Files): string[] {
  return [...built]
    .filter(([path, bytes]) => COMPRESSED.test(path) && bytes.length > MIN_COMPRESSED_BYTES)
    .flatMap(([path, bytes]) =>
      Object.entries(UNPACK)
        .filter(([suffix, unpack]) => !isSameInside(bytes, built.get(`${path}.${suffix}`), unpack))
        .map(([suffix]) => `${path}.${suffix}`),
    );
}

function isSameInside(
  bytes: Buffer,
  packed: Buffer | undefined,
  unpack: (packed: Buffer) => Buffer,
): boolean {
  try {
    return packed !== undefined && packed.length < bytes.length && unpack(packed).equals(bytes);
  } catch {
    return false;
  }
}
