/** Tabs of one origin share one engine: one runs it, and another takes over when that one goes. */
import type { Page } from 'playwright/test';
import { chatOn, expect, slowDown, type Chat } from './chat-test';
import { gateOf, openGate, test } from './gated-test';
import { widgetOn } from './widget-test';

const running = (tabs: readonly Chat[]) => tabs.filter(({ page }) => page.workers().length > 0).length;
const modelOf = (page: Page) => page.getByRole('button', { name: /^Model:/ });

/** As many more tabs as the first has not. */
async function openTabs(first: Chat, count: number): Promise<Chat[]> {
  await first.open();
  await expect(modelOf(first.page)).toHaveAttribute('data-state', 'ready');
  const url = first.page.url();
  const others = await Promise.all(
    Array.from({ length: count - 1 }, async () => {
      const chat = chatOn(await first.page.context().newPage(), url);
      await chat.open();
      await expect(modelOf(chat.page)).toHaveAttribute('data-state', 'ready');
      return chat;
    }),
  );
  return [first, ...others];
}

test('five tabs and two widgets: one engine, one download, and an answer for each', async ({
  gated,
  hub,
}) => {
  test.setTimeout(180_000);
  const tabs = await openTabs(gated, 5);
  expect(running(tabs)).toBe(1);

  await openGate(tabs[3]!);
  const gate = gateOf(tabs[3]!);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  for (const { page } of tabs) {
    await expect(
      page.getByRole('button', { name: 'Model: Hub model big ready', includeHidden: true }),
    ).toBeAttached();
  }
  // Measuring takes a worker of its own.
  await expect(gate.getByRole('button', { name: 'Measure again' })).toBeVisible();
  await gate.getByRole('button', { name: 'Close' }).click();
  expect(hub.sentBytes).toBeLessThan(21_000_000);

  const widgets = await Promise.all(
    [0, 1].map(async () => {
      const page = await gated.page.context().newPage();
      await page.goto(new URL('embed.html', gated.page.url()).href);
      await expect(page.locator('smallfirst-chat-panel')).toHaveAttribute('data-phase', 'ready');
      return widgetOn(page, { origin: gated.page.url(), close: async () => undefined });
    }),
  );
  const answers = await Promise.all([
    ...tabs.map(async (chat) => {
      await chat.page.getByRole('button', { name: 'New chat' }).click();
      return chat.askAndWait('Tell me something');
    }),
    ...widgets.map((widget) => widget.askAndWait('Tell me something')),
  ]);
  for (const answer of answers) {
    await expect(answer).toHaveAttribute('data-status', 'done');
    await expect(answer.locator('.text')).toContainText('test fixture');
    await expect(answer).toContainText('Hub model big');
  }
  const pages = gated.page.context().pages();
  expect(pages).toHaveLength(7);
  await expect.poll(() => pages.filter((page) => page.workers().length > 0).length).toBe(1);
  expect(hub.sentBytes).toBeLessThan(21_000_000);
});

test('the tab with the engine is closed mid-stream: the answer in the other tab ends complete', async ({
  gated,
}) => {
  const [first, second] = (await openTabs(gated, 2)) as [Chat, Chat];
  // A short answer: it must not end before its engine goes.
  await slowDown(first.page, 150);
  await second.ask('Tell me something');
  const answer = second.answers.last();
  await expect(answer).toHaveAttribute('data-status', 'streaming');
  const text = answer.locator('.text');
  await expect.poll(async () => (await text.innerText()).length).toBeGreaterThan(20);
  await first.page.close();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(text).toContainText('for a short answer.');
  await expect(answer.locator('.healed')).toContainText('The tab that ran the model was closed');
  await second.page.screenshot({ path: 'test-results/leader-gone.png' });
  expect(second.page.workers().length).toBeGreaterThan(0);
  await expect(await second.askAndWait('short')).toContainText('Yes.');
});

test('the tab with the engine crashes mid-stream: the answer in the other tab ends complete', async ({
  gated,
}) => {
  const [first, second] = (await openTabs(gated, 2)) as [Chat, Chat];
  // A short answer: it must not end before its engine goes.
  await slowDown(first.page, 150);
  await second.ask('Tell me something');
  await expect
    .poll(async () => (await second.answers.last().locator('.text').innerText()).length)
    .toBeGreaterThan(20);
  const session = await first.page.context().newCDPSession(first.page);
  void session.send('Page.crash').catch(() => undefined);
  await expect(second.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(second.answers.last().locator('.text')).toContainText('for a short answer.');
});

test('a tab that asks much does not keep another waiting', async ({ gated }) => {
  test.setTimeout(120_000);
  const [first, second] = (await openTabs(gated, 2)) as [Chat, Chat];
  const slow = await slowDown(first.page);
  // Three conversations of the first tab want an answer at once.
  for (const question of ['Tell me something', 'ramble', 'ramble']) {
    await first.ask(question);
    await expect(first.answers.last()).toHaveAttribute('data-status', 'streaming');
    await first.page.getByRole('button', { name: 'New chat' }).click();
  }
  await second.page.getByRole('button', { name: 'New chat' }).click();
  await second.ask('short');
  // The turn that is under way may be the long one.
  await expect(second.answers.last()).toHaveAttribute('data-status', 'done', { timeout: 60_000 });
  // Its turn came before the first tab's third, which takes half a minute.
  await expect(first.page.getByTitle('Being answered').first()).toBeAttached();
  await slow.end();
});
