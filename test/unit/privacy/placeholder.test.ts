/** Facts about placeholders: what stands for what, and that the originals come back however an answer is cut. */
import { array, assert, constantFrom, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import type { Redaction } from '../../../src/kernel/departure';
import { createRestorer, hide, hideIn } from '../../../src/privacy/placeholder';

const MAIL: Redaction = { kind: 'email', text: 'anna@example.com', placeholder: '[EMAIL_1]' };
const NAME: Redaction = { kind: 'name', text: 'Mark', placeholder: '[NAME_1]' };
const OTHER: Redaction = { kind: 'name', text: 'Mark Twain', placeholder: '[NAME_12]' };
const ALL = [MAIL, NAME, OTHER];

function restore(pieces: readonly string[], redactions: readonly Redaction[] = ALL): string {
  const restorer = createRestorer(redactions);
  return pieces.map((piece) => restorer.push(piece)).join('') + restorer.end();
}

test('the longest goes first, and a name only as a whole word', () => {
  expect(hide('Mark Twain, Mark and Markdown: anna@example.com', ALL)).toBe(
    '[NAME_12], [NAME_1] and Markdown: [EMAIL_1]',
  );
});

test('signs that mean something in a pattern are only themselves', () => {
  const odd: Redaction = { kind: 'secret', text: 'a.b+c(d)[e]$^|\\/{2}-*?', placeholder: '[SECRET_1]' };
  expect(hide(`x ${odd.text} y aXb+c`, [odd])).toBe('x [SECRET_1] y aXb+c');
});

test('the model is told of placeholders where there are any, and only there', () => {
  const question = { role: 'user', content: 'Write to anna@example.com' } as const;
  expect(hideIn([question], [MAIL])).toHaveLength(2);
  expect(hideIn([{ role: 'system', content: 'Be brief.' }, question], [MAIL])[0]?.content).toMatch(
    /^Be brief\. .*\[EMAIL_1\]/,
  );
  expect(hideIn([question], [NAME])).toEqual([question]);
});

test.for([
  ['[EMAIL_1]', 'anna@example.com'],
  ['[EMAIL\\_1]', 'anna@example.com'],
  ['\\[EMAIL_1\\]', 'anna@example.com'],
  ['[EMAIL_1](mailto:%5BEMAIL_1%5D)', 'anna@example.com(mailto:anna@example.com)'],
  ['Dear NAME_1,', 'Dear Mark,'],
  ['[NAME_12] [NAME_1] NAME_12 NAME_1', 'Mark Twain Mark Mark Twain Mark'],
  ['NAME_123 [NAME_2] [EMAIL', 'NAME_123 [NAME_2] [EMAIL'],
] as const)('%s comes back as %s', ([answer, text]) => {
  expect(restore([answer])).toBe(text);
});

test('an answer reads the same however it is cut', () => {
  const word = constantFrom(
    '[EMAIL_1]',
    '[NAME_1]',
    '[NAME_12]',
    'NAME_1',
    '[',
    ']',
    'a',
    ' ',
    '_1',
    '[NA',
    '\\',
  );
  assert(
    property(array(word, { maxLength: 20 }), array(nat(6), { maxLength: 60 }), (words, lengths) => {
      const answer = words.join('');
      const pieces: string[] = [];
      let at = 0;
      for (const length of lengths) pieces.push(answer.slice(at, (at += length)));
      pieces.push(answer.slice(at));
      expect(restore(pieces)).toBe(restore([answer]));
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('what cannot become a placeholder does not wait', () => {
  const restorer = createRestorer(ALL);
  expect(restorer.push('Hello there ')).toBe('Hello there ');
  expect(restorer.push('[')).toBe('');
  expect(restorer.push('x')).toBe('[x');
});

test('hidden and restored, any text is what it was', () => {
  const piece = constantFrom('Mark', 'Mark Twain', 'anna@example.com', ' ', ', ', 'and', '[', '](');
  assert(
    property(array(piece, { maxLength: 15 }), (pieces) => {
      const text = pieces.join('');
      expect(restore([hide(text, ALL)])).toBe(text);
    }),
    { seed: 8, numRuns: 300 },
  );
});
