/** What a browser may refuse, and what the page does then. */
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { chatOn, expect, test } from './chat-test';

test('a browser that blocks storage chats in memory, and says so', async ({ page, deployment }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The user denied permission', 'SecurityError');
    };
  });
  const chat = chatOn(page, deployment.url);
  await chat.open();
  await expect(page.locator('[role=alert][data-code=storage_blocked]')).toContainText('private window');
  await expect(await chat.askAndWait('Hello')).toHaveAttribute('data-status', 'done');
  await expect(await chat.askAndWait('short')).toContainText('Yes.');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(page.locator('[role=alert]')).toHaveCount(0);
});

test('an old tab lets a newer version upgrade the database, and is told to reload', async ({
  page,
  deployment,
  context,
}) => {
  const chat = chatOn(page, deployment.url);
  await chat.open();
  await chat.askAndWait('Hello');
  const newer = await context.newPage();
  // Same origin, none of our code: stands for the next version of the page.
  await newer.goto(new URL('healthz', deployment.url).href);
  const outcome = await newer.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const request = indexedDB.open('smallfirst', 99);
        request.onsuccess = () => resolve('opened');
        request.onerror = () => resolve(String(request.error));
      }),
  );
  expect(outcome).toBe('opened');
  await expect(page.locator('[role=alert][data-code=storage_outdated]')).toBeVisible({ timeout: 3_000 });
  // What was said stays on the screen, and chatting goes on.
  await expect(chat.answers).toHaveCount(1);
});

test('a page that an older tab keeps from upgrading says within 3 s what to do', async ({
  page,
  deployment,
  context,
}) => {
  const older = await context.newPage();
  await older.goto(new URL('healthz', deployment.url).href);
  await older.evaluate(
    () =>
      new Promise((resolve) => {
        // An older version of the page that never heard of `versionchange`.
        const request = indexedDB.open('smallfirst', 1);
        request.onupgradeneeded = () => request.result.createObjectStore('chats');
        request.onsuccess = () => resolve('open');
      }),
  );
  await page.addInitScript(() => {
    const open = IDBFactory.prototype.open;
    // This page stands for a newer version.
    IDBFactory.prototype.open = function (name, version) {
      return open.call(this, name, name === 'smallfirst' ? 2 : version);
    };
  });
  await page.goto(deployment.url);
  await expect(page.locator('[role=alert][data-code=storage_outdated]')).toBeVisible({ timeout: 3_000 });
  await older.close();
  const chat = chatOn(page, deployment.url);
  await expect(await chat.askAndWait('Hello')).toHaveAttribute('data-status', 'done');
});

test('over plain http on a network address the page says what is missing, and chats', async ({
  deployment,
}) => {
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: [...CHROMIUM_ARGS, '--host-resolver-rules=MAP lan.example 127.0.0.1'],
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const page = await browser.newPage();
    const chat = chatOn(page, deployment.url.replace('127.0.0.1', 'lan.example'));
    await chat.open();
    expect(await page.evaluate(() => isSecureContext)).toBe(false);
    await expect(page.locator('[role=alert][data-code=insecure_context]')).toContainText('https');
    await expect(await chat.askAndWait('Hello')).toHaveAttribute('data-place', 'local');
    await page.reload();
    await expect(chat.questions).toHaveText('Hello');
  } finally {
    await browser.close();
  }
});

test('an engine whose program cannot be fetched says so, and Try again brings it back', async ({
  page,
  deployment,
  context,
}) => {
  const chat = chatOn(page, deployment.url);
  await context.route('**/*.wasm', (route) => route.fulfill({ status: 500, body: 'no' }));
  await chat.open();
  const answer = await chat.askAndWait('Hello');
  await expect(answer).toHaveAttribute('data-status', 'failed');
  await expect(answer.getByRole('alert')).toHaveAttribute('data-code', 'worker_load');
  await context.unroute('**/*.wasm');
  await answer.getByRole('button', { name: 'Try again' }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(chat.questions).toHaveCount(1);
});
