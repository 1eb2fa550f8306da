/** What leaves the device and what does not: placeholders, the dialog, the list of departures, and “never”. */
import { readFileSync } from 'node:fs';
import { canaries } from '../fixtures/personal/canaries';
import { chatOn, kept, type Chat } from './chat-test';
import { deploy } from './deployment';
import { agree, dialogOf, expect, POEM, test } from './escalating-test';
import { seriousFindings } from './serious-findings';

const CANARIES = canaries(200, 6);
const PER_MESSAGE = 20;
const NEVER_TURNS = 50;

const privacyOf = ({ page }: Chat) => page.getByRole('dialog', { name: 'Privacy' });

async function choose(chat: Chat, name: 'Never' | 'Ask me' | 'When needed'): Promise<void> {
  await chat.page.getByRole('button', { name: 'Privacy' }).click();
  await privacyOf(chat).getByRole('radio', { name }).check();
}

/** A question that is for the large model, with a text that the fake vendor sends back. */
const asking = (text: string) => `${POEM} from this:\n\n\`\`\`\n${text}\n\`\`\``;

test('none of 200 canaries leaves, and every answer comes back with the originals', async ({
  asker,
  sent,
  upstream,
}) => {
  test.setTimeout(420_000);
  upstream.behave({ kind: 'answer', isEcho: true });
  for (let at = 0; at < CANARIES.length; at += PER_MESSAGE) {
    const some = CANARIES.slice(at, at + PER_MESSAGE);
    await asker.ask(asking(some.map(({ sentence }) => sentence).join('\n')));
    if (at === 0) {
      await expect(dialogOf(asker)).toContainText('[EMAIL_1]');
      expect(sent.filter((request) => request.postData()?.includes('poem'))).toEqual([]);
      await agree(asker);
    }
    const answer = asker.answers.nth(at / PER_MESSAGE);
    await expect(answer).toHaveAttribute('data-status', 'done');
    await expect(answer).toHaveAttribute('data-place', 'cloud');
    const code = await answer.locator('pre').innerText();
    expect(some.filter(({ text }) => !code.includes(text))).toEqual([]);
  }
  const left = sent.map((request) => `${request.url()} ${request.postData() ?? ''}`).join('\n');
  const forms = (text: string) => [text, encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];
  expect(CANARIES.filter(({ text }) => forms(text).some((form) => left.includes(form)))).toEqual([]);
  expect(upstream.books()).toHaveLength(CANARIES.length / PER_MESSAGE);
});

test('names are marked, and those that are ticked do not leave, then or later', async ({
  asker,
  upstream,
}) => {
  upstream.behave({ kind: 'answer', isEcho: true });
  await asker.ask(asking('My boss Wojciech Zielinski met Fatima Khan.'));
  const dialog = dialogOf(asker);
  await expect(dialog).toContainText('Wojciech Zielinski met Fatima Khan');
  await dialog.getByRole('checkbox', { name: /Wojciech/ }).check();
  await expect(dialog.getByLabel('What is sent', { exact: true })).toContainText(
    'My boss [NAME_1] met Fatima Khan.',
  );
  await agree(asker);
  await expect(asker.answers.first()).toContainText('Wojciech Zielinski met Fatima Khan');
  await asker.askAndWait(asking('Wojciech Zielinski is late.'));
  const requests = JSON.stringify(upstream.books().map(({ request }) => request));
  expect(requests).toContain('Fatima Khan');
  expect(requests).not.toContain('Zielinski');
});

test('what is sent can be changed in the dialog, and a replacement taken back', async ({
  asker,
  upstream,
}) => {
  await asker.ask('Write a poem about the mountains for anna@example.com and bob@example.com');
  const dialog = dialogOf(asker);
  await dialog.getByRole('checkbox', { name: /bob@example.com/ }).uncheck();
  await dialog.getByRole('button', { name: 'Edit: You' }).click();
  const field = dialog.getByRole('textbox', { name: 'What is sent instead' });
  await expect(field).toHaveValue('Write a poem about the mountains for [EMAIL_1] and bob@example.com');
  await field.fill('Write a poem for [EMAIL_1] and bob@example.com');
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(await seriousFindings(asker.page), 'dialog').toEqual([]);
  await agree(asker);
  await expect(asker.answers.first()).toHaveAttribute('data-status', 'done');
  expect(upstream.books()[0]?.request?.messages.at(-1)?.content).toBe(
    'Write a poem for [EMAIL_1] and bob@example.com',
  );
});

test('only the turns that a question needs go along, unless the visitor adds the others', async ({
  asker,
  upstream,
}) => {
  await asker.askAndWait('What is the capital of France?');
  await asker.ask(POEM);
  const dialog = dialogOf(asker);
  await expect(dialog).toContainText('2 earlier messages stay here');
  await expect(dialog).not.toContainText('capital of France');
  await dialog.getByRole('button', { name: 'Send them too' }).click();
  await expect(dialog).toContainText('capital of France');
  await dialog.getByRole('button', { name: 'Leave them here' }).click();
  await agree(asker);
  await expect(asker.answers.nth(1)).toHaveAttribute('data-place', 'cloud');
  expect(JSON.stringify(upstream.books()[0]?.request)).not.toContain('France');
});

