/** The gate: says what a model weighs, asks, shows it coming, keeps it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { chatOn, expect } from './chat-test';
import { deploy } from './deployment';
import { gateOf, keptChunks, keptFiles, openGate, test } from './gated-test';

/** Loaded when there is time, and kept after that. */
const LATER_PARTS = /\/(archive-worker|chat-search)-|\.wasm$/;

test('the gate says size and licence, and nothing is fetched before a person agrees', async ({
  gated,
  hub,
}) => {
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  await expect(gate).toContainText('Hub model big');
  await expect(gate).toContainText('20 MB · MIT');
  await expect(gate).toContainText('SmolLM2 360M');
  await expect(gate).toContainText('386 MB · Apache-2.0');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText('20 MB');
  await gate.getByRole('button', { name: 'Not now' }).click();
  expect(hub.requests).toEqual([]);
});

test('a download shows bytes, rate and time left, then the model answers and is kept', async ({
  gated,
  hub,
}) => {
  hub.behave({ bytesPerSecond: 2_000_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gate.getByRole('progressbar', { name: 'Fetching Hub model big' })).toBeVisible();
  await expect(gate.locator('[data-model=big]')).toContainText(
    /MB of\s+20 MB\s+· [\d.]+ \wB\/s\s+·\s+\d+ s left/,
  );
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('Hello')).toContainText('Hub model big');
  // In parts, each asked for once.
  expect(new Set(hub.requests)).toEqual(new Set(['/big.gguf']));
  expect(hub.sentBytes).toBe(20_000_000);
  await gated.page.reload();
  await expect(await gated.askAndWait('short')).toContainText('Hub model big');
  expect(hub.sentBytes).toBe(20_000_000);
  await openGate(gated);
  await expect(gate.locator('[data-model=big]')).toContainText('last used today');
  await gate.getByRole('button', { name: 'Use Test fixture' }).click();
  await expect(gate.locator('[data-model=test-fixture]')).toContainText('Answers now');
  await gate.getByRole('button', { name: 'Remove Hub model big' }).click();
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'absent');
});

for (const [what, behaviour, code] of [
  ['a file that is not there', { status: 404 }, 'shard_http_404'],
  ['a hub that fails', { status: 500 }, 'shard_http'],
  ['a web page in place of the file', { html: true }, 'model_file'],
] as const) {
  test(`${what} is named, with a way out`, async ({ gated, hub }) => {
    hub.behave(behaviour);
    await gated.open();
    await openGate(gated);
    const gate = gateOf(gated);
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    await expect(gate.getByRole('alert')).toHaveAttribute('data-code', code);
    hub.behave({});
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  });
}

test('the catalogue’s own hub may be reached from the page', async ({ gated, context }) => {
  const asked: string[] = [];
  await context.route('https://huggingface.co/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ status: 404, headers: { 'Access-Control-Allow-Origin': '*' } });
  });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get SmolLM2 135M' }).click();
  await gate.getByRole('button', { name: 'Fetch 145 MB' }).click();
  // The page's policy would have refused any other host before a request was made: see the next test.
  await expect(gate.getByRole('alert')).toHaveAttribute('data-code', 'shard_http_404');
  expect(asked).toHaveLength(1);
});

test('where the hub fails its mirror is asked, which the config names; the question says so', async ({
  page,
  hub,
}) => {
  const mirror = `${hub.origin}/`;
  const card = hub.card('big', { url: 'http://127.0.0.1:9/hub/big.gguf' });
  const deployment = await deploy([card], {
    config: { mirrors: [{ of: 'http://127.0.0.1:9/hub/', url: mirror }] },
  });
  const chat = chatOn(page, deployment.url);
  await chat.open();
  await openGate(chat);
  await gateOf(chat).getByRole('button', { name: 'Get Hub model big' }).click();
  await expect(gateOf(chat)).toContainText(`from 127.0.0.1:9, or else ${new URL(mirror).host}`);
  await gateOf(chat).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gateOf(chat).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready', {
    timeout: 40_000,
  });
  await deployment.remove();
});

test('a person’s own model is taken from a file, answers, is there at the next visit, and goes with its file', async ({
  gated,
  hub,
}) => {
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  const fixture = join(import.meta.dirname, '..', 'fixtures', 'models', 'tiny.gguf');
  await gate.getByLabel('A model file of your own').setInputFiles(fixture);
  const own = gate.locator('[data-model=own-tiny]');
  await expect(own).toHaveAttribute('data-state', 'ready');
  await expect(own).toContainText('a file of yours');
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('short')).toContainText('tiny');
  await gated.page.reload();
  await expect(await gated.askAndWait('short')).toContainText('tiny');
  await openGate(gated);
  await gate.getByRole('button', { name: 'Remove tiny' }).click();
  await expect(own).toHaveCount(0);
  await gated.page.reload();
  await openGate(gated);
  await expect(gate.locator('[data-model=big]')).toBeVisible();
  await expect(own).toHaveCount(0);
  expect(hub.requests).toEqual([]);
});

