/** Facts about which turns go along with a question. */
import { expect, test } from 'vitest';
import type { Message } from '../../../src/kernel/message';
import { firstNeeded } from '../../../src/privacy/needed-turns';

const chat = (...texts: string[]): Message[] => [
  { role: 'system', content: 'Be brief.' },
  ...texts.map((content, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', content }) as const),
];

const BEFORE = ['How do I prune roses in winter?', 'Cut them back by a third.'];

test.for([
  'Write a sonnet on the moon over Lisbon',
  'Why did the western half of Rome fall?',
  'Schreibe ein Gedicht von der Nordsee im Herbst',
])('“%s” stands alone', (question) => {
  expect(firstNeeded(chat(...BEFORE, question))).toBe(3);
});

test.for([
  'And then?',
  'Why?',
  'Can you explain that in more depth for me?',
  'Which month is good for roses near the coast?',
  'Write a longer version of it for a newspaper',
  'それはなぜですか',
  'Und wie mache ich das bei Tomaten?',
])('“%s” needs what was said before', (question) => {
  expect(firstNeeded(chat(...BEFORE, question))).toBe(1);
});

test('it goes back only to where the matter begins', () => {
  const messages = chat(
    'What is my blood pressure tablet called?',
    'I do not know.',
    'How do I prune roses in winter?',
    'Cut them back by a third.',
    'And in spring?',
  );
  expect(firstNeeded(messages)).toBe(3);
});

test('a first question goes alone, with or without a system prompt', () => {
  expect(firstNeeded(chat('Why?'))).toBe(1);
  expect(firstNeeded([{ role: 'user', content: 'Why?' }])).toBe(0);
});
