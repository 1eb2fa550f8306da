/**
 * `npm run test:webgpu`: the WebGPU engine on real web-llm.
 *
 * As it is, on this machine's graphics processor with the smallest model of the catalogue, from its hub. `MODEL_LIB_URL`: a model library, a path
 * or an address; its weights are then made up. `WEBLLM_PACKAGE`: the entry file of the version of web-llm that fits it.
 * `WEBGPU_ADAPTER=swiftshader` where there is no graphics processor. `-- engine` or `-- healing`: that part alone.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { GPU_CATALOG } from '../../src/kernel/gpu-catalog';
import { fitCard } from '../../src/engine/local/webllm/fit';
import type { ChatMessage } from '../../src/kernel/history';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import { arm, kill, makeBreakable } from '../e2e/breakable';
import type * as Steps from './engine-steps';
import type { ModelUnderTest } from './engine-steps';
import type * as Healing from './healing-steps';
import { startSyntheticHub } from './synthetic-hub';
import { makeModel } from './synthetic-model';

type InPage = typeof globalThis & { steps: typeof Steps; healing: typeof Healing };

/** The most that IndexedDB in Chromium takes as one value (measured 2026-11). */
const LARGEST_VALUE_BYTES = 133_169_152;

/** Into a load that takes half a minute on SwiftShader. */
const LOAD_UNDER_WAY_MS = 4_000;
const AFTER_CRASH_MS = 2_000;

/** `engine` or `healing`; both where none is named. */
const part = process.argv[2];

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
  const page = await open();
  console.log('adapter:', await page.evaluate(adapterWords));
  const underTest = hub?.model ?? (await catalogued(page));
  await page.close();
  if (part !== 'healing') await tryEngine(underTest);
  if (part !== 'engine') await tryHealing(underTest);
} finally {
  await browser.close();
  await vite.close();
  hub?.close();
}
console.log(`${passed} passed, 0 failed`);

/** Load, ask, stop, visit again, and a part that is damaged. */
async function tryEngine(underTest: ModelUnderTest): Promise<void> {
  let page = await open();
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
  await page.close();
}

/** The page is killed, the worker terminated, the device lost: once each, while it loads, reads the prompt and writes. */
async function tryHealing(underTest: ModelUnderTest): Promise<void> {
  let page = await open();
  await page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  await page.evaluate(() => (globalThis as InPage).steps.unload());
  await page.close();
  page = await open();
  requests = [];
  const loading = page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  loading.catch(() => undefined);
  await page.waitForTimeout(LOAD_UNDER_WAY_MS);
  await kill(page);
  await page.close();
  // Its process takes the next page with it for a moment.
  await new Promise((resolve) => setTimeout(resolve, AFTER_CRASH_MS));
  page = await open({ isBreakable: true });
  await page.evaluate((given) => (globalThis as InPage).healing.climbOn(given), underTest);
  assert.match((await standing(page)).states.join(), /under-test: ready/);
  assert.deepEqual(requests, []);
  say('a page that was killed while it loads: the next one loads, with no request for weights');

  await arm(page, 'terminate', { atMessage: 1 });
  const rebuilt = await turn(page);
  assert.equal(rebuilt.status, 'done');
  assert.deepEqual(healingsOf(rebuilt), ['rebuilt']);
  assert.equal((await standing(page)).chosenId, 'under-test');
  say(`a worker that is no more during prefill: started anew, the turn ends complete: ${wordsOf(rebuilt)}`);

  const answering = turn(page);
  await page.waitForFunction(() => (globalThis as InPage).healing.hasBegun(), undefined, { timeout: 0 });
  await crashGpu();
  const below = await answering;
  assert.equal(below.status, 'done');
  assert.deepEqual(healingsOf(below), ['stepped_down']);
  assert.equal((await standing(page)).chosenId, 'starter');
  say(`a device lost during decode, the second failure: the rung below ends the turn: ${wordsOf(below)}`);
}

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

async function open({ isBreakable = false } = {}): Promise<Page> {
  const page = await context.newPage();
  if (isBreakable) {
    // What runs this file names functions with it, those that go to the page too.
    await page.addInitScript('globalThis.__name = (named) => named');
    await makeBreakable(page);
  }
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

function turn(page: Page): Promise<ChatMessage> {
  return page.evaluate(() => (globalThis as InPage).healing.turn('Hello'));
}

async function standing(page: Page) {
  const { chosenId, states = [] } = await page.evaluate(() => (globalThis as InPage).healing.standing());
  return { chosenId, states };
}

function healingsOf({ answer }: ChatMessage) {
  return answer?.healed?.map(({ did }) => did);
}

function wordsOf({ text, answer }: ChatMessage): string {
  return `${JSON.stringify(text)} from ${answer?.engineId}, ${seconds(answer?.durationMs ?? 0)}`;
}

async function crashGpu(): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => undefined);
  await session.detach();
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
