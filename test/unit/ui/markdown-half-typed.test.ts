/** What an unfinished tail shows: no half markup, and nothing else changed. */
import { expect, test } from 'vitest';
import { withoutHalfTyped } from '../../../src/ui/markdown/half-typed';

test.each([
  ['open bold is closed', 'say **bo', 'say **bo**'],
  ['a bold mark with nothing after it waits', 'say **', 'say '],
  ['half of a closing pair is completed', 'say **bo*', 'say **bo**'],
  ['an open code span is closed', 'run `npm i', 'run `npm i`'],
  ['stars inside code are no marks', 'a `**` b', 'a `**` b'],
  ['half a link shows its text', 'see [the docs](https://a.te', 'see the docs'],
  ['half an image shows its words', 'see ![a cat](https://', 'see a cat'],
  ['a whole link stays', 'see [x](https://a.test)', 'see [x](https://a.test)'],
  ['brackets that are no link stay', 'in [0, 1', 'in [0, 1'],
  ['a dash under text is no heading yet', 'Intro:\n-', 'Intro:'],
  ['a number is no list item yet', '1. a\n2', '1. a'],
  ['a number in a sentence stays', 'the year 2026', 'the year 2026'],
  ['the head of a table waits for its dashes', 'Look:\n\n| a | b |\n|--', 'Look:\n\n'],
  ['a row of a table stays', '| a | b |\n|---|---|\n| 1 | 2', '| a | b |\n|---|---|\n| 1 | 2'],
  ['code in an open fence stays', '- x\n  ```js\n  a ** b', '- x\n  ```js\n  a ** b'],
  ['finished paragraphs are left alone', 'a ** b\n\nc', 'a ** b\n\nc'],
])('%s', (_fact, tail, shown) => {
  expect(withoutHalfTyped(tail)).toBe(shown);
});
