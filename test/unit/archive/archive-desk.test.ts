/** Facts about exports and imports: nothing is lost, nothing is doubled, nothing is imported by halves. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isFault, Fault } from '../../../src/kernel/fault';
import { archiveOf, conversationOf, conversations } from '../../fakes/archive-desk';

const NONE = { added: 0, known: 0, updated: 0, copied: 0 };

test('what was exported and imported elsewhere is exported there byte for byte', async () => {
  await fc.assert(
    fc.asyncProperty(conversations, async (records) => {
      const exported = await (await archiveOf(records)).desk.exportChats('json');
      const other = await archiveOf();
      await other.desk.importChats(exported);
      expect(await (await other.desk.exportChats('json')).text()).toBe(await exported.text());
    }),
    { numRuns: 100 },
  );
});

test('one chat alone can be exported', async () => {
  const { desk } = await archiveOf([conversationOf('a', 'One'), conversationOf('b', 'Two')]);
  const data = JSON.parse(await (await desk.exportChats('json', 'b')).text());
  expect(data.conversations.map(({ id }: { id: string }) => id)).toEqual(['b']);
});

test('a Markdown export says who said what, where and when', async () => {
  const chat = conversationOf('a', 'What is\nnew?', 'Nothing.', 'And now?');
  const answer = { place: 'local', engineId: 'wllama:x', modelName: 'Starter model' } as const;
  const messages = [chat.messages[0]!, { ...chat.messages[1]!, answer }, chat.messages[2]!];
  const { desk } = await archiveOf([{ ...chat, messages }]);
  expect(await (await desk.exportChats('markdown')).text()).toBe(
    '# What is new?\n\n*2023-11-14 22:13 UTC*\n\n## You\n\nWhat is\nnew?\n\n' +
      '## Starter model, on this device\n\nNothing.\n\n## You\n\nAnd now?\n',
  );
});

describe('an import', () => {
  test('counts what it did, and tells the other tabs', async () => {
    const { desk, said } = await archiveOf();
    const file = await (
      await archiveOf([conversationOf('a', 'One'), conversationOf('b', 'Two')])
    ).desk.exportChats('json');
    expect(await desk.importChats(file)).toEqual({ ...NONE, source: 'smallfirst', added: 2 });
    expect(said).toEqual(['*']);
    expect(await desk.importChats(file)).toEqual({ ...NONE, source: 'smallfirst', known: 2 });
  });

  test('completes a chat that has fewer messages here, and keeps its title and its pin', async () => {
    const file = await (
      await archiveOf([conversationOf('a', 'One', 'Two', 'Three')])
    ).desk.exportChats('json');
    const here = { ...conversationOf('a', 'One'), title: 'Mine', isPinned: true } as const;
    const { desk, store } = await archiveOf([here]);
    expect(await desk.importChats(file)).toMatchObject({ ...NONE, updated: 1 });
    expect(await store.get('a')).toMatchObject({ title: 'Mine', isPinned: true, messages: { length: 3 } });
  });

  test('leaves a chat alone that went on here', async () => {
    const file = await (await archiveOf([conversationOf('a', 'One')])).desk.exportChats('json');
    const { desk, store } = await archiveOf([conversationOf('a', 'One', 'Two')]);
    expect(await desk.importChats(file)).toMatchObject({ ...NONE, known: 1 });
    expect((await store.get('a'))?.messages).toHaveLength(2);
  });

  test('puts a chat that went on in two ways beside the one here, once', async () => {
    const file = await (await archiveOf([conversationOf('a', 'One', 'There')])).desk.exportChats('json');
    const { desk, store } = await archiveOf([conversationOf('a', 'One', 'Here')]);
    expect(await desk.importChats(file)).toMatchObject({ ...NONE, copied: 1 });
    expect(await desk.importChats(file)).toMatchObject({ ...NONE, known: 1 });
    const texts = await Promise.all(
      (await store.list()).map(async ({ id }) => (await store.get(id))?.messages[1]?.text),
    );
    expect(new Set(texts)).toEqual(new Set(['Here', 'There']));
  });

  test('of a file that has one id twice loses neither', async () => {
    const file = chatFile([
      conversationOf('a', 'One'),
      conversationOf('a', 'Other'),
      conversationOf('a', 'One'),
    ]);
    const { desk, store } = await archiveOf();
    expect(await desk.importChats(file)).toMatchObject({ ...NONE, added: 1, copied: 1, known: 1 });
    expect(await store.list()).toHaveLength(2);
  });

  test('that does not fit changes nothing, and says so', async () => {
    const { desk, store, said } = await archiveOf([], () => ({
      changeMany: async (_ids, by) => {
        by(new Map());
        throw new Fault('quota');
      },
    }));
    expect(await codeOf(desk.importChats(chatFile([conversationOf('a', 'One')])))).toBe('import_quota');
    expect(await store.list()).toEqual([]);
    expect(said).toEqual([]);
  });

  test('takes a title as text, whatever it holds', async () => {
    const title = '<img src=x onerror=alert(1)>\u202e"\u0000';
    const { desk, store } = await archiveOf();
    await desk.importChats(chatFile([{ ...conversationOf('a', 'One'), title }]));
    expect((await store.list())[0]?.title).toBe(title);
  });

  const good = conversationOf('a', 'One');
  test.each([
    ['no JSON', 'chats', 'import_format'],
    ['nothing', '', 'import_format'],
    ['another JSON', '{"a":1}', 'import_format'],
    ['a list of something else', '[1]', 'import_format'],
    ['null', 'null', 'import_format'],
    ['a newer version', '{"format":"smallfirst-chats","version":2,"conversations":[]}', 'import_newer'],
    ['no version', '{"format":"smallfirst-chats","conversations":[]}', 'import_format'],
    ['no conversations', '{"format":"smallfirst-chats","version":1}', 'import_format'],
    ['a conversation of another shape', fileText([good, { id: 'b' }]), 'import_format'],
    [
      'a message without a text',
      fileText([good, { ...good, id: 'b', messages: [{ id: '1', role: 'user' }] }]),
      'import_format',
    ],
    ['an unknown role', fileText([good, withMessage({ role: 'system' })]), 'import_format'],
    ['a date that is none', fileText([good, withMessage({ createdAt: 'now' })]), 'import_format'],
    ['an unknown fault', fileText([good, withMessage({ fault: { code: 'x' } })]), 'import_format'],
    [
      'evidence of another shape',
      fileText([
        good,
        withMessage({ answer: { place: 'local', engineId: '', modelName: '', routing: { evidence: {} } } }),
      ]),
      'import_format',
    ],
    [
      'two messages with one id',
      fileText([good, { ...good, id: 'b', messages: [good.messages[0], good.messages[0]] }]),
      'import_format',
    ],
  ])('of %s is refused by name, and imports nothing', async (_what, content, code) => {
    const { desk, store, said } = await archiveOf();
    expect(await codeOf(desk.importChats(new Blob([content])))).toBe(code);
    expect(await store.list()).toEqual([]);
    expect(said).toEqual([]);
  });

  test('says where in the file it is wrong', async () => {
    const { desk } = await archiveOf();
    const wrong = desk.importChats(new Blob([fileText([good, withMessage({ text: 5 })])]));
    await expect(wrong).rejects.toMatchObject({
      detail: expect.stringContaining('conversations.1.messages.0.text'),
    });
  });

  function withMessage(changes: object): object {
    return { ...good, id: 'b', messages: [{ ...good.messages[0], ...changes }] };
  }
});

function fileText(records: readonly object[]): string {
  return JSON.stringify({ format: 'smallfirst-chats', version: 1, conversations: records });
}

function chatFile(records: readonly object[]): Blob {
  return new Blob([fileText(records)]);
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a fault: ${String(error)}`;
  }
  return 'no error';
}
