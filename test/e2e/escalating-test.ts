/** The test function of every e2e test that asks the large model: a site with a key, and a fake vendor behind it. */
import type { Request } from 'playwright/test';
import { startFakeOpenai, type FakeOpenai } from '../fakes/openai/fake-openai';
import { chatOn, expect, test as base, type Chat } from './chat-test';
import { deploy, type Deployment } from './deployment';

export const ADMIN_TOKEN = 'an-admin-token-for-tests';
export const POEM = 'Write a poem about the sea in autumn';

export const test = base.extend<{ upstream: FakeOpenai; site: Deployment; asker: Chat; sent: Request[] }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  upstream: async ({}, use) => {
    const upstream = await startFakeOpenai();
    await use(upstream);
    await upstream.close();
  },
  site: async ({ upstream }, use) => {
    const env = {
      OPENAI_API_KEY: upstream.key,
      OPENAI_BASE_URL: upstream.url,
      ADMIN_TOKEN,
      BUDGET_USD_PER_DAY: '1',
      BUDGET_USD_PER_VISITOR_PER_DAY: '0.5',
      RATE_LIMIT_PER_MINUTE: '1000',
    };
    const site = await deploy([], { hasFixture: false, env });
    await use(site);
    await site.remove();
  },
  asker: async ({ page, site }, use) => {
    const chat = chatOn(page, site.url);
    await chat.open();
    await use(chat);
  },
  sent: async ({ page }, use) => {
    const sent: Request[] = [];
    page.on('request', (request) => sent.push(request));
    await use(sent);
  },
});

export const dialogOf = (chat: Chat) => chat.page.getByRole('dialog', { name: 'Send to the cloud?' });

export async function agree(chat: Chat): Promise<void> {
  await dialogOf(chat).getByRole('button', { name: 'Send to gpt-4o' }).click();
}

export { expect };
