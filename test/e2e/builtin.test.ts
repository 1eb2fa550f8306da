/** The model that a browser brings itself, as a fake that follows the specification: chosen, fetched, stopped, lost, left out. */
import type { Page } from 'playwright/test';
import type { FakeModel, FakeModelSettings } from '../fakes/language-model';
import { bringBuiltin } from './bring-builtin';
import { chatOn, expect, forbidForeign, test, type Chat } from './chat-test';
import { deploy } from './deployment';
import { gateOf, openGate } from './gated-test';
import { seriousFindings } from './serious-findings';
import { widgetOn } from './widget-test';
import { startHostPages } from './host-pages';

const NAME = 'Chrome’s built-in model';

type InPage = typeof globalThis & { fakeModel: FakeModel };
const change = (page: Page, settings: FakeModelSettings) =>
  page.evaluate((changes) => (globalThis as InPage).fakeModel.set(changes), settings);
const live = (page: Page) => page.evaluate(() => (globalThis as InPage).fakeModel.live);

const modelOf = ({ page }: Chat) => page.getByRole('button', { name: /^Model:/ });
const builtinOf = (chat: Chat) => gateOf(chat).locator('[data-model=built-in]');
async function choose(chat: Chat): Promise<void> {
  await openGate(chat);
  await gateOf(chat)
    .getByRole('button', { name: `Use ${NAME}` })
    .click();
  await expect(builtinOf(chat)).toContainText('Answers now');
  await gateOf(chat).getByRole('button', { name: 'Close' }).click();
}

test('chosen, it answers on the device with its name on the message, and so after a reload; nothing is fetched for it', async ({
  chat,
  context,
  deployment,
  errors,
}) => {
  const foreign = await forbidForeign(context, new URL(deployment.url).origin);
  await bringBuiltin(context);
  await chat.open();
  await openGate(chat);
  await expect(builtinOf(chat)).toContainText('Already in this browser: nothing to download.');
  await chat.page.keyboard.press('Escape');
  await choose(chat);
  const answer = await chat.askAndWait('Hello');
  await expect(answer.locator('.text')).toHaveText('Hello from the browser itself.');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer).toContainText(NAME);
  await answer.getByRole('button', { name: 'Receipt' }).click();
  await expect(answer).toContainText(/Left this device\s+nothing/);
  await expect(answer).not.toContainText('estimated');
  await expect(chat.page.locator('[data-role=user]')).toHaveCount(1);

  await chat.page.reload();
  await expect(modelOf(chat)).toHaveAttribute('data-state', 'ready');
  await expect(await chat.askAndWait('Hello')).toContainText(NAME);
  // What was said before, and who it is to be, go into the session it is asked in.
  const asked = await chat.page.evaluate(() => (globalThis as InPage).fakeModel.created.at(-1));
  expect(asked?.['initialPrompts']).toMatchObject([
    { role: 'system' },
    { role: 'user', content: 'Hello' },
    { role: 'assistant', content: 'Hello from the browser itself.' },
  ]);
  expect(foreign).toEqual([]);
  expect(errors).toEqual([]);
});

test('a stop leaves at once, and no session but the one that waits', async ({ chat, context }) => {
  await bringBuiltin(context, { wordMs: 20 });
  await chat.open();
  await choose(chat);
  await chat.ask('count');
  await expect(chat.answers.locator('.text')).toContainText('1 2 3');
  expect(await live(chat.page)).toBe(2);
  await chat.stop.click();
  await expect(chat.answers).toHaveAttribute('data-status', 'stopped');
  await expect.poll(() => live(chat.page)).toBe(1);
  await expect(await chat.askAndWait('Hello')).toContainText('Hello from the browser');
});

test('where it is not here yet, the browser fetches it after a click, and shows how far it is', async ({
  chat,
  context,
}) => {
  await bringBuiltin(context, { availability: 'downloadable', stepMs: 200, isKept: true });
  await chat.open();
  await expect(modelOf(chat)).toHaveAttribute('data-state', 'ready');
  await openGate(chat);
  const offer = builtinOf(chat);
  await expect(offer).toContainText('Chrome has a model of its own, and fetches it once for all sites.');
  await offer.getByRole('button', { name: `Get ${NAME}` }).click();
  await expect(offer).toContainText('some gigabytes');
  expect(await seriousFindings(chat.page)).toEqual([]);
  await offer.getByRole('button', { name: 'Have it fetched' }).click();
  await expect(offer.getByRole('progressbar', { name: `Fetching ${NAME}` })).toBeVisible();
  await expect(offer).toContainText(/[1-9]\d %/);
  await expect(offer).toContainText('Answers now');
  await gateOf(chat).getByRole('button', { name: 'Close' }).click();
  await expect(await chat.askAndWait('Hello')).toContainText(NAME);
  await chat.page.reload();
  await expect(await chat.askAndWait('Hello')).toContainText(NAME);
});

test('a download that fails says so, and the model before it goes on', async ({ chat, context }) => {
  await bringBuiltin(context, { availability: 'downloadable', failures: { create: ['NetworkError'] } });
  await chat.open();
  await expect(modelOf(chat)).toHaveAttribute('data-state', 'ready');
  await openGate(chat);
  await builtinOf(chat)
    .getByRole('button', { name: `Get ${NAME}` })
    .click();
  await builtinOf(chat).getByRole('button', { name: 'Have it fetched' }).click();
  await expect(builtinOf(chat).getByRole('alert')).toHaveAttribute('data-code', 'unreachable');
  await gateOf(chat).getByRole('button', { name: 'Close' }).click();
  await expect(await chat.askAndWait('Hello')).toContainText('Test fixture');
});

