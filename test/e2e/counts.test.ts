/** A site whose operator asked for counts: the page sends two numbers and nothing else, says so, and sends nothing where nothing may leave. */
import type { Request } from 'playwright/test';
import { chatOn, expect, test as base, type Chat } from './chat-test';
import { deploy, type Deployment } from './deployment';

const test = base.extend<{ sent: Request[] }, { counted: Deployment }>({
  counted: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const env = { OPENAI_API_KEY: 'sk-never-asked', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' };
      const site = await deploy([], { env, config: { reportAnswers: true } });
      await use(site);
      await site.remove();
    },
    { scope: 'worker' },
  ],
  sent: async ({ page }, use) => {
    const sent: Request[] = [];
    page.on('request', (request) => request.url().endsWith('/api/counts') && sent.push(request));
    await use(sent);
  },
});

async function answerFive(chat: Chat): Promise<void> {
  for (let turn = 1; turn <= 5; turn++) await chat.askAndWait(`Hello, number ${turn}`);
}

test('after five answers two numbers are sent, without a cookie, a token or a word', async ({
  page,
  counted,
  sent,
}) => {
  const chat = chatOn(page, counted.url);
  await chat.open();
  await answerFive(chat);
  await expect.poll(() => sent.length).toBe(1);
  expect(sent[0]?.postDataJSON()).toEqual({ device: 5, cloud: 0 });
  const headers = await sent[0]?.allHeaders();
  expect(Object.keys(headers ?? {}).filter((name) => /cookie|authorization|key/.test(name))).toEqual([]);
  expect((await sent[0]?.response())?.status()).toBe(204);
  await page.getByRole('button', { name: /^Privacy/ }).click();
  await expect(page.getByRole('dialog', { name: 'Privacy' })).toContainText('two numbers, nothing else');
});

test('where nothing may leave, no number does', async ({ page, counted, sent }) => {
  const chat = chatOn(page, counted.url);
  await chat.open();
  await page.getByRole('button', { name: /^Privacy/ }).click();
  await page.getByRole('radio', { name: /^Never/ }).check();
  await page.getByRole('button', { name: 'Close' }).click();
  await answerFive(chat);
  expect(sent).toEqual([]);
});
