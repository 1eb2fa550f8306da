/** Facts about personal data: what is found in a text, and what is left alone. */
import { expect, test } from 'vitest';
import { findPersonal } from '../../../src/privacy/find-personal';
import { hide } from '../../../src/privacy/placeholder';
import { canaries } from '../../fixtures/personal/canaries';

const hidden = (text: string, regions: readonly string[] = ['US']) =>
  hide(text, findPersonal([text], regions).redactions);

test('of 200 canaries of each kind in the formats of six countries none is left', () => {
  const missed = canaries(200, 1).filter(({ text, sentence, country }) =>
    hidden(sentence, [country]).includes(text),
  );
  expect(missed).toEqual([]);
});

test('of 2,000 more, whatever country the reader is in, not a digit group of one in a hundred is left', () => {
  const missed = canaries(2_000, 2).filter(({ text, sentence }) => hidden(sentence, []).includes(text));
  expect(missed.map(({ sentence }) => sentence)).toEqual([]);
});

test.for([
  'What is 123456 times 789?',
  'On 2024-11-05 we sold 12,345,678 units for $1,234,567.89.',
  'It was from 1939-1945 and again 12.05.2024 at 10:30:15.',
  'Pi is 3.14159265358979 and e is 2.718281828.',
  'The numbers are 1 2 3 4 5 6 7 8 9 10.',
  'Version 1.10.200 of internationalization-and-localization-helpers is out.',
  'function getUserAccountInformationById(id) { return users[id]; }',
  'Is 9:30 to 17:00 good? The ratio is 16:9.',
  'Tell me about std::vector and a::b::c in C++.',
  'What does the token mean in this sentence?',
  'How do I reset my password?',
])('nothing is taken out of “%s”', (text) => {
  expect(hidden(text)).toBe(text);
});

test('the same piece has the same placeholder in every message, and another piece another one', () => {
  const { redactions } = findPersonal(['a@b.co and c@d.co', 'again a@b.co', '10.0.0.1'], []);
  expect(redactions.map(({ placeholder, text }) => [placeholder, text])).toEqual([
    ['[EMAIL_1]', 'a@b.co'],
    ['[EMAIL_2]', 'c@d.co'],
    ['[IP_1]', '10.0.0.1'],
  ]);
});

test('a text that speaks of [EMAIL_1] itself keeps that', () => {
  expect(hidden('What is [EMAIL_1]? Mine is a@b.co')).toBe('What is [EMAIL_1]? Mine is [EMAIL_2]');
});
