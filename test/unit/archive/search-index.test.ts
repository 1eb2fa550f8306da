/** Facts about the search: what is found, how it is shown, and how it keeps up with changes. */
import { expect, test } from 'vitest';
import { createSearchIndex } from '../../../src/archive/search-index';
import { wordsIn } from '../../../src/archive/search-words';
import type { SearchText } from '../../../src/kernel/archive';
import { archiveOf, conversationOf } from '../../fakes/archive-desk';

const kyoto = conversationOf(
  'kyoto',
  'Trip to Kyoto',
  'The maple leaves turn in late November, crème brûlée aside.',
);
const osaka = conversationOf('osaka', 'Osaka castle', 'Built by Toyotomi Hideyoshi in 1583.');
const tokyo = conversationOf('tokyo', '東京の天気は?', '今日は晴れです。');

const idsFor = async (query: string, chats = [kyoto, osaka, tokyo]) =>
  (await (await archiveOf(chats)).desk.search(query)).hits.map(({ id }) => id);
const shown = (pieces: readonly SearchText[]) =>
  pieces.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');

test.each([
  ['a word', 'maple', ['kyoto']],
  ['its beginning', 'map', ['kyoto']],
  ['another case, without accents', 'CREME brulee', ['kyoto']],
  ['a slip', 'hideyosi', ['osaka']],
  ['a number', '1583', ['osaka']],
  ['words of title and text', 'kyoto november', ['kyoto']],
  ['words without spaces', '天気', ['tokyo']],
  ['a word that is nowhere', 'zebra', []],
  ['one word of two', 'kyoto zebra', []],
  ['nothing', '', []],
  ['signs only', '?!', []],
])('%s', async (_what, query, ids) => {
  expect(await idsFor(query)).toEqual(ids);
});

test('a title counts for more than a text', async () => {
  const about = conversationOf('about', 'Leaves');
  expect(await idsFor('leaves', [kyoto, about])).toEqual(['about', 'kyoto']);
});

test('a hit shows the message and marks the words as they are written there', async () => {
  const { desk } = await archiveOf([kyoto]);
  const [hit] = (await desk.search('brulee kyoto')).hits;
  expect(shown(hit!.title)).toBe('Trip to [Kyoto]');
  expect(shown(hit!.excerpt)).toContain('crème [brûlée] aside.');
  expect(hit?.messageId).toBe('kyoto-1');
});

test('of a long message the part around the words is shown', async () => {
  const long = `${'before '.repeat(100)}needle ${'after '.repeat(100)}`;
  const { desk } = await archiveOf([conversationOf('a', 'Long', long)]);
  const text = shown((await desk.search('needle')).hits[0]!.excerpt);
  expect(text).toMatch(/^…before .*\[needle\] after .*…$/);
  expect(text.length).toBeLessThan(220);
});

test('what changed, came or went is found as it is now', async () => {
  const { desk, store, hear } = await archiveOf([kyoto, osaka]);
  await desk.search('');
  await store.save(kyoto, [{ ...kyoto.messages[0]!, id: 'new', text: 'Bamboo grove' }]);
  await store.remove('osaka');
  await store.restore(tokyo);
  for (const id of ['kyoto', 'osaka', 'tokyo']) hear(id);
  expect((await desk.search('bamboo')).hits.map(({ id }) => id)).toEqual(['kyoto']);
  expect((await desk.search('castle')).hits).toEqual([]);
  expect((await desk.search('天気')).hits.map(({ id }) => id)).toEqual(['tokyo']);
});

test('after an import everything in it is found, and a renamed chat by its name', async () => {
  const { desk, store, hear } = await archiveOf([osaka]);
  await desk.search('');
  await store.rename('osaka', 'Fortress');
  hear('*');
  expect((await desk.search('fortress')).hits.map(({ id }) => id)).toEqual(['osaka']);
  await desk.importChats(await (await archiveOf([kyoto])).desk.exportChats('json'));
  expect((await desk.search('maple')).hits.map(({ id }) => id)).toEqual(['kyoto']);
});

test('each call reads for its time only, the newest first, and says how far it is', async () => {
  const chats = Array.from({ length: 50 }, (_, at) => conversationOf(`c${at}`, `word${at}`));
  const { store } = await archiveOf(chats.map((chat, at) => ({ ...chat, updatedAt: at })));
  let time = 0;
  const index = createSearchIndex({ store, sliceMs: 0, now: () => time++ });
  const first = await index.search('word49');
  expect(first.hits.map(({ id }) => id)).toEqual(['c49']);
  expect([first.readCount, first.totalCount]).toEqual([20, 50]);
  expect((await index.search('word0')).hits).toEqual([]);
  const last = await index.search('word0');
  expect([last.readCount, last.totalCount]).toEqual([50, 50]);
  expect(last.hits.map(({ id }) => id)).toEqual(['c0']);
});

test('words know their places', () => {
  const text = 'Ein Café, 東京へ';
  expect(wordsIn(text).map(({ term, start, end }) => [term, text.slice(start, end)])).toEqual([
    ['ein', 'Ein'],
    ['cafe', 'Café'],
    ['東京', '東京'],
    ['京へ', '京へ'],
  ]);
});
