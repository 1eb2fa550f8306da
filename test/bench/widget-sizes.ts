/** Measures what our widget weighs beside others of its kind, all from npm in one run: `npx tsx test/bench/widget-sizes.ts`. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openedOf, readFolder, withImportsOf } from '../build/built-files';

/** The file that each one's own instructions put on a page. */
const PEERS = [
  ['deep-chat@2.4.2', 'dist/deepChat.bundle.js'],
  ['flowise-embed@3.1.6', 'dist/web.js'],
  ['@n8n/chat@1.37.0', 'dist/chat.bundle.es.js'],
] as const;

const sizeOf = (bytes: Buffer) => execFileSync('gzip', ['-9c'], { input: bytes }).length;

const files = readFolder('dist');
const sumOf = (paths: readonly string[]) =>
  paths.reduce((sum, path) => sum + sizeOf(files.get(path) ?? Buffer.alloc(0)), 0);
const rows: [name: string, before: number, opened: number][] = [
  ['ours', sumOf(withImportsOf(files, ['widget.js'])), sumOf(openedOf(files))],
];
const folder = mkdtempSync(join(tmpdir(), 'smallfirst-sizes-'));
try {
  for (const [name, path] of PEERS) {
    const own = mkdtempSync(join(folder, 'peer-'));
    execFileSync('npm', ['pack', name, '--silent', '--pack-destination', own], { stdio: 'ignore' });
    const [packed = ''] = readdirSync(own);
    execFileSync('tar', ['xzf', packed], { cwd: own });
    const bytes = sizeOf(readFileSync(join(own, 'package', path)));
    rows.push([name, bytes, bytes]);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const kilobytes = (bytes: number) => (bytes / 1_000).toFixed(1);
console.log('| | before it is opened, kB gzipped | opened |\n|---|---|---|');
for (const [name, before, opened] of rows) {
  console.log(`| ${name} | ${kilobytes(before)} | ${kilobytes(opened)} |`);
}
