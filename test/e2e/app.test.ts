/** The page as an app on the device: installable, opened by shares, shortcuts, files and notifications, and telling when an answer is there. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type CDPSession } from 'playwright/test';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { startStaticHost } from '../fakes/static-host';
import { chatOn, expect, slowDown, test, type Chat } from './chat-test';
import { copyBuild } from './deployment';

const untilControlled = ({ page }: Chat) =>
  page.waitForFunction(() => navigator.serviceWorker.controller !== null);

/** A browser profile on disk: what Playwright makes is incognito, and there nothing can be installed. */
async function inProfile(
  work: (chat: Chat, devtools: CDPSession) => Promise<void>,
  url: string,
): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-profile-'));
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(dir, {
    args: CHROMIUM_ARGS,
    ...(executablePath ? { executablePath } : {}),
  });
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await work(chatOn(page, url), await context.newCDPSession(page));
  } finally {
    await context.close();
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function expectInstallable(chat: Chat, devtools: CDPSession): Promise<void> {
  await chat.open();
  await untilControlled(chat);
  const { errors, url, data } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toMatch(/manifest\.webmanifest$/);
  expect(JSON.parse(data ?? '')).toMatchObject({
    name: 'Smallfirst',
    launch_handler: { client_mode: ['focus-existing', 'auto'] },
  });
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
}

test('Chromium finds the app installable, and nothing wrong with its manifest', async ({ deployment }) => {
  await inProfile(expectInstallable, deployment.url);
});

test('so it does on a plain file server, under a sub-path', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-static-'));
  copyBuild(dir);
  const host = await startStaticHost({ rootDir: join(dir, 'dist'), basePath: '/some/where/' });
  await inProfile(async (chat, devtools) => {
    await expectInstallable(chat, devtools);
    const { manifest } = (await devtools.send('Page.getAppManifest')) as unknown as {
      manifest: { startUrl: string; scope: string; shareTarget: { action: string } };
    };
    expect([manifest.startUrl, manifest.scope, manifest.shareTarget.action]).toEqual([
      host.url,
      host.url,
      host.url,
    ]);
  }, host.url);
  await host.close();
  rmSync(dir, { recursive: true, force: true });
});

test('what is shared stands in a new chat, unsent, and in no request', async ({
  chat,
  deployment,
  context,
}) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await untilControlled(chat);
  const asked: string[] = [];
  context.on('request', (request) => {
    if (request.serviceWorker()) asked.push(request.url());
  });
  const shared = new URLSearchParams({
    title: 'A page',
    text: 'What is this? https://a.example/b',
    url: 'https://a.example/b',
  });
  await chat.page.goto(`${deployment.url}?${shared}`);
  await expect(chat.input).toHaveValue('A page\nWhat is this? https://a.example/b');
  await expect(chat.questions).toHaveCount(0);
  expect(chat.page.url()).toBe(deployment.url);
  expect(asked.filter((url) => url.includes('example'))).toEqual([]);
  await chat.page.reload();
  await expect(chat.questions).toHaveText('Hello');
  await expect(chat.input).toHaveValue('A page\nWhat is this? https://a.example/b');
});

test('the shortcuts open a new chat and the search', async ({ chat, deployment }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await chat.page.goto(`${deployment.url}?new`);
  await expect(chat.page.locator('chat-page')).toHaveAttribute('data-phase', 'ready');
  await expect(chat.page.getByRole('heading', { level: 1 })).toHaveText('New chat');
  await chat.page.goto(`${deployment.url}?search`);
  await expect(chat.page.getByRole('combobox', { name: 'Search chats' })).toBeFocused();
});

/** Stands in for what only an installed app's window has. */
function fakeLaunchQueue(): void {
  const queue = { setConsumer: (consumer: unknown) => Object.assign(globalThis, { launch: consumer }) };
  Object.defineProperty(globalThis, 'launchQueue', { value: queue });
}

test('a share into the open app interrupts no answer, and a file that is opened with it is offered for import', async ({
  chat,
  deployment,
}) => {
  await chat.page.addInitScript(fakeLaunchQueue);
  await chat.open();
  const slow = await slowDown(chat.page);
  await chat.ask('ramble');
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'streaming');
  const launch = (params: string) => chat.page.evaluate(`launch(${params})`);
  await launch(`{ targetURL: '${deployment.url}?text=Later' }`);
  await expect(chat.input).toHaveValue('Later');
  await slow.end();
  await chat.page.getByRole('button', { name: 'ramble', exact: true }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  const chats =
    '{"format":"smallfirst-chats","version":1,"conversations":[{"id":"x","title":"From a file","createdAt":1,"updatedAt":1,"messages":[]}]}';
  await launch(
    `{ targetURL: '${deployment.url}', files: [{ getFile: async () => new File(['${chats}'], 'chats.json') }] }`,
  );
  const dialog = chat.page.getByRole('dialog', { name: 'Your chats as files' });
  await expect(dialog.getByRole('group', { name: 'Import this file?' })).toContainText('chats.json');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(dialog.getByRole('status')).toHaveText('1 chat was imported.');
});

