/** The widget and the site's large model: from allowed origins only, after consent, as the site's mode says. */
import type { HostSite } from '../fakes/host-site';
import { startFakeOpenai, type FakeOpenai } from '../fakes/openai/fake-openai';
import { test as base } from './chat-test';
import { deploy, type Deployment } from './deployment';
import { startHostPages } from './host-pages';
import { expect, widgetOn, type Widget } from './widget-test';

interface World {
  readonly upstream: FakeOpenai;
  readonly site: Deployment;
  /** Its origin may ask. */
  readonly friend: HostSite;
  /** Its origin may not. */
  readonly stranger: HostSite;
}

const test = base.extend<{ widget: Widget }, { world: World }>({
  world: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const upstream = await startFakeOpenai();
      let url = '';
      const [friend, stranger] = await Promise.all([startHostPages(() => url), startHostPages(() => url)]);
      const env = {
        OPENAI_API_KEY: upstream.key,
        OPENAI_BASE_URL: upstream.url,
        ALLOWED_ORIGINS: friend.origin,
        RATE_LIMIT_PER_MINUTE: '1000',
      };
      const site = await deploy([], { env });
      ({ url } = site);
      await use({ upstream, site, friend, stranger });
      await Promise.all([friend.close(), stranger.close(), site.remove(), upstream.close()]);
    },
    { scope: 'worker' },
  ],
  widget: async ({ page, world }, use) => use(widgetOn(page, world.friend)),
});

test('the large model answers on a foreign page, once the visitor has agreed, and the page is told of the change', async ({
  page,
  widget,
  world,
}) => {
  await widget.visit('csp');
  await widget.open();
  const answer = await widget.askAndWait('Hello');
  await page.evaluate(() => {
    const places: unknown[] = [];
    Object.assign(globalThis, { places });
    const own = document.querySelector('smallfirst-chat')!;
    own.addEventListener('place-change', (event) => places.push((event as CustomEvent).detail));
  });
  const calls = world.upstream.books().length;
  await answer.getByRole('button', { name: 'Ask gpt-4o' }).click();
  const dialog = page.getByRole('dialog', { name: 'Send to the cloud?' });
  await expect(dialog).toContainText('Hello');
  expect(world.upstream.books()).toHaveLength(calls);
  await dialog.getByRole('button', { name: 'Send to gpt-4o' }).click();
  await expect(answer).toHaveAttribute('data-place', 'cloud');
  await expect(answer).toHaveAttribute('data-status', 'done');
  expect(world.upstream.books()).toHaveLength(calls + 1);
  expect(await page.evaluate(() => (globalThis as unknown as { places: unknown[] }).places)).toEqual([
    { place: 'cloud', model: 'gpt-4o' },
  ]);
  // What left can be looked at here as well.
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(page.getByRole('list', { name: 'Departures' })).toContainText('gpt-4o');
});

test('a page that may not ask is offered nothing of it, and answers on the device', async ({
  page,
  world,
}) => {
  const widget = widgetOn(page, world.stranger);
  await widget.visit('plain');
  await widget.open();
  const answer = await widget.askAndWait('Hello');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(page.getByRole('button', { name: 'Ask gpt-4o' })).toHaveCount(0);
  await expect(page.getByText('Nothing you write leaves this device.')).toBeVisible();
});

test('only_on_device: nobody is asked, and no large model is offered', async ({ page, widget }) => {
  await widget.visit('plain', { tag: 'mode="only_on_device" open' });
  await expect(await widget.askAndWait('Hello')).toHaveAttribute('data-place', 'local');
  await expect(page.getByRole('button', { name: 'Ask gpt-4o' })).toHaveCount(0);
});

test('prefer_in_cloud: the large model is asked first, after consent; without it this device answers', async ({
  page,
  widget,
}) => {
  await widget.visit('plain', { tag: 'mode="prefer_in_cloud" open' });
  await widget.ask('Hello');
  const dialog = page.getByRole('dialog', { name: 'Send to the cloud?' });
  await expect(dialog).toContainText('This site asks its large model first.');
  await dialog.getByRole('button', { name: 'Keep here' }).click();
  await expect(widget.answers.first()).toHaveAttribute('data-place', 'local');
  await expect(widget.answers.first()).toHaveAttribute('data-status', 'done');
  await widget.ask('Hello again');
  await dialog.getByRole('button', { name: 'Send to gpt-4o' }).click();
  await expect(widget.answers.nth(1)).toHaveAttribute('data-place', 'cloud');
});

test('only_in_cloud: no model is fetched, and what was kept here is not answered', async ({
  page,
  widget,
}) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(request.url()));
  await widget.visit('plain', { tag: 'mode="only_in_cloud" open' });
  await widget.ask('Hello');
  const dialog = page.getByRole('dialog', { name: 'Send to the cloud?' });
  await dialog.getByRole('button', { name: 'Keep here' }).click();
  await expect(widget.answers.first().locator('[data-code=cloud_only]')).toBeVisible();
  await widget.ask('Hello again');
  await dialog.getByRole('button', { name: 'Send to gpt-4o' }).click();
  await expect(widget.answers.last()).toHaveAttribute('data-place', 'cloud');
  await expect(widget.answers.last()).toHaveAttribute('data-status', 'done');
  expect(fetched.filter((url) => /\.(gguf|wasm)$/.test(url))).toEqual([]);
  expect(page.workers()).toEqual([]);
});

test('a server that the tag names is asked in place of the script’s own', async ({ page, world, widget }) => {
  const other = await deploy([], { hasFixture: false });
  const { friend } = world;
  await widget.visit('plain', { tag: `server="${other.url}" open` });
  const asked = page.waitForRequest((request) => request.url().includes('/api/config'));
  await page.goto(`${friend.origin}/plain?${new URLSearchParams({ tag: `server="${other.url}" open` })}`);
  expect((await asked).url()).toBe(`${other.url}api/config`);
  await expect(await widget.askAndWait('Hello')).toContainText('Hello');
  await expect(page.getByRole('button', { name: 'Ask gpt-4o' })).toHaveCount(0);
  await other.remove();
});
