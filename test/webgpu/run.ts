/**
 * `npm run test:webgpu`: the WebGPU engine on real web-llm.
 *
 * As it is, on this machine's graphics processor with the smallest model of the catalogue, from its hub. `MODEL_LIB_URL`: a model library, a path
 * or an address; its weights are then made up. `WEBLLM_PACKAGE`: the entry file of the version of web-llm that fits it.
 * `WEBGPU_ADAPTER=swiftshader` where there is no graphics processor.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { GPU_CATALOG } from '../../src/kernel/gpu-catalog';
import { fitCard } from '../../src/engine/local/webllm/fit';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import type * as Steps from './engine-steps';
import type { ModelUnderTest } from './engine-steps';
import { startSyntheticHub } from './synthetic-hub';
import { makeModel } from './synthetic-model';

type InPage = typeof globalThis & { steps: typeof Steps };

/** The most that IndexedDB in Chromium takes as one value (measured 2026-11). */
const LARGEST_VALUE_BYTES = 133_169_152;

const adapter = process.env['WEBGPU_ADAPTER'];
const hub = await synthetic(process.env['MODEL_LIB_URL']);
const vite = await createServer({
  configFile: 'vite.config.ts',
  logLevel: 'error',
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
});
await vite.listen();
const pageUrl = new URL('/test/webgpu/steps.html', vite.resolvedUrls?.local[0]);
const browser = await chromium.launch({
  executablePath: installChromium(),
  args: [
    ...CHROMIUM_ARGS,
    '--enable-unsafe-webgpu',
    ...(adapter ? [`--use-webgpu-adapter=${adapter}`] : ['--enable-features=Vulkan']),
  ],
});
const context = await browser.newContext();
/** For anything but our own code. */
let requests: string[] = [];
context.on('request', (request) => {
  if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== pageUrl.origin)
    requests.push(request.url());
});
let passed = 0;

try {
  let page = await open();
  console.log('adapter:', await page.evaluate(adapterWords));
  const underTest = hub?.model ?? (await catalogued(page));

  const cold = await page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  assert.ok(requests.length > 0);
  assert.ok(cold.steps.includes('shaders'), 'the compilation of shaders has a progress of its own');
  say(`cold load: ${seconds(cold.durationMs)}, ${requests.length} requests, steps ${cold.steps.join(', ')}`);

  const two = await ask(page, 'hello', 2);
  assert.equal(two.logprobs.length, 2);
  assert.ok(two.logprobs.every(({ logprob }) => logprob <= 0 && Number.isFinite(logprob)));
  // Up to 0.2.79 web-llm did not count the token that prefill makes.
  assert.ok([1, 2].includes(two.usage?.completionTokens ?? 0));
  assert.equal(two.finish, 'length');
  say(
    `two tokens with logprobs: ${seconds(two.durationMs)}, ${JSON.stringify(two.logprobs.map(({ logprob }) => logprob))}`,
  );

  const stopped = await ask(page, 'count', 40, 1);
  assert.equal(stopped.finish, 'cancelled');
  say(`a stop during decode ends it: ${seconds(stopped.durationMs)}`);

  const after = await ask(page, 'again', 1);
  assert.equal(after.finish, 'length');
  assert.equal(after.logprobs.length, 1);
  say(`a second request after it is answered: ${seconds(after.durationMs)}`);

  await page.evaluate(() => (globalThis as InPage).steps.unload());
  await page.close();
  requests = [];
  page = await open();
  const warm = await page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  assert.deepEqual(requests, []);
  say(`second visit: ${seconds(warm.durationMs)}, no request for weights`);
  const again = await ask(page, 'hello', 1);
  assert.equal(again.logprobs[0]?.logprob, two.logprobs[0]?.logprob);
  say('and the same first token');

  await page.evaluate(() => (globalThis as InPage).steps.unload());
  await page.close();
  page = await open();
  const damaged = await page.evaluate((given) => (globalThis as InPage).steps.damage(given), underTest);
  await page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  assert.ok(requests.length > 0);
  assert.ok(requests.every((url) => url === damaged));
  say(
    `a kept part that was damaged is found by the load, and it alone fetched again: ${requests.length} requests`,
  );

  if (hub && hub.largestShardBytes > LARGEST_VALUE_BYTES)
    say(`a shard of ${mb(hub.largestShardBytes)} went through IndexedDB`);
} finally {
  await browser.close();
  await vite.close();
  hub?.close();
}
console.log(`${passed} passed, 0 failed`);

/** A hub with a made-up model for a library; `undefined` where none is named. */
async function synthetic(libUrl: string | undefined) {
  if (!libUrl) return undefined;
  const library = /^https?:/.test(libUrl)
    ? Buffer.from(await (await fetch(libUrl)).arrayBuffer())
    : readFileSync(libUrl);
  const model = makeModel(library);
  console.log(
    `model: ${mb(model.sizeBytes)} in ${model.files.size - 4} shards, the largest ${mb(model.largestShardBytes)}`,
  );
  return startSyntheticHub(model, library);
}

/** The smallest of the catalogue, in the form that suits this machine. */
async function catalogued(page: Page): Promise<ModelUnderTest> {
  const gpu = await page.evaluate(() => (globalThis as InPage).steps.probe());
  const card = GPU_CATALOG[0] && fitCard(GPU_CATALOG[0], gpu);
  if (!card) {
    throw new Error(
      'There is no graphics processor here: set MODEL_LIB_URL to a model library and WEBGPU_ADAPTER=swiftshader.',
    );
  }
  console.log(`model: ${card.name} from ${card.url}`);
  const { url, lib = '', sizeBytes, contextTokens } = card;
  return { url, libUrl: lib, sizeBytes, contextTokens };
}

async function open(): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`in the page: ${error.message}`));
  await page.goto(pageUrl.href);
  await page.waitForFunction(() => 'steps' in globalThis, undefined, { timeout: 120_000 });
  return page;
}

function ask(page: Page, content: string, maxTokens: number, stopAfter?: number) {
  return page.evaluate(([asked, most, stop]) => (globalThis as InPage).steps.ask(asked, most, stop), [
    content,
    maxTokens,
    stopAfter,
  ] as const);
}

async function adapterWords(): Promise<string> {
  const info = (await navigator.gpu?.requestAdapter())?.info;
  return info ? `${info.vendor} ${info.architecture} ${info.description}` : 'none';
}

function say(fact: string): void {
  passed++;
  console.log(`ok ${passed}: ${fact}`);
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
