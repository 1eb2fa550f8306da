/** The gate: says what a model weighs, asks, shows it coming, keeps it. */
import { startModelHub, type ModelHub } from '../fakes/model-hub';
import { chatOn, expect, test as base, type Chat } from './chat-test';
import { deploy } from './deployment';

const test = base.extend<{ hub: ModelHub; gated: Chat }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  hub: async ({}, use) => {
    const hub = await startModelHub();
    await use(hub);
    await hub.close();
  },
  gated: async ({ page, hub }, use) => {
    const deployment = await deploy([hub.card('big')]);
    await use(chatOn(page, deployment.url));
    await deployment.remove();
  },
});

const openGate = (chat: Chat) => chat.page.getByRole('button', { name: /^Model:/ }).click();
const gateOf = (chat: Chat) => chat.page.getByRole('dialog', { name: 'Model' });

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
  // Three parts of at most 8 MiB, each asked for once.
  expect(hub.requests).toEqual(['/big.gguf', '/big.gguf', '/big.gguf']);
  await gated.page.reload();
  await expect(await gated.askAndWait('short')).toContainText('Hub model big');
  expect(hub.requests).toHaveLength(3);
  await openGate(gated);
  await expect(gate.locator('[data-model=big]')).toContainText('last used today');
  await gate.getByRole('button', { name: 'Use Test fixture' }).click();
  await expect(gate.locator('[data-model=test-fixture]')).toContainText('Answers now');
  await gate.getByRole('button', { name: 'Remove Hub model big' }).click();
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'absent');
});

test('while a model comes the one before answers; paused, it is taken up where it was, or deleted', async ({
  gated,
  hub,
}) => {
  hub.behave({ bytesPerSecond: 1_000_000 });
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  // While it comes, the model that is here answers.
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('short')).toContainText('Test fixture');
  await openGate(gated);
  // Till the first part is kept.
  await expect.poll(() => keptChunks(gated), { timeout: 20_000 }).not.toEqual([]);
  await gate.getByRole('button', { name: 'Pause Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'paused');
  await expect(big).toContainText(/Paused\.\s+[\d.]+ MB of 20 MB are here/);
  const sentBytes = hub.sentBytes;
  await gated.page.waitForTimeout(300);
  expect(hub.sentBytes).toBe(sentBytes);
  // It is still so at the next visit.
  await gated.page.reload();
  await openGate(gated);
  await expect(big).toHaveAttribute('data-state', 'paused');
  hub.behave({});
  await gate.getByRole('button', { name: 'Resume Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'ready');
  // Of three connections at most one chunk each was under way.
  expect(hub.sentBytes - sentBytes).toBeLessThan(20_000_000);
  await gate.getByRole('button', { name: 'Remove Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'absent');
  expect(await keptChunks(gated)).toEqual([]);
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('short')).toContainText('Test fixture');
});

test('a download whose network goes says so, and goes on by itself when it is back', async ({
  gated,
  hub,
  context,
}) => {
  hub.behave({ bytesPerSecond: 1_000_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(() => keptChunks(gated), { timeout: 20_000 }).not.toEqual([]);
  await context.setOffline(true);
  hub.cut();
  await expect(big).toContainText('No network. It goes on by itself when there is one.');
  hub.behave({});
  await context.setOffline(false);
  await expect(big).toHaveAttribute('data-state', 'ready');
});

test('a tab that is closed while it fetches leaves its parts to the next', async ({
  gated,
  hub,
  context,
}) => {
  hub.behave({ bytesPerSecond: 1_000_000 });
  await gated.open();
  await openGate(gated);
  await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(() => keptChunks(gated), { timeout: 20_000 }).not.toEqual([]);
  const next = chatOn(await context.newPage(), gated.page.url());
  await gated.page.close();
  const sentBytes = hub.sentBytes;
  hub.behave({});
  await next.open();
  await openGate(next);
  const big = gateOf(next).locator('[data-model=big]');
  await expect(big).toHaveAttribute('data-state', 'paused');
  await gateOf(next).getByRole('button', { name: 'Resume Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'ready');
  expect(hub.sentBytes - sentBytes).toBeLessThan(20_000_000);
});

test('two tabs that want the same model fetch it once', async ({ gated, hub, context }) => {
  hub.behave({ bytesPerSecond: 2_000_000 });
  await gated.open();
  const other = chatOn(await context.newPage(), gated.page.url());
  await other.open();
  for (const chat of [gated, other]) {
    await openGate(chat);
    await gateOf(chat).getByRole('button', { name: 'Get Hub model big' }).click();
    await gateOf(chat).getByRole('button', { name: 'Fetch 20 MB' }).click();
  }
  await expect(gateOf(other).getByRole('progressbar', { name: 'Fetching Hub model big' })).toBeVisible();
  for (const chat of [gated, other])
    await expect(gateOf(chat).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready', {
      timeout: 30_000,
    });
  expect(hub.requests).toHaveLength(3);
});

test('a model’s file is saved, and taken from a file in place of the network', async ({ gated, hub }) => {
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(big).toHaveAttribute('data-state', 'ready');
  const saving = gated.page.waitForEvent('download');
  await gate.getByRole('button', { name: 'Save Hub model big as a file' }).click();
  const path = await (await saving).path();
  await gate.getByRole('button', { name: 'Remove Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'absent');
  const { length } = hub.requests;
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByLabel('File of Hub model big').setInputFiles(path);
  await expect(big).toHaveAttribute('data-state', 'ready');
  expect(hub.requests).toHaveLength(length);
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

/** Keys of the parts of that model that are in IndexedDB. */
function keptChunks({ page }: Chat): Promise<IDBValidKey[]> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('smallfirst-weights');
      request.onsuccess = () => resolve(request.result);
    });
    const keys = await new Promise<IDBValidKey[]>((resolve) => {
      const request = database.transaction('weights').objectStore('weights').getAllKeys();
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return keys.filter((key) => typeof key === 'string' && /^chunk:.*big/.test(key));
  });
}
