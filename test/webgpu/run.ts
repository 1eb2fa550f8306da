/**
 * `npm run test:webgpu`: the engine contract on real web-llm, on this machine's WebGPU or on SwiftShader.
 * `MODEL_LIB_URL`: a model library, a path or an address; its weights are then made up. `WEBLLM_PACKAGE`: the folder of the version of
 * web-llm that fits it. `WEBGPU_ADAPTER=swiftshader` where there is no graphics processor.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import type * as Steps from './engine-steps';
import type { ModelUnderTest } from './engine-steps';
import { makeModel } from './synthetic-model';

type InPage = typeof globalThis & { steps: typeof Steps };

const libUrl = process.env['MODEL_LIB_URL'];
if (!libUrl) {
  console.log(
    'Set MODEL_LIB_URL to a model library (.wasm) that fits the installed web-llm, or WEBLLM_PACKAGE too.',
  );
  process.exit(2);
}
const adapter = process.env['WEBGPU_ADAPTER'];
const library = /^https?:/.test(libUrl)
  ? Buffer.from(await (await fetch(libUrl)).arrayBuffer())
  : readFileSync(libUrl);
const model = makeModel(library);
console.log(
  `model: ${mb(model.sizeBytes)} in ${model.files.size - 4} shards, the largest ${mb(model.largestShardBytes)}`,
);

let requests: string[] = [];
const hub = createHttpServer((request, response) => {
  const name = (request.url ?? '').split('/').at(-1) ?? '';
  requests.push(name);
  const file = name === 'lib.wasm' ? library : model.files.get(name);
  const headers = { 'Access-Control-Allow-Origin': '*' };
  if (!file) {
    response.writeHead(404, headers).end();
    return;
  }
  const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const body = from === undefined ? file : file.subarray(Number(from), Number(last) + 1);
  response.writeHead(from === undefined ? 200 : 206, { ...headers, 'Content-Length': body.length }).end(body);
});
const hubUrl = await listen(hub);
const underTest: ModelUnderTest = {
  url: `${hubUrl}/resolve/main/`,
  libUrl: `${hubUrl}/lib.wasm`,
  sizeBytes: model.sizeBytes,
  contextTokens: model.contextTokens,
};

const vite = await createServer({
  configFile: 'vite.config.ts',
  logLevel: 'error',
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
});
await vite.listen();
const pageUrl = new URL('/test/webgpu/steps.html', vite.resolvedUrls?.local[0]).href;
const browser = await chromium.launch({
  executablePath: installChromium(),
  args: [
    ...CHROMIUM_ARGS,
    '--enable-unsafe-webgpu',
    ...(adapter ? [`--use-webgpu-adapter=${adapter}`] : ['--enable-features=Vulkan']),
  ],
});
const context = await browser.newContext();
let passed = 0;

try {
  let page = await open();
  console.log('adapter:', await page.evaluate(adapterWords));

  const cold = await page.evaluate((given) => (globalThis as InPage).steps.load(given), underTest);
  say(`cold load: ${seconds(cold.durationMs)}, ${requests.length} requests, steps ${cold.steps.join(', ')}`);
  assert.ok(requests.length >= model.files.size - 1);

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
  if (model.largestShardBytes > 133_169_152)
    say(`a shard of ${mb(model.largestShardBytes)} went through IndexedDB`);
} finally {
  await browser.close();
  await vite.close();
  hub.closeAllConnections();
  hub.close();
}
console.log(`${passed} passed, 0 failed`);

async function open(): Promise<Page> {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`in the page: ${error.message}`));
  await page.goto(pageUrl);
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

function listen(server: Server): Promise<string> {
  return new Promise((resolve) => {
    // Not `localhost`: web-llm fetches a library from there past any cache.
    server.listen(0, '127.0.0.1', () =>
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    );
  });
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
