/** Offline, restarts, deploys: what is here stays here. */
import { readFileSync, rmSync, writeFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { chatOn, expect, slowDown, test as base, type Chat } from './chat-test';
import { deploy, type Deployment } from './deployment';

/** A deployment of the test's own, since these tests stop it and change it. */
const test = base.extend<{ own: Deployment; chat: Chat }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  own: async ({}, use) => {
    const own = await deploy();
    await use(own);
    await own.remove();
  },
  chat: async ({ page, own }, use) => use(chatOn(page, own.url)),
});

/** Until the service worker has kept what the engine needs. */
async function untilKept(chat: Chat): Promise<void> {
  await expect
    .poll(() =>
      chat.page.evaluate(async () => {
        const cache = await caches.open('engine-files');
        return (await cache.keys()).filter(({ url }) => url.endsWith('.wasm')).length;
      }),
    )
    .toBeGreaterThan(0);
}

test('after the first answer the page reloads and chats with no network and no server', async ({
  chat,
  own,
  context,
}) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await untilKept(chat);
  await own.stop();
  await context.setOffline(true);
  await chat.page.reload();
  await expect(chat.questions).toHaveText('Hello');
  await expect(chat.page.getByText('Offline', { exact: true }).first()).toBeVisible();
  const answer = await chat.askAndWait('short');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer).toContainText('Yes.');
  expect(await chat.page.evaluate(() => crossOriginIsolated)).toBe(true);
});

test('a file beside the core that answers 404 does not keep the shell from opening offline', async ({
  chat,
  own,
}) => {
  rmSync(join(own.dir, 'dist', 'icon.svg'));
  for (const name of ['icon.svg.br', 'icon.svg.gz']) rmSync(join(own.dir, 'dist', name), { force: true });
  await chat.open();
  await chat.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await chat.askAndWait('Hello');
  await untilKept(chat);
  await own.stop();
  await chat.page.reload();
  await expect(await chat.askAndWait('short')).toContainText('Yes.');
});

test('a new version is offered, waits for the answer under way, and keeps the draft', async ({
  chat,
  own,
}) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await chat.page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  const worker = join(own.dir, 'dist', 'sw.js');
  writeFileSync(worker, `${readFileSync(worker, 'utf8')}\n// the next version\n`);
  for (const name of ['sw.js.br', 'sw.js.gz']) rmSync(join(own.dir, 'dist', name), { force: true });
  // It cuts itself off as a loop: not before the new version is there.
  const slow = await slowDown(chat.page, 100);
  await chat.ask('ramble');
  await chat.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const banner = chat.page.locator('[data-update=ready]');
  await expect(banner).toBeVisible();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'streaming');
  await chat.input.fill('not sent yet');
  const reloaded = chat.page.waitForEvent('load');
  // Asked for while the answer is under way: the reload waits for its end.
  await banner.getByRole('button', { name: 'Reload' }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'streaming');
  await slow.end();
  await reloaded;
  await expect(chat.input).toHaveValue('not sent yet');
  await expect(chat.answers).toHaveCount(2);
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(chat.page.locator('[data-update]')).toHaveCount(0);
});

test('a deploy that took away a file asks for one reload, and what was typed is kept', async ({
  chat,
  own,
}) => {
  await chat.open();
  const assets = join(own.dir, 'dist', 'assets');
  for (const name of readdirSync(assets)) if (name.startsWith('markdown-view')) rmSync(join(assets, name));
  await chat.askAndWait('Hello');
  const banner = chat.page.locator('[data-update=needed]');
  await expect(banner).toHaveCount(1);
  // The answer is readable all the same.
  await expect(chat.answers.last()).toContainText('test fixture');
  await chat.input.fill('half a thought');
  await Promise.all([chat.page.waitForEvent('load'), banner.getByRole('button', { name: 'Reload' }).click()]);
  await expect(chat.input).toHaveValue('half a thought');
  await expect(chat.questions).toHaveText('Hello');
});
