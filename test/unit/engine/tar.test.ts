/** Facts about packed folders: what `tar` makes and reads is the same. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packTar, unpackTar } from '../../../src/engine/local/webllm/tar';

let dir = '';
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'tar-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const files = [
  ['a.json', new Blob(['{}'])],
  ['params_shard_0.bin', new Blob([new Uint8Array(1_000).fill(7)])],
  ['even.bin', new Blob([new Uint8Array(512).fill(8)])],
] as const;

test('what is packed comes out again', async () => {
  const out = await unpackTar(packTar(files));
  expect([...out.keys()]).toEqual(files.map(([name]) => name));
  for (const [name, content] of files) expect(await out.get(name)!.bytes()).toEqual(await content.bytes());
});

test('the system’s own tar reads it, and makes what is read', async () => {
  writeFileSync(join(dir, 'ours.tar'), await packTar(files).bytes());
  execFileSync('tar', ['xf', 'ours.tar'], { cwd: dir });
  for (const [name, content] of files)
    expect(readFileSync(join(dir, name)).equals(Buffer.from(await content.bytes()))).toBe(true);
  execFileSync('tar', ['cf', 'theirs.tar', ...files.map(([name]) => `./${name}`)], { cwd: dir });
  const out = await unpackTar(new Blob([readFileSync(join(dir, 'theirs.tar'))]));
  for (const [name, content] of files) expect(await out.get(name)!.bytes()).toEqual(await content.bytes());
});

test.each([
  ['no such file', new Blob(['<html>'.repeat(200)])],
  ['one that was cut', packTar(files).slice(0, 1_200)],
])('%s is refused', async (_what, content) => {
  await expect(unpackTar(content)).rejects.toMatchObject({ code: 'model_file' });
});
