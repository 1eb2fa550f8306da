/** The main job: ask, be answered on the device, find it again. */
import { FIXTURE_ANSWERS, FIXTURE_PATTERNS } from '../fixtures/fixture-script';
import { expect, forbidForeign, slowDown, test } from './chat-test';
import { timeStop } from './stop-time';

test('a first visit is answered on the device, and no request goes to another origin', async ({
  chat,
  context,
  deployment,
  errors,
}) => {
  const foreign = await forbidForeign(context, new URL(deployment.url).origin);
  await chat.open();
  await chat.ask('Hello');
  const answer = chat.answers.last();
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer.locator('.text')).toHaveText(FIXTURE_PATTERNS.hello);
  await expect(chat.questions).toHaveText('Hello');
  expect(await chat.page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('an answer streams: its text grows while its status is streaming', async ({ chat }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await slowDown(chat.page);
  await chat.ask('ramble');
  const answer = chat.answers.last();
  await expect(answer).toHaveAttribute('data-status', 'streaming');
  const lengthOf = async () => ((await answer.locator('.text').textContent()) ?? '').length;
  await expect.poll(lengthOf).toBeGreaterThan(20);
  const early = await lengthOf();
  await expect.poll(lengthOf).toBeGreaterThan(early + 100);
  await expect(answer).toHaveAttribute('data-status', 'streaming');
  await chat.stop.click();
});

test('a conversation is there after a reload', async ({ chat }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  await chat.askAndWait('short');
  await chat.page.reload();
  await expect(chat.questions).toHaveText(['Hello', 'short']);
  await expect(chat.answers.last()).toContainText(FIXTURE_ANSWERS.short);
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
});

test('a stop ends the text, keeps it, and the next question is answered', async ({ chat }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  const slow = await slowDown(chat.page);
  await chat.ask('ramble');
  const answer = chat.answers.nth(1);
  const text = answer.locator('.text');
  await expect.poll(async () => ((await text.textContent()) ?? '').length).toBeGreaterThan(40);
  await chat.stop.click();
  await expect(answer).toHaveAttribute('data-status', 'stopped');
  await slow.end();
  const kept = await text.textContent();
  const next = await chat.askAndWait('short');
  await expect(next).toContainText(FIXTURE_ANSWERS.short);
  expect(await text.textContent()).toBe(kept);
  await chat.page.reload();
  await expect(chat.answers.nth(1)).toHaveAttribute('data-status', 'stopped');
  await expect(chat.answers.nth(1).locator('.text')).toHaveText(kept ?? '');
});

test('a stop within 300 ms of the click, during prefill and during decode', async ({ chat }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  for (const wait of ['none', 'text'] as const) {
    // At hundreds of words a second the answer might end by itself before it is stopped.
    const slow = await slowDown(chat.page, wait === 'none' ? 0 : undefined);
    // A long question takes a while to read: the stop falls into prefill.
    await chat.ask(wait === 'none' ? `ramble ${'lorem ipsum '.repeat(90)}` : 'ramble');
    const answer = chat.answers.last();
    if (wait === 'text') await expect(answer.locator('.text')).not.toBeEmpty();
    const { turns } = await timeStop(chat.page);
    await slow.end();
    // 100 ms of the page's own time; the 300 of the faults table, row 24, are measured by `test/bench/starter.ts`.
    expect(turns).toBeLessThan(20);
    await expect(answer).toHaveAttribute('data-status', 'stopped');
  }
  await expect(await chat.askAndWait('short')).toContainText(FIXTURE_ANSWERS.short);
});

test('an answer that repeats itself is cut off, and says so', async ({ chat }) => {
  await chat.open();
  const answer = await chat.askAndWait('count');
  await expect(answer).toHaveAttribute('data-status', 'done');
  await expect(answer).toContainText('begun to repeat itself');
});

test('an answer can be made again and copied', async ({ chat }) => {
  await chat.open();
  await chat.askAndWait('markdown please');
  await chat.answers.last().getByRole('button', { name: 'Copy', exact: true }).click();
  await expect
    .poll(() => chat.page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(FIXTURE_PATTERNS.markdown);
  await chat.answers.last().getByRole('button', { name: 'Retry' }).click();
  await expect(chat.answers).toHaveCount(1);
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(chat.answers.last().getByRole('table')).toBeVisible();
});

test('conversations are listed, opened, renamed, deleted, and a deletion can be undone', async ({ chat }) => {
  const { page } = chat;
  const list = page.getByRole('navigation', { name: 'Conversations' });
  await chat.open();
  await chat.askAndWait('Hello');
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(chat.answers).toHaveCount(0);
  await chat.askAndWait('short');
  await list.getByRole('button', { name: 'Hello', exact: true }).click();
  await expect(chat.answers.last().locator('.text')).toHaveText(FIXTURE_PATTERNS.hello);
  await list.getByRole('button', { name: 'Rename Hello' }).click();
  await page.getByRole('textbox', { name: 'New title' }).fill('Greetings');
  await page.keyboard.press('Enter');
  await expect(list.getByRole('button', { name: 'Greetings', exact: true })).toBeVisible();
  await list.getByRole('button', { name: 'Delete Greetings' }).click();
  await expect(list.getByRole('button', { name: 'Greetings', exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(list.getByRole('button', { name: 'Greetings', exact: true })).toBeVisible();
  await page.reload();
  await expect(list.getByRole('button', { name: 'Greetings', exact: true })).toBeVisible();
  await expect(list.getByRole('button', { name: 'short', exact: true })).toBeVisible();
});

test('an answer goes on while another conversation is open, and is complete when one comes back', async ({
  chat,
}) => {
  const { page } = chat;
  await chat.open();
  await chat.askAndWait('Hello');
  await chat.ask('count');
  await page.getByRole('button', { name: 'New chat' }).click();
  await expect(await chat.askAndWait('short')).toContainText(FIXTURE_ANSWERS.short);
  await page.getByRole('button', { name: 'Hello', exact: true }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-status', 'done');
  await expect(chat.answers.last()).toContainText('one');
});

test('what another tab answers shows up in this one', async ({ chat, context, deployment }) => {
  await chat.open();
  await chat.askAndWait('Hello');
  const other = await context.newPage();
  await other.goto(deployment.url);
  await expect(other.locator('[data-role=assistant]')).toHaveCount(1);
  await chat.askAndWait('short');
  await expect(other.locator('[data-role=assistant]')).toHaveCount(2);
  await expect(other.locator('[data-role=assistant]').last()).toContainText(FIXTURE_ANSWERS.short);
  await expect(other.locator('[data-role=assistant]').last()).toHaveAttribute('data-status', 'done');
});
