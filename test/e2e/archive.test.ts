/** All chats at once, as a person deals with them: found, pinned, taken out as a file, brought back, brought along from elsewhere. */
import { readFileSync } from 'node:fs';
import { strToU8, zipSync } from 'fflate';
import { expect, test, type Chat } from './chat-test';
import { seriousFindings } from './serious-findings';

const rows = ({ page }: Chat) => page.locator('chat-list li');
const searchOf = ({ page }: Chat) => page.getByRole('dialog', { name: 'Search chats' });
const filesOf = ({ page }: Chat) => page.getByRole('dialog', { name: 'Your chats as files' });

async function ask(chat: Chat, ...questions: readonly string[]): Promise<void> {
  for (const question of questions) {
    await chat.page.getByRole('button', { name: 'New chat' }).click();
    await chat.askAndWait(question);
  }
}

async function importFile(chat: Chat, name: string, content: string | Uint8Array): Promise<void> {
  await chat.page.getByRole('button', { name: 'Export, import' }).click();
  const buffer = Buffer.from(content);
  await filesOf(chat).getByLabel('File of chats').setInputFiles({ name, mimeType: '', buffer });
}

async function exported(chat: Chat, name: string): Promise<string> {
  const download = chat.page.waitForEvent('download');
  await filesOf(chat).getByRole('button', { name }).click();
  return readFileSync(await (await download).path(), 'utf8');
}

test('Ctrl+K finds a word in any chat, the arrows choose, and Enter opens it there', async ({
  chat,
  errors,
}) => {
  await chat.open();
  await ask(chat, 'Hello', 'short', 'ramble about zeppelins');
  await chat.page.keyboard.press('Control+k');
  const search = searchOf(chat);
  const field = search.getByRole('combobox', { name: 'Search chats' });
  await expect(field).toBeFocused();
  await expect(search.getByRole('status')).toHaveText('3 chats on this device.');
  await field.fill('zeppel');
  await expect(search.getByRole('option')).toHaveCount(1);
  await expect(search.locator('mark').first()).toHaveText('zeppelins');
  await field.fill('test fixture');
  await expect(search.getByRole('option').first()).toContainText('Hello');
  expect(await seriousFindings(chat.page)).toEqual([]);
  await field.press('Enter');
  await expect(search).toBeHidden();
  await expect(chat.questions).toHaveText('Hello');
  await chat.page.keyboard.press('Control+k');
  await field.fill('no such words anywhere');
  await expect(search.getByRole('status')).toContainText('Nothing found');
  await field.press('Escape');
  await expect(search).toBeHidden();
  expect(errors).toEqual([]);
});

test('a hit deep in a long chat is brought into view', async ({ chat }) => {
  await chat.open();
  const messages = Array.from({ length: 60 }, (_, at) => ({
    id: `m${at}`,
    role: at % 2 ? 'assistant' : 'user',
    text: at === 9 ? 'Here is the pomegranate.' : `Some text, number ${at}. `.repeat(20),
    status: 'done',
    createdAt: at,
  }));
  await importFile(
    chat,
    'a.json',
    fileOf([{ id: 'long', title: 'Long', createdAt: 1, updatedAt: 2, messages }]),
  );
  await expect(filesOf(chat).getByRole('status')).toHaveText('1 chat was imported.');
  await filesOf(chat).getByRole('button', { name: 'Close' }).click();
  await chat.page.getByRole('button', { name: 'Search chats' }).click();
  await searchOf(chat).getByRole('combobox').fill('pomegranate');
  await searchOf(chat).getByRole('option').click();
  await expect(chat.page.locator('[data-id=m9]')).toBeInViewport();
  await chat.page.waitForTimeout(500);
  await expect(chat.page.locator('[data-id=m9]')).toBeInViewport();
});

test('a pinned chat stands above the others, after a reload too', async ({ chat }) => {
  await chat.open();
  await ask(chat, 'Hello', 'short');
  await rows(chat).filter({ hasText: 'Hello' }).hover();
  await chat.page.getByRole('button', { name: 'Pin Hello' }).click();
  await expect(chat.page.getByRole('list', { name: 'Pinned' })).toHaveText(/Hello/);
  await expect(rows(chat).first()).toContainText('Hello');
  await chat.page.reload();
  await expect(rows(chat).first()).toContainText('Hello');
  await rows(chat).first().hover();
  await chat.page.getByRole('button', { name: 'Unpin Hello' }).click();
  await expect(rows(chat).first()).toContainText('short');
  await expect(chat.page.getByRole('list', { name: 'Pinned' })).toHaveCount(0);
});

