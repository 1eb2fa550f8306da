/** The operator's page on a site with a month behind it and calls today: what it shows, changes, and never shows. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base, type Page } from 'playwright/test';
import { startFakeOpenai, type FakeOpenai } from '../fakes/openai/fake-openai';
import '../fakes/with-resolvers';
import { deploy, type Deployment } from './deployment';
import { writePastDays } from './past-days';
import { seriousFindings } from './serious-findings';

const ADMIN_TOKEN = 'an-admin-token-for-tests';
const API_TOKEN = 'an-api-token-for-tests';
const CANARY = 'canary-words-of-a-visitor';
/** Where pictures go, if somebody wants to look. */
const PICTURES = process.env['ADMIN_PICTURES'];

const test = base.extend<object, { upstream: FakeOpenai; site: Deployment }>({
  upstream: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const upstream = await startFakeOpenai({
        models: [{ id: 'gpt-4o', shutdown: '2027-01-14', isDateTold: true }, { id: 'gpt-4o-mini' }],
      });
      await use(upstream);
      await upstream.close();
    },
    { scope: 'worker' },
  ],
  site: [
    async ({ upstream }, use) => {
      const env = {
        OPENAI_API_KEY: upstream.key,
        OPENAI_BASE_URL: upstream.url,
        SMALL_MODEL: 'gpt-4o-mini',
        ADMIN_TOKEN,
        API_TOKEN,
        BUDGET_USD_PER_DAY: '1',
        BUDGET_USD_PER_VISITOR_PER_DAY: '0.5',
        RATE_LIMIT_PER_MINUTE: '1000',
      };
      const site = await deploy([], { hasFixture: false, env, config: { reportAnswers: true } });
      await site.stop();
      await writePastDays(join(site.dir, 'data'), 30, Date.now());
      await site.start();
      await ask(site, { model: 'flagship' });
      await ask(site, { model: 'small' });
      await ask(site, { model: 'nobody' });
      await use(site);
      await site.remove();
    },
    { scope: 'worker' },
  ],
});

async function ask(site: Deployment, more: object): Promise<number> {
  const response = await fetch(new URL('v1/chat/completions', site.url), {
    method: 'POST',
    headers: { Authorization: `Bearer ${API_TOKEN}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ messages: [{ role: 'user', content: CANARY }], ...more }),
  });
  await response.text();
  return response.status;
}

async function signIn(page: Page, site: Deployment): Promise<void> {
  await page.goto(new URL('admin', site.url).href);
  await page.getByLabel('Operator’s token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.locator('[data-spent]')).toBeVisible();
}

async function picture(page: Page, name: string): Promise<void> {
  if (!PICTURES) return;
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}

test('it is for who has the token, and forgets it with the tab', async ({ page, site, context }) => {
  await page.goto(new URL('admin', site.url).href);
  await page.getByLabel('Operator’s token').fill('not-the-token-at-all');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('alert')).toContainText('not the operator');
  await signIn(page, site);
  await page.reload();
  await expect(page.locator('[data-spent]')).toBeVisible();
  const other = await context.newPage();
  await other.goto(new URL('admin', site.url).href);
  await expect(other.getByLabel('Operator’s token')).toBeVisible();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.reload();
  await expect(page.getByLabel('Operator’s token')).toBeVisible();
});

test('figures that come after signing out are not shown, and the token stays forgotten', async ({
  page,
  site,
}) => {
  await signIn(page, site);
  const signedOut = Promise.withResolvers<void>();
  await page.route('**/api/admin?days=7', async (route) => {
    const response = await route.fetch();
    await signedOut.promise;
    await route.fulfill({ response });
  });
  const answered = page.waitForResponse('**/api/admin?days=7');
  await page.getByRole('button', { name: '7 days' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  signedOut.resolve();
  await (await answered).finished();
  // Time for the page to read it.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 100)));
  await expect(page.getByLabel('Operator’s token')).toBeVisible();
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test('it shows spend by day, model and site, the share on devices, refusals and the pair with its dates', async ({
  page,
  site,
}) => {
  await signIn(page, site);
  const chart = page.getByRole('img', { name: /^Spend by model, .*\$\d+\.\d\d in all$/ });
  await expect(chart).toBeVisible();
  await expect(page.locator('admin-spend g[data-day]')).toHaveCount(30);
  await expect(page.locator('admin-spend li')).toHaveText([/gpt-4o \$/, /gpt-4o-mini \$/]);
  await page.getByRole('button', { name: 'Sites' }).click();
  await expect(page.locator('admin-spend li')).toHaveCount(6);
  await expect(page.locator('admin-spend li').last()).toHaveText(/^\s*2 others/);
  await expect(page.locator('[data-share]')).toHaveText(/^8\d %$/);
  await expect(page.locator('admin-refusals')).toContainText('A cap was reached');
  await expect(page.locator('admin-refusals')).toContainText('A model that is not on offer');
  const flagship = page.locator('admin-pair [data-role=flagship]');
  await expect(flagship).toContainText('gpt-4o');
  await expect(flagship).toContainText('$2.5 in, $1.25 cached, $10 out');
  await expect(flagship).toContainText('Leaves on 2027-01-14');
  await expect(flagship).toContainText('gpt-6-luna answers from then on');
  await expect(page.locator('admin-pair')).toContainText('list of models was read at');
  await page.getByRole('button', { name: '7 days' }).click();
  await expect(page.locator('admin-spend g[data-day]')).toHaveCount(7);
});

test('a cap that is changed here holds for the next call, and can be taken back', async ({ page, site }) => {
  await signIn(page, site);
  const day = page.locator('admin-caps input[name=day]');
  await day.fill('0.000001');
  await page.getByRole('button', { name: 'Change' }).click();
  await expect(page.locator('admin-caps [role=status]')).toContainText('Changed');
  expect(await ask(site, { model: 'flagship' })).toBe(429);
  await page.getByRole('button', { name: 'As in the environment' }).click();
  await expect(day).toHaveValue('1');
  expect(await ask(site, { model: 'flagship' })).toBe(200);
});

test('no word of a message is on it, nor in what it fetches', async ({ page, site }) => {
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/api/')) bodies.push(response.text());
  });
  await signIn(page, site);
  expect(bodies.length).toBeGreaterThan(0);
  const shown = await page.locator('admin-page').evaluate((element) => element.shadowRoot?.textContent ?? '');
  expect([...(await Promise.all(bodies)), shown].join('\n')).not.toContain(CANARY);
});

for (const [name, viewport, colorScheme] of [
  ['wide', { width: 1280, height: 900 }, 'light'],
  ['wide-dark', { width: 1280, height: 900 }, 'dark'],
  ['phone', { width: 390, height: 780 }, 'light'],
  ['phone-dark', { width: 390, height: 780 }, 'dark'],
] as const) {
  test(`it fits and axe finds nothing serious (${name})`, async ({ page, site }) => {
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme });
    await page.goto(new URL('admin', site.url).href);
    await expect(page.getByLabel('Operator’s token')).toBeVisible();
    await picture(page, `${name}-sign-in`);
    await signIn(page, site);
    expect(await seriousFindings(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await picture(page, name);
  });
}
