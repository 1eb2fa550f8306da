/** Facts about ChatGPT exports: the branch that was open is taken, in words only, from the zip too. */
import { strToU8, Zip, ZipDeflate, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { isFault } from '../../../src/kernel/fault';
import { readImport } from '../../../src/archive/read-import';
import type { ConversationRecord } from '../../../src/kernel/history';

/** A node of the tree; `text` undefined is one without a message, as each root is. */
function node(
  id: string,
  parent: string | null,
  role = 'user',
  text?: string,
  more: object = {},
): [string, object] {
  const message = text !== undefined && {
    id,
    author: { role, name: null, metadata: {} },
    create_time: 1_690_000_000.5 + id.length,
    update_time: null,
    content: { content_type: 'text', parts: [text] },
    status: 'finished_successfully',
    end_turn: true,
    weight: 1,
    metadata: role === 'assistant' ? { model_slug: 'gpt-4o' } : {},
    recipient: 'all',
    ...more,
  };
  return [id, { id, message: message || null, parent, children: [] }];
}

function exported(nodes: readonly [string, object][], more: object = {}): object {
  return {
    title: 'Trip to Kyoto',
    create_time: 1_690_000_000.25,
    update_time: 1_690_000_100,
    mapping: Object.fromEntries(nodes),
    moderation_results: [],
    current_node: nodes.at(-1)?.[0],
    conversation_id: 'c1',
    id: 'c1',
    ...more,
  };
}

const read = async (data: unknown): Promise<readonly ConversationRecord[]> =>
  (await readImport(new Blob([JSON.stringify(data)]))).conversations;
const textsOf = ({ messages }: ConversationRecord) => messages.map(({ role, text }) => `${role}: ${text}`);

test('the branch that was open is taken from root to end, others are left', async () => {
  const nodes = [
    node('root', null),
    node('q', 'root', 'user', 'Where to go?'),
    node('a1', 'q', 'assistant', 'To Osaka.'),
    node('a2', 'q', 'assistant', 'To Kyoto.'),
    node('q2', 'a2', 'user', 'When?'),
  ];
  const [chat] = await read([exported(nodes)]);
  expect(textsOf(chat!)).toEqual(['user: Where to go?', 'assistant: To Kyoto.', 'user: When?']);
  expect(chat).toMatchObject({
    id: 'chatgpt-c1',
    title: 'Trip to Kyoto',
    createdAt: 1_690_000_000_250,
    updatedAt: 1_690_000_100_000,
  });
  expect(chat?.messages[1]?.answer).toEqual({ place: 'cloud', engineId: '', modelName: 'ChatGPT, gpt-4o' });
});

test('where the open end is not told, the newest message is it', async () => {
  const nodes = [
    node('r', null),
    node('q', 'r', 'user', 'One?'),
    node('longer', 'q', 'assistant', 'New.'),
    node('b', 'q', 'assistant', 'Old.'),
  ];
  const [chat] = await read([exported(nodes, { current_node: null })]);
  expect(textsOf(chat!)).toEqual(['user: One?', 'assistant: New.']);
});

test('what was said to tools, thought, or hidden is left out, and what an answer said around it is one answer', async () => {
  const nodes = [
    node('r', null),
    node('s', 'r', 'system', 'You are ChatGPT.'),
    node('h', 's', 'user', 'About me', { metadata: { is_visually_hidden_from_conversation: true } }),
    node('q', 'h', 'user', 'Weather?'),
    node('th', 'q', 'assistant', 'x', { content: { content_type: 'thoughts', thoughts: [] } }),
    node('a1', 'th', 'assistant', 'Let me look.'),
    node('t1', 'a1', 'assistant', 'search()', { recipient: 'browser' }),
    node('t2', 't1', 'tool', 'sunny'),
    node('a2', 't2', 'assistant', 'It is sunny.'),
  ];
  const [chat] = await read([exported(nodes)]);
  expect(textsOf(chat!)).toEqual(['user: Weather?', 'assistant: Let me look.\n\nIt is sunny.']);
});

test('of pictures and speech the words are kept', async () => {
  const content = {
    content_type: 'multimodal_text',
    parts: [
      { content_type: 'image_asset_pointer', asset_pointer: 'file-service://x' },
      { content_type: 'audio_transcription', text: 'What is this?' },
      'In short.',
    ],
  };
  const [chat] = await read([exported([node('r', null), node('q', 'r', 'user', '', { content })])]);
  expect(textsOf(chat!)).toEqual([
    'user: *(an image, which the import leaves out)*\n\nWhat is this?\n\nIn short.',
  ]);
});

test('a tree that goes round in a circle, or leads nowhere, ends', async () => {
  const round = [node('a', 'b', 'user', 'One'), node('b', 'a', 'assistant', 'Two')];
  expect(textsOf((await read([exported(round)]))[0]!)).toEqual(['user: One', 'assistant: Two']);
  const nowhere = [node('q', 'gone', 'user', 'One')];
  expect(textsOf((await read([exported(nowhere, { current_node: '__proto__' })]))[0]!)).toEqual([
    'user: One',
  ]);
});

test('a chat without a word is left out, and a title is one line', async () => {
  expect(await read([exported([node('r', null)])])).toEqual([]);
  const [chat] = await read([exported([node('q', null, 'user', 'One')], { title: 'A\n\u202eB\u0000 ' })]);
  expect(chat?.title).toBe('A B');
});

const data = [exported([node('q', null, 'user', 'Grüße, 世界')])];

test('the zip is read as it comes, whatever else is in it', async () => {
  const zip = zipSync({
    'user.json': strToU8('{}'),
    'chat.html': strToU8('<p>'.repeat(50_000)),
    'conversations.json': strToU8(JSON.stringify(data)),
    'file-x.png': [new Uint8Array(300_000), { level: 0 }],
  });
  const { source, conversations } = await readImport(new Blob([zip]));
  expect(source).toBe('chatgpt');
  expect(textsOf(conversations[0]!)).toEqual(['user: Grüße, 世界']);
});

test('a zip that was written without knowing its sizes ahead, split into numbered files, is read', async () => {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(new Uint8Array(part));
  });
  for (const [at, title] of ['One', 'Two'].entries()) {
    const file = new ZipDeflate(`export/conversations-00${at}.json`);
    zip.add(file);
    file.push(
      strToU8(
        JSON.stringify([exported([node('q', null, 'user', title)], { id: title, conversation_id: title })]),
      ),
      true,
    );
  }
  zip.end();
  const { conversations } = await readImport(new Blob(parts));
  expect(conversations.map(({ id }) => id)).toEqual(['chatgpt-One', 'chatgpt-Two']);
});