test('a click in a tab that runs no models has it fetched there, and the tab that does answers with it', async ({
  chat,
  context,
  deployment,
}) => {
  await bringBuiltin(context, { availability: 'downloadable', stepMs: 500, isKept: true });
  await chat.open();
  await expect(modelOf(chat)).toHaveAttribute('data-state', 'ready');
  const second = chatOn(await context.newPage(), deployment.url);
  await second.open();
  await expect(modelOf(second)).toHaveAttribute('data-state', 'ready');
  await openGate(second);
  await builtinOf(second)
    .getByRole('button', { name: `Get ${NAME}` })
    .click();
  await builtinOf(second).getByRole('button', { name: 'Have it fetched' }).click();
  await expect(builtinOf(second)).toContainText(/[1-9]\d %/);
  await expect(builtinOf(second)).toContainText('Answers now');
  await gateOf(second).getByRole('button', { name: 'Close' }).click();
  await expect(await second.askAndWait('Hello')).toContainText(NAME);
  expect(await live(chat.page)).toBe(1);
  expect(await live(second.page)).toBe(0);
});

test('a session that is lost is begun anew, and where there is no model any more the ladder goes on', async ({
  chat,
  context,
}) => {
  await bringBuiltin(context);
  await chat.open();
  await choose(chat);
  await change(chat.page, { failures: { answer: ['InvalidStateError'] } });
  const mended = await chat.askAndWait('Hello');
  await expect(mended.locator('.text')).toHaveText('Hello from the browser itself.');
  await expect(mended.locator('.healed')).toContainText(`${NAME} was started anew`);

  // An answer of five words: it must not end before it is broken off.
  await change(chat.page, { wordMs: 2_000 });
  await chat.ask('Hello');
  await expect(chat.answers.nth(1).locator('.text')).toContainText('Hello');
  await change(chat.page, { availability: 'unavailable' });
  await chat.page.evaluate(() => (globalThis as InPage).fakeModel.crash());
  await expect(chat.answers.nth(1)).toHaveAttribute('data-status', 'done');
  await expect(chat.answers.nth(1)).toContainText('Test fixture');
  await expect(chat.page.locator('.banner[data-healed=stepped_down]')).toContainText(
    'Test fixture answers now',
  );
});

test('left out, it is not chosen at the next visit, and stays on offer', async ({ chat, context }) => {
  await bringBuiltin(context);
  await chat.open();
  await choose(chat);
  await openGate(chat);
  await builtinOf(chat)
    .getByRole('button', { name: `Leave out ${NAME}` })
    .click();
  await expect(builtinOf(chat)).not.toContainText('Answers now');
  await chat.page.reload();
  await expect(await chat.askAndWait('Hello')).toContainText('Test fixture');
  await openGate(chat);
  await expect(builtinOf(chat).getByRole('button', { name: `Use ${NAME}` })).toBeVisible();
});

test('an answer that the browser holds back is told as that, and the model stays', async ({
  chat,
  context,
}) => {
  await bringBuiltin(context, { failures: { answer: ['NotReadableError'] } });
  await chat.open();
  await choose(chat);
  const answer = await chat.askAndWait('Hello');
  await expect(answer).toHaveAttribute('data-status', 'failed');
  await expect(answer.getByRole('alert')).toHaveAttribute('data-code', 'answer_withheld');
  await expect(await chat.askAndWait('Hello')).toContainText(NAME);
});

test('a site that prefers it has it answer who chose nothing, also where nothing may leave', async ({
  page,
  context,
}) => {
  const deployment = await deploy([], { config: { builtInModel: 'prefer', privacy: 'never' } });
  await bringBuiltin(context);
  const chat = chatOn(page, deployment.url);
  await chat.open();
  const answer = await chat.askAndWait('Hello');
  await expect(answer.locator('.text')).toHaveText('Hello from the browser itself.');
  await expect(answer).toContainText(NAME);
  await deployment.remove();
});

test('a site that rules it out does not offer it, nor does a browser that has none', async ({
  page,
  context,
  chat,
}) => {
  await chat.open();
  await openGate(chat);
  await expect(gateOf(chat).locator('[data-model=starter]')).toBeVisible();
  await expect(builtinOf(chat)).toHaveCount(0);

  const deployment = await deploy([], { config: { builtInModel: 'off' } });
  await bringBuiltin(context);
  const other = chatOn(page, deployment.url);
  await other.open();
  await openGate(other);
  await expect(gateOf(other).locator('[data-model=starter]')).toBeVisible();
  await expect(builtinOf(other)).toHaveCount(0);
  await deployment.remove();
});

test('the widget counts it as this device: with only_on_device it answers, where the site suggests it', async ({
  page,
  context,
  deployment,
}) => {
  const host = await startHostPages(() => deployment.url);
  await bringBuiltin(context);
  const widget = widgetOn(page, host);
  await widget.visit('plain', { tag: 'mode="only_on_device" model="built-in" open' });
  const answer = await widget.askAndWait('Hello');
  await expect(answer).toHaveAttribute('data-place', 'local');
  await expect(answer.locator('.text')).toHaveText('Hello from the browser itself.');
  await host.close();
});
