/** The way to the large model and back: who is asked first, what leaves, what it costs, and what happens where it fails. */
import { PRICES, costNanoUsdOf } from '../../src/meter/price';
import { chatOn } from './chat-test';
import { deploy } from './deployment';
import { ADMIN_TOKEN, agree, dialogOf, expect, POEM, test } from './escalating-test';
import { seriousFindings } from './serious-findings';

test('what the small model hands over goes to gpt-4o, once the visitor has seen it and agreed', async ({
  asker,
  sent,
  upstream,
}) => {
  await asker.ask(POEM);
  await expect(dialogOf(asker)).toContainText(POEM);
  expect(sent.filter((request) => request.postData()?.includes('poem'))).toEqual([]);
  expect(upstream.books()).toHaveLength(0);
  await agree(asker);
  const answer = asker.answers.first();
  await expect(answer).toHaveAttribute('data-place', 'cloud');
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toContainText('gpt-4o');
  // Agreed for this chat: the next one goes without a dialog.
  const next = await asker.askAndWait('Write another poem, about the mountains in winter');
  await expect(next).toHaveAttribute('data-place', 'cloud');
  expect(upstream.books()).toHaveLength(2);
});

test('“Ask gpt-4o” has it answer what was answered here, and the receipts equal ledger and books', async ({
  asker,
  site,
  upstream,
}) => {
  const answer = await asker.askAndWait('What is the capital of France?');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await answer.getByRole('button', { name: 'Ask gpt-4o' }).click();
  await agree(asker);
  await expect(answer).toHaveAttribute('data-place', 'cloud');
  await expect(answer).toHaveAttribute('data-status', 'done');
  await asker.askAndWait(POEM);
  let receipts = 0;
  for (const one of await asker.answers.all()) {
    await one.getByRole('button', { name: 'Receipt' }).click();
    receipts += Number(await one.locator('smallfirst-answer-receipt dl').getAttribute('data-cost-nano-usd'));
  }
  const response = await fetch(new URL('api/spend', site.url), {
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  });
  const { spent_nano_usd: ledger } = (await response.json()) as { spent_nano_usd: number };
  const price = PRICES.find(({ model }) => model === 'gpt-4o');
  if (!price) throw new Error('gpt-4o has no price.');
  const books = upstream
    .books()
    .reduce(
      (sum, { promptTokens, completionTokens }) =>
        sum + costNanoUsdOf(price, { promptTokens, completionTokens, cachedTokens: 0 }),
      0,
    );
  expect(books).toBeGreaterThan(0);
  expect(receipts).toBe(books);
  expect(ledger).toBe(books);
  await expect(asker.page.locator('meter-panel [data-spent]')).toHaveAttribute('data-spent', String(books));
});

test('who keeps it here keeps the local answer, and is told why it was not sent', async ({
  asker,
  upstream,
}) => {
  await asker.ask(POEM);
  await dialogOf(asker).getByRole('button', { name: 'Keep here' }).click();
  const answer = asker.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer.locator('[data-stayed=declined]')).toContainText('You kept it here');
  expect(upstream.books()).toHaveLength(0);
});

test('an exchange that is kept on this device is left out of what leaves', async ({ asker, upstream }) => {
  const secret = await asker.askAndWait('What is the capital of France?');
  await secret.getByRole('button', { name: 'Keep on this device' }).click();
  await asker.ask(POEM);
  await expect(dialogOf(asker)).toContainText(POEM);
  await expect(dialogOf(asker)).not.toContainText('France');
  await agree(asker);
  await expect(asker.answers.nth(1)).toHaveAttribute('data-place', 'cloud');
  await expect(asker.answers.nth(1)).toHaveAttribute('data-status', 'done');
  expect(JSON.stringify(upstream.books()[0]?.request)).not.toContain('France');
});

