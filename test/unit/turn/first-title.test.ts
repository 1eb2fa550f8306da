/** Facts about a conversation's first title. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { titleOf } from '../../../src/turn/first-title';

test('is the question on one line, cut after a word', () => {
  expect(titleOf('  Why is\n the sky\tblue? ')).toBe('Why is the sky blue?');
  expect(titleOf('one two three '.repeat(10))).toBe(
    'one two three one two three one two three one two three one…',
  );
});

test.each([
  ['Hi, can you please explain how tides work?', 'Explain how tides work?'],
  ['Hello there! I want you to write a poem', 'Write a poem'],
  ['Hello', 'Hello'],
  ['please', 'please'],
  ['short', 'short'],
  ['Can you?', 'Can you?'],
  ['What is this? https://www.example.org/a/b?c=d', 'What is this? example.org'],
  ['# Plan\n\n- one\n- two', 'Plan one two'],
  ['What does this do?\n```js\nlet a = 1;\n```', 'What does this do?'],
  ['```\nlet a = 1;\n```', '``` let a = 1; ```'],
  ['Why does bread rise? I ask because mine never does, whatever I do to it.', 'Why does bread rise?'],
  [
    'No. That is not what I meant when I asked about the weather in the mountains.',
    'No. That is not what I meant when I asked about the weather…',
  ],
  ['Kannst du mir bitte das Wetter erklären?', 'Kannst du mir bitte das Wetter erklären?'],
])('of %j is %j', (question, title) => {
  expect(titleOf(question)).toBe(title);
});

test('of a word without end is its beginning', () => {
  expect(titleOf('x'.repeat(200))).toBe(`${'x'.repeat(30)}…`);
});

test('is never longer than 61 characters, nor on two lines, nor cut within a character, nor empty without need', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (question) => {
      const title = titleOf(question);
      expect(title.length).toBeLessThanOrEqual(61);
      expect(title).not.toMatch(/[\r\n]/);
      expect(title.isWellFormed()).toBe(true);
      if (/\p{L}/u.test(question)) expect(title).not.toBe('');
    }),
  );
});
