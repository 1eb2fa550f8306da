/** Measures how our weights fetch and read back a file, against the bare way in the same run, and what memory a download takes. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import type * as Steps from './weights-steps';

type InPage = typeof globalThis & { steps: typeof Steps };

const ROUNDS = 3;
const SIZE_BYTES = 300_000_000;
/** Above what the page needs anyway. */
const LIMIT_BYTES = 64 * 2 ** 20;
const KINDS = ['renderer', 'browser'] as const;
type ProcessKind = (typeof KINDS)[number];
const medianOf = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const part = Buffer.alloc(1 << 20, 'weights ');
const hub = createHttpServer((request, response) => {
  const [, from = 0, last = SIZE_BYTES - 1] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  let left = Number(last) + 1 - Number(from);
  response.writeHead(request.headers.range ? 206 : 200, {
    'Access-Control-Allow-Origin': '*',
    'Content-Length': left,
    'Cache-Control': 'no-store',
  });
  const send = (): void => {
    while (left > 0) {
      const size = Math.min(left, part.length);
      left -= size;
      if (!response.write(part.subarray(0, size))) return void response.once('drain', send);
    }
    response.end();
  };
  send();
});
await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${(hub.address() as AddressInfo).port}/model.bin`;
const vite = await createServer({
  configFile: 'vite.config.ts',
  logLevel: 'error',
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
});
await vite.listen();
const pageUrl = new URL('/test/bench/weights.html', vite.resolvedUrls?.local[0]).href;
// A profile on disk, as a visitor has: in a private window the bytes would stay in memory.
const profile = mkdtempSync(join(tmpdir(), 'weights-bench-'));
const context = await chromium.launchPersistentContext(profile, {
  executablePath: installChromium(),
  args: CHROMIUM_ARGS,
});

const given = [url, SIZE_BYTES] as const;
const growths: Record<ProcessKind, number>[] = [];
for (const sizeBytes of [200_000_000, SIZE_BYTES]) {
  const page = await open();
  // What a first download needs of code.
  await page.evaluate(([a]) => (globalThis as InPage).steps.fetchOnly(`${a}?small`, 1_000_000), given);
  const before = memory();
  if (!before.renderer || !before.browser) throw new Error('The browser’s processes were not found.');
  const most = { ...before };
  const watch = setInterval(() => {
    const now = memory();
    for (const kind of KINDS) most[kind] = Math.max(most[kind], now[kind]);
  }, 20);
  await page.evaluate(([a, b]) => (globalThis as InPage).steps.fetchOnly(a, b), [
    `${url}?m`,
    sizeBytes,
  ] as const);
  clearInterval(watch);
  growths.push({ renderer: most.renderer - before.renderer, browser: most.browser - before.browser });
}
const mib = (kind: ProcessKind) => growths.map((growth) => (growth[kind] / 2 ** 20).toFixed(0)).join(' and ');
console.log(
  `files of 200 and 300 MB: the page's process took ${mib('renderer')} MiB more while they came (limit 64),`,
);
console.log(`the browser's own, which keeps Blobs, ${mib('browser')} MiB`);
if (growths.some(({ renderer }) => renderer > LIMIT_BYTES)) {
  console.log('That is more than the limit.');
  process.exitCode = 1;
}

const downloads: Steps.Timing[] = [];
const reads: Steps.Timing[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const page = await open();
  downloads.push(await page.evaluate(([a, b]) => (globalThis as InPage).steps.download(a, b), given));
  reads.push(await page.evaluate(([a, b]) => (globalThis as InPage).steps.readBack(a, b), given));
}
await context.close();
await vite.close();
hub.close();
rmSync(profile, { recursive: true, force: true });

const ratio = (timings: readonly Steps.Timing[]) =>
  medianOf(timings.map(({ ours, bare }) => ours / bare)).toFixed(2);
const bareMs = (timings: readonly Steps.Timing[]) => medianOf(timings.map(({ bare }) => bare)).toFixed(0);
console.log(`a file of ${SIZE_BYTES / 1e6} MB, ${ROUNDS} rounds, medians of each round's ratio:`);
console.log(
  `download and keep, each part hashed, against one fetch kept unhashed (${bareMs(downloads)} ms): ${ratio(downloads)} (aim 1.1)`,
);
console.log(
  `read back to the worker, each part held to its digest, against a bare read (${bareMs(reads)} ms): ${ratio(reads)} (aim 1.2)`,
);

/** A page alone in its browser, so that its process is known. */
async function open(): Promise<Page> {
  const page = await context.newPage();
  for (const other of context.pages()) if (other !== page) await other.close();
  await page.goto(pageUrl);
  await page.waitForFunction(() => 'steps' in globalThis);
  return page;
}

/** By the kernel's own count; program code, which is shared, is not in it. */
function memory(): Record<ProcessKind, number> {
  const sizes = { renderer: 0, browser: 0 };
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes(profile)) continue;
      const kind = command.includes('--type=') ? 'renderer' : 'browser';
      if (kind === 'renderer' && !command.includes('--type=renderer')) continue;
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const kB = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)].map(([, count]) => Number(count));
      sizes[kind] = Math.max(sizes[kind], kB.reduce((sum, count) => sum + count, 0) * 1024);
    } catch {
      // It ended meanwhile.
    }
  }
  return sizes;
}