test('the list says what left, when, to whom and what was replaced; it can be searched, exported and cleared', async ({
  asker,
}) => {
  const { page } = asker;
  await asker.ask(`${POEM} for anna@example.com`);
  await agree(asker);
  await asker.askAndWait('Write an essay about the mountains in winter');
  await page.getByRole('button', { name: 'Privacy' }).click();
  const dialog = privacyOf(asker);
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  await expect(dialog.getByRole('listitem').last()).toContainText(
    /gpt-4o by way of 127\.0\.0\.1:\d+ · \d+ B\s+· replaced: 1 × email/,
  );
  expect(await seriousFindings(page), 'privacy').toEqual([]);
  await dialog.getByRole('searchbox').fill('mountains');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const exported: unknown = JSON.parse(readFileSync(await (await download).path(), 'utf8'));
  expect(exported).toMatchObject([{ modelName: 'gpt-4o', redacted: {} }, { redacted: { email: 1 } }]);
  expect(JSON.stringify(exported)).not.toContain('anna@');
  await dialog.getByRole('button', { name: 'Clear list' }).click();
  await dialog.getByRole('button', { name: 'Clear for good' }).click();
  await expect(dialog).toContainText('Nothing.');
  await page.reload();
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(dialog).toContainText('Nothing.');
});

test('with “never”, 50 turns make no request but for static files, and the browser would refuse one', async ({
  asker,
  sent,
  upstream,
}) => {
  test.setTimeout(400_000);
  const { page } = asker;
  await asker.askAndWait('Hello');
  await choose(asker, 'Never');
  await expect.poll(() => kept(page, 'settings', 'privacy')).toBe('never');
  await page.reload();
  sent.length = 0;
  await page.reload();
  await asker.askAndWait(POEM);
  await expect(asker.answers.nth(1).locator('[data-stayed=never]')).toBeVisible();
  for (let turn = 1; turn < NEVER_TURNS; turn++) {
    // The longer the chat, the longer the model reads.
    if (turn % 10 === 0) await page.getByRole('button', { name: 'New chat' }).click();
    await asker.askAndWait(
      [POEM, 'What is 4 + 5?', 'Prove that the square root of 2 is irrational'][turn % 3] ?? POEM,
    );
  }
  const isFile = ({ url, method }: { url: string; method: string }) =>
    method === 'GET' &&
    (/^(data|blob):/.test(url) ||
      /^\/(assets\/|models\/|icons?\/)?[\w.-]*(\/[\w.-]+)*$/.test(new URL(url).pathname));
  const others = sent
    .map((request) => ({ url: request.url(), method: request.method() }))
    .filter((request) => !isFile(request) || /\/(api|v1)\//.test(request.url));
  expect(others).toEqual([]);
  const refused = await page.evaluate(async () => {
    const tries = ['v1/chat/completions', 'api/session', 'https://example.com/'].map((url) =>
      fetch(url, { method: 'POST', body: 'text' }).then(
        () => 'sent',
        () => 'refused',
      ),
    );
    return Promise.all(tries);
  });
  expect(refused).toEqual(['refused', 'refused', 'refused']);
  expect(upstream.books()).toEqual([]);

  // Taken back, the page comes anew and asks again.
  await page.getByRole('button', { name: 'Privacy' }).click();
  await Promise.all([
    page.waitForEvent('load'),
    privacyOf(asker).getByRole('radio', { name: 'Ask me' }).click(),
  ]);
  await asker.ask(POEM);
  await agree(asker);
  await expect(asker.answers.last()).toHaveAttribute('data-place', 'cloud');
});

test('“never” holds at once, without a reload', async ({ asker, sent }) => {
  await asker.askAndWait('Hello');
  await choose(asker, 'Never');
  await privacyOf(asker).getByRole('button', { name: 'Close' }).click();
  sent.length = 0;
  const answer = await asker.askAndWait(POEM);
  await expect(answer.locator('[data-stayed=never]')).toBeVisible();
  expect(sent.filter((request) => request.method() !== 'GET')).toEqual([]);
});

test('where the site allows no more than “ask”, a visitor cannot agree for ever', async ({
  page,
  upstream,
}) => {
  const env = { OPENAI_API_KEY: upstream.key, OPENAI_BASE_URL: upstream.url };
  const site = await deploy([], { hasFixture: false, env, config: { privacy: 'ask' } });
  const chat = chatOn(page, site.url);
  await chat.open();
  await chat.ask(POEM);
  await expect(dialogOf(chat).getByRole('checkbox', { name: /Do not ask again/ })).toHaveCount(0);
  await dialogOf(chat).getByRole('button', { name: 'Keep here' }).click();
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(privacyOf(chat).getByRole('radio', { name: 'When needed' })).toBeDisabled();
  await site.remove();
});
