/** What a page offers on which graphics processor, and how far a model for one gets where there is none. */
import type { Page } from 'playwright';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { startModelHub, type ModelHub } from '../fakes/model-hub';
import { openVitePage } from '../vite-page';
import { chatOn, expect, test as base, type Chat } from './chat-test';
import { deploy } from './deployment';

const test = base.extend<{ hub: ModelHub; chat: Chat }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  hub: async ({}, use) => {
    const hub = await startModelHub();
    await use(hub);
    await hub.close();
  },
  chat: async ({ page, hub }, use) => {
    const deployment = await deploy([hub.mlcCard('mlc')]);
    await use(chatOn(page, deployment.url));
    await deployment.remove();
  },
});

/** An adapter that says what it is and can do nothing. */
function pretend(page: Page, features: readonly string[], bufferBytes: number): Promise<unknown> {
  return page.addInitScript(
    ([names, bytes]) => {
      const adapter = {
        info: { vendor: 'test', architecture: 'test', device: '', description: '', isFallbackAdapter: false },
        features: new Set(names),
        limits: { maxStorageBufferBindingSize: bytes, maxBufferSize: 2 * bytes },
      };
      Object.defineProperty(navigator, 'gpu', { value: { requestAdapter: async () => adapter } });
    },
    [features, bufferBytes] as const,
  );
}

async function openGate(chat: Chat) {
  await chat.page.getByRole('button', { name: /^Model:/ }).click();
  return chat.page.getByRole('dialog', { name: 'Model' });
}

test('without a graphics processor the page says so, offers no model for one, and answers', async ({
  chat,
}) => {
  await chat.page.addInitScript(() => Object.defineProperty(navigator, 'gpu', { value: undefined }));
  await chat.open();
  await chat.askAndWait('Hello');
  const gate = await openGate(chat);
  await expect(gate.locator('[data-gpu=none]')).toContainText('offers no graphics processor');
  await expect(gate).toContainText('SmolLM2 360M');
  await expect(gate.locator('[data-model$=gpu], [data-model=mlc]')).toHaveCount(0);
});

test('an imitation of a graphics processor is known for one', async ({ hub }) => {
  const deployment = await deploy([hub.mlcCard('mlc')]);
  const browser = await chromium.launch({
    args: [...CHROMIUM_ARGS, '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
    ...(findChromium() ? { executablePath: findChromium()! } : {}),
  });
  try {
    const chat = chatOn(await browser.newPage(), deployment.url);
    await chat.open();
    const gate = await openGate(chat);
    await expect(gate.locator('[data-gpu=software]')).toContainText('only imitates');
    await expect(gate.locator('[data-model$=gpu], [data-model=mlc]')).toHaveCount(0);
  } finally {
    await browser.close();
    await deployment.remove();
  }
});

test('without 16-bit arithmetic the form that does without is offered; what does not fit is refused with the limit’s name', async ({
  chat,
  hub,
}) => {
  await pretend(chat.page, [], 2 ** 27);
  await chat.open();
  const gate = await openGate(chat);
  await expect(gate.locator('[data-gpu=gpu]')).toContainText('no 16-bit arithmetic');
  await expect(gate.locator('[data-model="llama-3.2-1b-gpu"]')).toContainText('1.1 GB of memory');
  const large = gate.locator('[data-model="llama-3.2-3b-gpu"]');
  await expect(large.getByRole('alert')).toHaveAttribute('data-code', 'gpu_limit');
  await expect(large).toContainText('maxStorageBufferBindingSize 134 MB, needed 197 MB');
  await expect(large.getByRole('button')).toHaveCount(0);
  expect(hub.requests).toEqual([]);
});

test('with it the form that wants less memory is offered', async ({ chat }) => {
  await pretend(chat.page, ['shader-f16'], 2 ** 30);
  await chat.open();
  const gate = await openGate(chat);
  await expect(gate.locator('[data-model="llama-3.2-1b-gpu"]')).toContainText('879 MB of memory');
  await expect(gate.locator('[data-model="llama-3.2-3b-gpu"]').getByRole('alert')).toHaveCount(0);
});

test('a folder is fetched once; its library that fits no web-llm is named, the next visit asks for nothing, and the one before answers', async ({
  chat,
  hub,
}) => {
  await pretend(chat.page, ['shader-f16'], 2 ** 30);
  await chat.open();
  await chat.askAndWait('Hello');
  const gate = await openGate(chat);
  const model = gate.locator('[data-model=mlc]');
  await gate.getByRole('button', { name: 'Get Hub model mlc' }).click();
  await gate.getByRole('button', { name: 'Fetch 500 kB' }).click();
  await expect(model.getByRole('alert')).toHaveAttribute('data-code', 'model_lib');
  expect([...new Set(hub.requests)].toSorted()).toEqual(
    [
      '/libs/tiny.wasm',
      // Whether the hub knows their digests: this one’s list of shards names none.
      '/tiny-MLC/raw/main/params_shard_0.bin',
      '/tiny-MLC/raw/main/params_shard_1.bin',
      '/tiny-MLC/resolve/main/mlc-chat-config.json',
      '/tiny-MLC/resolve/main/params_shard_0.bin',
      '/tiny-MLC/resolve/main/params_shard_1.bin',
      '/tiny-MLC/resolve/main/tensor-cache.json',
      '/tiny-MLC/resolve/main/tokenizer.json',
    ].toSorted(),
  );
  const { length } = hub.requests;
  await chat.page.reload();
  await openGate(chat);
  await expect(model.getByRole('alert')).toHaveAttribute('data-code', 'model_lib');
  expect(hub.requests).toHaveLength(length);
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await chat.askAndWait('short')).toContainText('Test fixture');
});

test('a graphics processor is measured with a product that comes out right', async () => {
  // An imitation takes half a minute over it.
  test.setTimeout(300_000);
  const opened = await openVitePage({
    path: 'test/starter/engine-page.html',
    browserArgs: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'],
  });
  const measured = await opened.page.evaluate(async () => {
    const path = '/src/engine/local/passport/measure-gpu.ts';
    const { measureGpu } = (await import(
      path
    )) as typeof import('../../src/engine/local/passport/measure-gpu');
    return measureGpu({ gpu: navigator.gpu, now: () => performance.now() });
  });
  await opened.close();
  expect(measured?.name).not.toBe('');
  expect(measured?.firstOutput).toBe(4_096);
  for (const rate of [measured?.copyBytesPerSecond, measured?.matrixBytesPerSecond]) {
    expect(rate).toBeGreaterThan(1e6);
    expect(rate).toBeLessThan(1e13);
  }
});
