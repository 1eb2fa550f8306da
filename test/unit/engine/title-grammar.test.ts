/** What a title may be made of. */
import { expect, test } from 'vitest';
import { titleGrammarOf } from '../../../src/engine/local/wllama/title-grammar';

/** This much of GBNF says the same as a regular expression. */
function titlesOf(message: string): RegExp {
  const grammar = titleGrammarOf(message);
  const body = grammar
    .replace('root ::= ', '')
    .replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_all, quoted?: string) =>
      quoted === undefined ? '' : (JSON.parse(quoted) as string).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    );
  return new RegExp(`^${body}$`);
}

const message = 'Hi! My kangaroo fence keeps falling over, and "Skippy" is gone in the C++ code :(';

test.each([
  ['kangaroo fence'],
  [' kangaroo fence'],
  ['<|answer|> kangaroo fence'],
  ['fence'],
  ['kangaroo fence keeps falling'],
  ['skippy'],
  ['gone in the c++'],
  ['small talk'],
])('%j may be one', (title) => {
  expect(title).toMatch(titlesOf(message));
});

test.each([
  ['fence kangaroo', 'another order'],
  ['kangaroo keeps', 'a word left out'],
  ['my kangaroo', 'begins with whose it is'],
  ['gone in the', 'ends in the middle'],
  ['over and skippy', 'two parts of the sentence'],
  ['kanga', 'half a word'],
  ['skippy is gone', 'a sentence'],
  ['wallaby', 'another word'],
  ['', 'nothing'],
])('%j may not: %s', (title) => {
  expect(title).not.toMatch(titlesOf(message));
});

test('at most six words', () => {
  const titles = titlesOf('one two three four five six seven');
  expect('one two three four five six').toMatch(titles);
  expect('one two three four five six seven').not.toMatch(titles);
});

test.each(['?!', '为什么', 'why is it'])('of %j nothing can be a title', (words) => {
  expect('small talk').toMatch(titlesOf(words));
  expect(words).not.toMatch(titlesOf(words));
});
