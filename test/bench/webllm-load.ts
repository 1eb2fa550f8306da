/**
 * Measures how long a model takes to load, cold and warm, by our engine and by web-llm with its own cache, in the same run.
 *
 * Set `MODEL_LIB_URL` (a path), `WEBLLM_PACKAGE` and `WEBGPU_ADAPTER` as for `npm run test:webgpu`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import { startSyntheticHub } from '../webgpu/synthetic-hub';
import { makeModel } from '../webgpu/synthetic-model';
import type * as Steps from './webllm-load-steps';

type InPage = typeof globalThis & { steps: typeof Steps };

const libPath = process.env['MODEL_LIB_URL'];
if (!libPath) {
  console.log('Set MODEL_LIB_URL to the path of a model library.');
  process.exit(2);
}
const library = readFileSync(libPath);
const synthetic = makeModel(library);
const hub = await startSyntheticHub(synthetic, library);
const vite = await createServer({
  configFile: 'vite.config.ts',
  logLevel: 'error',
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
});
await vite.listen();
const pageUrl = new URL('/test/bench/webllm-load.html', vite.resolvedUrls?.local[0]).href;
const profile = mkdtempSync(join(tmpdir(), 'webllm-load-'));
const adapter = process.env['WEBGPU_ADAPTER'];
const context = await chromium.launchPersistentContext(profile, {
  executablePath: installChromium(),
  args: [
    ...CHROMIUM_ARGS,
    '--enable-unsafe-webgpu',
    ...(adapter ? [`--use-webgpu-adapter=${adapter}`] : ['--enable-features=Vulkan']),
  ],
});

try {
  console.log(`A model of ${(synthetic.sizeBytes / 1e6).toFixed(0)} MB, until it is ready:`);
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  for (const visit of ['cold', 'warm']) {
    // A page of its own each time, so that what the first left in memory helps nobody.
    const own = await onPage((page) =>
      page.evaluate((model) => (globalThis as InPage).steps.loadOwn(model), hub.model),
    );
    const ours = await onPage(async (page) => {
      const { durationMs } = await page.evaluate(
        (model) => (globalThis as InPage).steps.load(model),
        hub.model,
      );
      await page.evaluate(() => (globalThis as InPage).steps.unload());
      return durationMs;
    });
    const ratio = (ours / own).toFixed(2);
    console.log(`${visit}: ours ${seconds(ours)}, web-llm with its own cache ${seconds(own)}: ${ratio}`);
  }
} finally {
  await context.close();
  await vite.close();
  hub.close();
  rmSync(profile, { recursive: true, force: true });
}

async function onPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage();
  await page.goto(pageUrl);
  await page.waitForFunction(() => 'steps' in globalThis, undefined, { timeout: 120_000 });
  try {
    return await work(page);
  } finally {
    await page.close();
  }
}
