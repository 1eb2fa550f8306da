/** Measures how our weights fetch and read back a file, against the bare way in the same run, and what memory a download takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import type * as Steps from './weights-steps';

type InPage = typeof globalThis & { steps: typeof Steps };

const ROUNDS = 5;
const SIZE_BYTES = 300_000_000;
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
const browser = await chromium.launch({ executablePath: installChromium(), args: CHROMIUM_ARGS });
const page = await browser.newPage();
await page.goto(new URL('/test/bench/weights.html', vite.resolvedUrls?.local[0]).href);
await page.waitForFunction(() => 'steps' in globalThis);

const given = [url, SIZE_BYTES] as const;
const downloads: Steps.Timing[] = [];
const reads: Awaited<ReturnType<typeof Steps.readBack>>[] = [];
for (let round = 0; round < ROUNDS; round++) {
  downloads.push(await page.evaluate(([a, b]) => (globalThis as InPage).steps.download(a, b), given));
  reads.push(await page.evaluate(([a, b]) => (globalThis as InPage).steps.readBack(a, b), given));
}
await page.reload();
await page.waitForFunction(() => 'steps' in globalThis);
await page.evaluate(([a]) => (globalThis as InPage).steps.fetchOnly(`${a}?small`, 20_000_000), given);
const before = rendererBytes();
let most = before;
const watch = setInterval(() => (most = Math.max(most, rendererBytes())), 20);
await page.evaluate(([a, b]) => (globalThis as InPage).steps.fetchOnly(a, b), given);
clearInterval(watch);
await browser.close();
await vite.close();
hub.close();

const ratio = (pairs: readonly (readonly [number, number])[]) =>
  medianOf(pairs.map(([ours, bare]) => ours / bare)).toFixed(2);
console.log(
  `A file of ${SIZE_BYTES / 1e6} MB in this Chromium, ${ROUNDS} rounds, median of each round's ratio:`,
);
console.log(
  `download and keep, against one fetch kept in the same chunks: ${ratio(downloads.map((t) => [t.ours, t.bare]))}`,
);
console.log(
  `read back at a visit's first load, digests checked, against a bare read: ${ratio(reads.map((t) => [t.first, t.bare]))}`,
);
console.log(`read back again: ${ratio(reads.map((t) => [t.ours, t.bare]))}`);
console.log(`a bare read takes ${medianOf(reads.map(({ bare }) => bare)).toFixed(0)} ms`);
console.log(
  `the page's process took ${((most - before) / 2 ** 20).toFixed(0)} MiB more while it downloaded (limit 64)`,
);

/** Memory of the largest renderer process, by the kernel's own count; program code, which it shares, is not in it. */
function rendererBytes(): number {
  const sizes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        const isRenderer = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer');
        const status = isRenderer ? readFileSync(`/proc/${pid}/status`, 'utf8') : '';
        const kB = [...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+)/gm)].map(([, count]) => Number(count));
        return kB.reduce((sum, count) => sum + count, 0) * 1024;
      } catch {
        return 0;
      }
    });
  return Math.max(0, ...sizes);
}