test('all chats go out as a file and come back from it as they were', async ({ chat, errors }) => {
  await chat.open();
  await ask(chat, 'Hello', 'short');
  await chat.page.getByRole('button', { name: 'Export, import' }).click();
  const json = await exported(chat, 'Export all chats as JSON');
  const markdown = await exported(chat, 'Export this chat as Markdown');
  expect(markdown).toMatch(
    /^# short\n\n\*.* UTC\*\n\n## You\n\nshort\n\n## Test fixture, on this device\n\n.*Yes\./,
  );
  expect(await seriousFindings(chat.page)).toEqual([]);
  await filesOf(chat).getByRole('button', { name: 'Close' }).click();
  for (const title of ['Hello', 'short']) {
    await rows(chat).filter({ hasText: title }).hover();
    await chat.page.getByRole('button', { name: `Delete ${title}` }).click();
  }
  await expect(rows(chat)).toHaveCount(0);
  await importFile(chat, 'smallfirst-chats.json', json);
  await expect(filesOf(chat).getByRole('status')).toHaveText('2 chats were imported.');
  await expect(rows(chat)).toHaveCount(2);
  expect(await exported(chat, 'Export all chats as JSON')).toBe(json);
  await filesOf(chat).getByRole('button', { name: 'Close' }).click();
  await rows(chat).filter({ hasText: 'Hello' }).getByRole('button', { name: 'Hello', exact: true }).click();
  await expect(chat.answers.last()).toContainText('test fixture');
  expect(errors).toEqual([]);
});

test('a ChatGPT export comes along from its zip, and is a chat like any other', async ({ chat }) => {
  const conversation = {
    title: 'Trip to Kyoto',
    create_time: 1_690_000_000,
    update_time: 1_690_000_100,
    current_node: 'a',
    conversation_id: 'c1',
    mapping: {
      r: { id: 'r', message: null, parent: null, children: ['q'] },
      q: { id: 'q', parent: 'r', children: ['a'], message: said('q', 'user', 'When do the leaves turn?') },
      a: { id: 'a', parent: 'q', children: [], message: said('a', 'assistant', 'In **November**.') },
    },
  };
  const zip = zipSync({
    'user.json': strToU8('{}'),
    'conversations.json': strToU8(JSON.stringify([conversation])),
  });
  await chat.open();
  await importFile(chat, 'export.zip', zip);
  await expect(filesOf(chat).getByRole('status')).toHaveText('1 chat was imported from ChatGPT.');
  await filesOf(chat).getByRole('button', { name: 'Close' }).click();
  await rows(chat).getByRole('button', { name: 'Trip to Kyoto', exact: true }).click();
  await expect(chat.questions).toHaveText('When do the leaves turn?');
  await expect(chat.answers.locator('strong')).toHaveText('November');
  await expect(await chat.askAndWait('short')).toContainText('Yes.');
});

for (const [what, content, code] of [
  ['a file that is no JSON', 'hello', 'import_format'],
  [
    'a file of a newer version',
    '{"format":"smallfirst-chats","version":9,"conversations":[]}',
    'import_newer',
  ],
  ['a zip without chats', zipSync({ 'a.txt': strToU8('a') }), 'import_format'],
] as const) {
  test(`${what} is refused in plain words, and changes nothing`, async ({ chat }) => {
    await chat.open();
    await ask(chat, 'Hello');
    await importFile(chat, 'a.json', content);
    await expect(filesOf(chat).getByRole('alert')).toHaveAttribute('data-code', code);
    await expect(filesOf(chat).getByRole('alert')).toContainText('Nothing was imported.');
    await expect(rows(chat)).toHaveCount(1);
  });
}

function said(id: string, role: string, text: string): object {
  return {
    id,
    author: { role },
    create_time: 1_690_000_000,
    content: { content_type: 'text', parts: [text] },
    recipient: 'all',
  };
}

function fileOf(conversations: readonly object[]): string {
  return JSON.stringify({ format: 'smallfirst-chats', version: 1, conversations });
}
