/**
 * A real GPUDevice that is lost, by `destroy()` and by a crash of the browser's own graphics process: the turn ends complete, the
 * second loss takes the graphics processor off. `LONG=1`: 30 minutes with a loss each minute in place of one minute with one each 12 s.
 */
import { chromium, type Browser, type Page } from 'playwright';
import { expect, test as base } from 'playwright/test';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import type * as Steps from './gpu-page/gpu-steps';

type InPage = typeof globalThis & { steps: typeof Steps };

const IS_LONG = Boolean(process.env['LONG']);
const [TOTAL_MS, LOSS_EVERY_MS] = IS_LONG ? [30 * 60_000, 60_000] : [60_000, 12_000];
const MB = 1024 * 1024;

const test = base.extend<{ gpu: { browser: Browser; page: Page } }, { pageUrl: string }>({
  pageUrl: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const vite = await createServer({
        configFile: 'vite.config.ts',
        logLevel: 'error',
        server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
      });
      await vite.listen();
      await use(new URL('/test/e2e/gpu-page/gpu-page.html', vite.resolvedUrls?.local[0]).href);
      await vite.close();
    },
    { scope: 'worker' },
  ],
  gpu: async ({ pageUrl }, use) => {
    const executablePath = findChromium();
    const browser = await chromium.launch({
      args: [...CHROMIUM_ARGS, '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
      ...(executablePath ? { executablePath } : {}),
    });
    const page = await browser.newPage();
    await page.goto(pageUrl);
    await page.waitForFunction(() => 'steps' in globalThis);
    await use({ browser, page });
    await browser.close();
  },
});

const choose = (page: Page, id: string) => page.evaluate((id) => (globalThis as InPage).steps.choose(id), id);
const ask = (page: Page) => page.evaluate(() => (globalThis as InPage).steps.ask());
const state = (page: Page) => page.evaluate(() => (globalThis as InPage).steps.state());
const destroy = (page: Page) => page.evaluate(() => (globalThis as InPage).steps.destroyDevice());
const untilShown = (page: Page) =>
  page.waitForFunction(
    () =>
      /three/.test((globalThis as InPage).steps.shown()) &&
      !/kappa/.test((globalThis as InPage).steps.shown()),
  );

async function crashGpu(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess').catch(() => undefined);
  await session.detach();
}

for (const how of ['destroy', 'crash'] as const) {
  test(`a device lost by ${how} mid-answer: rebuilt once, the second time the processor goes on`, async ({
    gpu,
  }) => {
    const { browser, page } = gpu;
    const lose = () => (how === 'destroy' ? destroy(page) : crashGpu(browser));
    await choose(page, 'large');
    expect(await state(page)).toMatchObject({ chosenId: 'large', workers: 1 });
    for (const [did, now] of [
      ['rebuilt', 'large'],
      ['stepped_down', 'cpu'],
    ] as const) {
      const answering = ask(page);
      await untilShown(page);
      await lose();
      expect(await answering).toMatchObject({
        status: 'done',
        text: await page.evaluate(() => (globalThis as InPage).steps.ANSWER),
        answer: { modelName: now, healed: [{ cause: 'device_lost', did, modelName: 'large', nowName: now }] },
      });
      expect(await state(page)).toMatchObject({ chosenId: now, workers: 1 });
    }
    expect(await page.evaluate(async () => (await navigator.locks.query()).held)).toEqual([]);
    expect(await ask(page)).toMatchObject({ status: 'done', answer: { modelName: 'cpu' } });
  });
}

test(`${TOTAL_MS / 1_000} s of turns with a loss each ${LOSS_EVERY_MS / 1_000} s: all complete, heap and workers flat`, async ({
  gpu,
}) => {
  test.setTimeout(TOTAL_MS + 120_000);
  const { page } = gpu;
  const session = await page.context().newCDPSession(page);
  const heapBytes = async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    return usedSize;
  };
  await choose(page, 'large');
  for (let turn = 0; turn < 5; turn++) await ask(page);
  const before = await heapBytes();
  const end = Date.now() + TOTAL_MS;
  let nextLoss = Date.now() + LOSS_EVERY_MS;
  let losses = 0;
  let turns = 0;
  while (Date.now() < end) {
    const answering = ask(page);
    turns++;
    if (Date.now() >= nextLoss) {
      nextLoss += LOSS_EVERY_MS;
      await untilShown(page);
      await destroy(page);
      losses++;
    }
    expect(await answering).toMatchObject({ status: 'done' });
    const { chosenId, workers } = await state(page);
    expect(workers).toBe(1);
    expect(page.workers()).toHaveLength(1);
    // The person tries it again, as the notice offers.
    if (chosenId === 'cpu') await choose(page, 'large');
  }
  const after = await heapBytes();
  console.log(
    `${turns} turns, ${losses} losses, heap ${(before / MB).toFixed(1)} → ${(after / MB).toFixed(1)} MB`,
  );
  expect(losses).toBeGreaterThanOrEqual(Math.floor(TOTAL_MS / LOSS_EVERY_MS) - 2);
  expect(after).toBeLessThan(before * 1.2 + 2 * MB);
});