const zipped = zipSync({ 'conversations.json': strToU8(JSON.stringify(data)) });
test.each([
  ['a zip of something else', zipSync({ 'a.txt': strToU8('a') }), 'import_format'],
  ['a zip that breaks off', zipped.slice(0, 120), 'import_format'],
  ['a zip with damaged bytes', spoilt(zipped), 'import_format'],
  ['a tree of another shape', strToU8('[{"mapping":{"a":{"message":{"author":"me"}}}}]'), 'import_format'],
])('%s is refused by name', async (_what, bytes, code) => {
  expect(await codeOf(readImport(new Blob([new Uint8Array(bytes)])))).toBe(code);
});

test('what is larger than may be is refused, and in a zip as soon as that is seen', async () => {
  expect(await codeOf(readImport(new Blob(['[]'.padEnd(2_000)]), 1_000))).toBe('import_too_large');
  const bomb = zipSync({ 'conversations.json': new Uint8Array(5_000_000) });
  expect(bomb.length).toBeLessThan(10_000);
  expect(await codeOf(readImport(new Blob([new Uint8Array(bomb)]), 100_000))).toBe('import_too_large');
});

function spoilt(zip: Uint8Array): Uint8Array {
  const bytes = zip.slice();
  bytes.fill(0xff, 60, 90);
  return bytes;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a fault: ${String(error)}`;
  }
  return 'no error';
}