test('where the server is gone, the local answer stands and says why', async ({ asker, site }) => {
  await asker.askAndWait('Hello');
  // The dialog comes with the parts that are loaded when there is time.
  await asker.page.waitForFunction(() => customElements.get('smallfirst-departure-dialog') !== undefined);
  await site.stop();
  await asker.ask(POEM);
  await agree(asker);
  const answer = asker.answers.nth(1);
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer.locator('[data-stayed=cloud_failed]')).toBeVisible();
});

test('where the budget is spent, the local answer stands and says why', async ({ page, upstream }) => {
  const env = {
    OPENAI_API_KEY: upstream.key,
    OPENAI_BASE_URL: upstream.url,
    BUDGET_USD_PER_VISITOR_PER_DAY: '0.001',
  };
  const site = await deploy([], { hasFixture: false, env });
  const chat = chatOn(page, site.url);
  await chat.open();
  await chat.ask(POEM);
  await agree(chat);
  const answer = chat.answers.first();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer.locator('[data-stayed=budget]')).toContainText('budget');
  expect(upstream.books()).toHaveLength(0);
  await site.remove();
});

test('closing the tab ends the upstream request within a second', async ({ asker, upstream }) => {
  upstream.behave({ kind: 'answer', delayMs: 300 });
  await asker.ask(POEM);
  await agree(asker);
  await expect.poll(() => upstream.openStreams()).toBe(1);
  const closedAt = Date.now();
  await asker.page.close();
  await expect.poll(() => upstream.openStreams(), { intervals: [20] }).toBe(0);
  const { leftAtMs = Infinity } = upstream.books()[0] ?? {};
  expect(leftAtMs - closedAt).toBeLessThan(1_000);
});

test('neither the key nor what was asked is in any response, header or log of the server', async ({
  asker,
  upstream,
}) => {
  const bodies: Promise<string>[] = [];
  asker.page.on('response', (response) => bodies.push(response.text().catch(() => '')));
  await asker.ask(POEM);
  await agree(asker);
  await expect(asker.answers.first()).toHaveAttribute('data-status', 'done');
  const texts = await Promise.all(bodies);
  expect(texts.join('\n')).not.toContain(upstream.key);
});

test('the operator sees what was spent, with the token and not without', async ({
  asker,
  site,
  upstream,
}) => {
  await asker.ask(POEM);
  await agree(asker);
  await expect(asker.answers.first()).toHaveAttribute('data-status', 'done');
  const { page } = asker;
  await page.goto(new URL('admin', site.url).href);
  await page.getByLabel('Operator’s token').fill('not-the-token');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('alert')).toContainText('not the operator');
  await page.getByLabel('Operator’s token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.locator('[data-spent]')).toHaveText(/^\$0\.0\d+$/);
  await expect(page.locator('admin-spend li')).toContainText('gpt-4o');
  expect(upstream.books()).toHaveLength(1);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing serious in the dialog, the receipt and the meter (${colorScheme})`, async ({
    asker,
  }) => {
    await asker.page.emulateMedia({ colorScheme });
    await asker.ask(POEM);
    await expect(dialogOf(asker)).toContainText(POEM);
    expect(await seriousFindings(asker.page), 'dialog').toEqual([]);
    await agree(asker);
    const answer = asker.answers.first();
    await expect(answer).toHaveAttribute('data-status', 'done');
    await answer.getByRole('button', { name: 'Receipt' }).click();
    expect(await seriousFindings(asker.page), 'receipt').toEqual([]);
  });
}

test('the keyboard alone agrees, and Escape keeps it here', async ({ asker, upstream }) => {
  const { page } = asker;
  await asker.ask(POEM);
  await expect(dialogOf(asker)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(asker.answers.first().locator('[data-stayed=declined]')).toBeVisible();
  await page.getByRole('slider', { name: 'Save to Best' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('slider', { name: 'Save to Best' })).toHaveValue('0.75');
  await asker.ask('Write a poem about the mountains');
  await dialogOf(asker).getByRole('button', { name: 'Send to gpt-4o' }).focus();
  await page.keyboard.press('Enter');
  await expect(asker.answers.nth(1)).toHaveAttribute('data-place', 'cloud');
  expect(upstream.books()).toHaveLength(1);
});