test('a file that is no model is said to be none, and nothing of it stays', async ({ gated }) => {
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByLabel('A model file of your own').setInputFiles({
    name: 'notes.gguf',
    mimeType: 'application/octet-stream',
    buffer: Buffer.from('just some words'),
  });
  await expect(gate.locator('[data-model=own-notes]').getByRole('alert')).toHaveAttribute(
    'data-code',
    'model_file',
  );
  await gated.page.reload();
  await openGate(gated);
  await expect(gate.locator('[data-model=big]')).toBeVisible();
  await expect(gate.locator('[data-model=own-notes]')).toHaveCount(0);
});

test('on a metered line, and where there is little room, the question says so; what broke off waits for a word; the browser is asked to keep it', async ({
  gated,
  hub,
  context,
}) => {
  await gated.page.addInitScript(() => {
    Object.defineProperty(navigator, 'connection', { value: { saveData: true } });
    StorageManager.prototype.estimate = async () => ({ quota: 25e6, usage: 20e6 });
    StorageManager.prototype.persist = async () => {
      Object.assign(globalThis, { isPersistAsked: true });
      return true;
    };
  });
  hub.behave({ bytesPerSecond: 1_000_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  const isAsked = () => gated.page.evaluate(() => 'isPersistAsked' in globalThis);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText('metered');
  await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText(
    'has room for about 5.0 MB',
  );
  expect(await isAsked()).toBe(false);
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(isAsked).toBe(true);
  await expect.poll(() => keptChunks(gated), { timeout: 20_000 }).not.toEqual([]);
  await context.setOffline(true);
  hub.cut();
  await expect(big).toContainText('No network.');
  hub.behave({});
  await context.setOffline(false);
  await expect(big).toContainText('it waits for your word');
  const sentBytes = hub.sentBytes;
  await gated.page.waitForTimeout(500);
  expect(hub.sentBytes).toBe(sentBytes);
  await gate.getByRole('button', { name: 'Resume Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'ready');
});

test('where the browser really keeps nothing a model lives as long as the tab, and the question says so', async ({
  hub,
}) => {
  const deployment = await deploy([hub.card('big')]);
  const profile = mkdtempSync(join(tmpdir(), 'smallfirst-blocked-'));
  mkdirSync(join(profile, 'Default'));
  // “Block all cookies”, which takes IndexedDB with it.
  writeFileSync(
    join(profile, 'Default', 'Preferences'),
    JSON.stringify({ profile: { default_content_setting_values: { cookies: 2 } } }),
  );
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    args: CHROMIUM_ARGS,
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const chat = chatOn(await context.newPage(), deployment.url);
    await chat.open();
    await expect(chat.page.locator('[role=alert][data-code=storage_blocked]')).toBeVisible();
    await openGate(chat);
    const gate = gateOf(chat);
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText(
      'until this tab is closed',
    );
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
    await gate.getByRole('button', { name: 'Close' }).click();
    await expect(await chat.askAndWait('short')).toContainText('Hub model big');
    await chat.page.reload();
    await openGate(chat);
    await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'absent');
  } finally {
    await context.close();
    await deployment.remove();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

test('a host that no config names cannot be reached from the page', async ({ gated, hub }) => {
  await gated.open();
  const elsewhere = hub.origin.replace('127.0.0.1', 'localhost');
  const outcome = await gated.page.evaluate(
    (url) =>
      fetch(url).then(
        () => 'reached',
        () => 'refused',
      ),
    `${elsewhere}/big.gguf`,
  );
  expect(outcome).toBe('refused');
  expect(hub.requests).toEqual([]);
});

test('from the second load on the page chats with the chosen model without a network, though nothing was asked before', async ({
  gated,
  hub,
  context,
}) => {
  await gated.open();
  await openGate(gated);
  await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gateOf(gated).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  await gated.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await gated.page.reload();
  await gated.page.getByRole('button', { name: 'Model: Hub model big ready' }).waitFor();
  await expect
    .poll(async () => (await keptFiles(gated.page)).filter((url) => LATER_PARTS.test(url)).length)
    .toBeGreaterThanOrEqual(3);
  const { length } = hub.requests;
  await context.setOffline(true);
  await gated.page.reload();
  const answer = await gated.askAndWait('short');
  await expect(answer).toContainText('Yes.');
  await expect(answer).toContainText('Hub model big');
  expect(hub.requests).toHaveLength(length);
  // What was never opened so far opens all the same.
  await gated.page.keyboard.press('Control+k');
  await gated.page.getByRole('combobox', { name: 'Search chats' }).fill('short');
  await expect(gated.page.getByRole('option')).toHaveCount(1);
});