test('where the browser offers it, a button installs the app, once', async ({ chat }) => {
  await chat.open();
  const button = chat.page.getByRole('button', { name: 'Install' });
  await expect(button).toHaveCount(0);
  await chat.page.evaluate(() => {
    const event = Object.assign(new Event('beforeinstallprompt', { cancelable: true }), {
      prompt: async () => void Object.assign(globalThis, { isPrompted: true }),
    });
    dispatchEvent(event);
  });
  await button.click();
  expect(await chat.page.evaluate(() => (globalThis as { isPrompted?: boolean }).isPrompted)).toBe(true);
  await expect(button).toHaveCount(0);
});

/** As if the tab were in the background; `isHidden` on the page says so. */
function hideable(): void {
  Object.defineProperty(document, 'hidden', {
    get: () => (globalThis as { isHidden?: boolean }).isHidden === true,
  });
  const badges: (number | 'clear')[] = [];
  Object.assign(globalThis, { badges, asked: 0, shown: 0 });
  const { showNotification } = ServiceWorkerRegistration.prototype;
  ServiceWorkerRegistration.prototype.showNotification = async function (...given) {
    await Reflect.apply(showNotification, this, given);
    (globalThis as unknown as { shown: number }).shown++;
  };
  Object.assign(navigator, {
    setAppBadge: async (count: number) => void badges.push(count),
    clearAppBadge: async () => void badges.push('clear'),
  });
}
const setHidden = ({ page }: Chat, isHidden: boolean) =>
  page.evaluate((isHidden) => {
    Object.assign(globalThis, { isHidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, isHidden);
const badges = ({ page }: Chat) => page.evaluate(() => (globalThis as { badges?: unknown }).badges);
const shown = ({ page }: Chat) => page.evaluate(() => (globalThis as { shown?: unknown }).shown);
/** Asked for while one is being shown, Chromium loses it (19 of 150 times): wait for `shown` before. */
const notifications = ({ page }: Chat) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    return (await registration!.getNotifications()).map(({ title, body }) => `${title}: ${body}`);
  });

test('an answer that came in the background is on the badge, and in a notification where that was allowed', async ({
  chat,
  context,
  deployment,
}) => {
  await context.grantPermissions(['notifications'], { origin: new URL(deployment.url).origin });
  await chat.page.addInitScript(hideable);
  await chat.open();
  await untilControlled(chat);
  await chat.askAndWait('Hello');
  expect(await badges(chat)).toEqual([]);
  await setHidden(chat, true);
  await chat.askAndWait('short');
  await expect.poll(() => badges(chat)).toEqual([1]);
  await expect.poll(() => shown(chat)).toBe(1);
  await expect.poll(() => notifications(chat)).toEqual(['Your answer is ready: Hello']);
  await setHidden(chat, false);
  await expect.poll(() => badges(chat)).toEqual([1, 'clear']);
  await expect.poll(() => notifications(chat)).toEqual([]);
});

test('nobody is asked about notifications at load, but after a long answer that nobody saw, and a no is kept', async ({
  chat,
}) => {
  await chat.page.addInitScript(hideable);
  await chat.page.addInitScript(() => {
    const asked = { count: 0 };
    Object.assign(globalThis, { asked });
    Object.defineProperty(Notification, 'permission', { get: () => 'default' });
    Notification.requestPermission = async () => {
      asked.count++;
      return 'granted';
    };
  });
  const asking = chat.page.locator('[data-asking=notices]');
  const asked = () =>
    chat.page.evaluate(() => (globalThis as unknown as { asked: { count: number } }).asked.count);
  await chat.open();
  await setHidden(chat, true);
  await chat.askAndWait('short');
  await expect.poll(() => badges(chat)).toEqual([1]);
  await expect(asking).toHaveCount(0);
  const longAnswer = async () => {
    const slow = await slowDown(chat.page, 400);
    await chat.ask('ramble');
    await chat.page.waitForTimeout(11_000);
    await slow.end();
  };
  await longAnswer();
  await expect(asking).toBeVisible();
  expect(await asked()).toBe(0);
  await asking.getByRole('button', { name: 'Tell me' }).click();
  expect(await asked()).toBe(1);
  await longAnswer();
  await asking.getByRole('button', { name: 'No' }).click();
  await expect(asking).toHaveCount(0);
  await chat.page.reload();
  await setHidden(chat, true);
  await longAnswer();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(asking).toHaveCount(0);
});
