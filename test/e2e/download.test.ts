/** A model on its way: paused, broken off, shared by two tabs, taken from a file, without room. */
import { join } from 'node:path';
import { chatOn, expect, kept, type Chat } from './chat-test';
import { gateOf, keptChunks, openGate, test } from './gated-test';
import { deploy } from './deployment';

test('while a model comes the one before answers; paused, it is taken up where it was, or deleted', async ({
  gated,
  hub,
}) => {
  hub.behave({ bytesPerSecond: 500_000 });
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
  await expect.poll(() => keptChunks(gated), { timeout: 60_000 }).not.toEqual([]);
  await gate.getByRole('button', { name: 'Pause Hub model big' }).click();
  await expect(big).toHaveAttribute('data-state', 'paused');
  await expect(big).toContainText(/Paused\.\s+[\d.]+ MB of\s+20 MB are here/);
  // What was under way may still come.
  await gated.page.waitForTimeout(300);
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
  hub.behave({ bytesPerSecond: 500_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(() => keptChunks(gated), { timeout: 60_000 }).not.toEqual([]);
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
  hub.behave({ bytesPerSecond: 500_000 });
  await gated.open();
  await openGate(gated);
  await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(() => keptChunks(gated), { timeout: 60_000 }).not.toEqual([]);
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

test('what one tab fetches the other shows, and it is fetched once', async ({ gated, hub, context }) => {
  hub.behave({ bytesPerSecond: 2_000_000 });
  await gated.open();
  const other = chatOn(await context.newPage(), gated.page.url());
  await other.open();
  for (const chat of [gated, other]) await openGate(chat);
  await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gateOf(other).getByRole('progressbar', { name: 'Fetching Hub model big' })).toBeVisible();
  for (const chat of [gated, other])
    await expect(gateOf(chat).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready', {
      timeout: 30_000,
    });
  expect(hub.sentBytes).toBe(20_000_000);
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

/** What the service worker keeps of the page's files takes room while it comes, also where it is more than there is. */
async function untilNothingIsWritten({ page }: Chat): Promise<void> {
  // The last part that is loaded when there is time; then they are all kept, once there is a service worker.
  await page.evaluate(async () => {
    await customElements.whenDefined('smallfirst-privacy-dialog');
    await navigator.serviceWorker.ready;
  });
  const usage = () => page.evaluate(async () => (await navigator.storage.estimate()).usage);
  await expect
    .poll(
      async () => {
        const before = await usage();
        await page.waitForTimeout(1_500);
        return (await usage()) === before;
      },
      { timeout: 60_000 },
    )
    .toBe(true);
}

for (const [when, quotaSize] of [
  ['at the first write', 6_000_000],
  // Room for the page's own files (10 MB) and the first part of the model, and for chats where that was taken away again.
  ['on its way', 20_000_000],
] as const) {
  test(`a model for which there is no room ${when} says what it needs and what could go; nothing of it stays, and the chats do`, async ({
    page,
    hub,
    context,
  }) => {
    const deployment = await deploy([hub.card('big')]);
    const gated = chatOn(page, deployment.url);
    const session = await context.newCDPSession(page);
    // Only before the first write does Chromium heed it.
    const { origin } = new URL(deployment.url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
    await gated.open();
    await gated.askAndWait('Hello');
    await untilNothingIsWritten(gated);
    await openGate(gated);
    const gate = gateOf(gated);
    const fixture = join(import.meta.dirname, '..', 'fixtures', 'models', 'tiny.gguf');
    await gate.getByLabel('A model file of your own').setInputFiles(fixture);
    await expect(gate.locator('[data-model=own-tiny]')).toHaveAttribute('data-state', 'ready');
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    const alert = gate.locator('[data-model=big]').getByRole('alert');
    await expect(alert).toHaveAttribute('data-code', 'quota');
    await expect(alert).toContainText('20 MB');
    expect(await keptChunks(gated)).toEqual([]);
    await alert.getByRole('button', { name: 'Remove tiny to make room' }).click();
    await expect(gate.locator('[data-model=own-tiny]')).toHaveCount(0);
    await gate.getByRole('button', { name: 'Close' }).click();
    await expect(await gated.askAndWait('short')).toContainText('Test fixture');
    await gated.page.reload();
    await expect(gated.page.getByRole('article')).toHaveCount(4);
    await openGate(gated);
    await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'absent');
    await deployment.remove();
  });
}

test('a model that the browser took away is asked about again, and the chats stay', async ({
  gated,
  hub,
}) => {
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  const big = gate.locator('[data-model=big]');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(big).toHaveAttribute('data-state', 'ready');
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('short')).toContainText('Hub model big');
  await expect.poll(() => kept(gated.page, 'settings', 'fetched-model')).toBeDefined();
  await gated.page.goto('about:blank');
  const { length } = hub.requests;
  await gated.open();
  // Whoever looks for the model earlier than it is taken away finds it, and the notice is for the next visit.
  await gated.page.locator('button.model[data-state=ready]').waitFor();
  await gated.page.evaluate(
    () => new Promise((resolve) => (indexedDB.deleteDatabase('smallfirst-weights').onsuccess = resolve)),
  );
  await gated.page.reload();
  await expect(gated.page.getByRole('article')).toHaveCount(4);
  await expect(gated.page.locator('[role=alert][data-code=weights_evicted]')).toContainText('to free space');
  await openGate(gated);
  await expect(big).toHaveAttribute('data-state', 'absent');
  expect(hub.requests).toHaveLength(length);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText('20 MB');
});
