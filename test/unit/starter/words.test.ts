/** Facts about how the training text varies its words. */
import { expect, test } from 'vitest';
import { createChance } from '../../../src/engine/local/starter/text/chance';
import { readLines } from '../../../src/engine/local/starter/text/data-file';
import { titleSkill } from '../../../src/engine/local/starter/text/skills/title';
import { swapSynonyms } from '../../../src/engine/local/starter/text/synonym';
import { pickTemplate } from '../../../src/engine/local/starter/text/template';

const COUNT = 20_000;
const groups = readLines('noise-synonyms.txt').map((line) => line.split(';').map((word) => word.trim()));

test('a template is drawn as the square root of its alternatives, but twelve times as often at most', () => {
  const chance = createChance(1);
  const many = `[${'a|'.repeat(99)}a] [${'b|'.repeat(9)}b]`;
  const templates = ['plain', '[a|b|c|d]', many];
  const drawn = Array.from({ length: COUNT }, () => pickTemplate(templates, chance));
  const shareOf = (template: string) => drawn.filter((one) => one === template).length / COUNT;
  expect(shareOf('plain')).toBeCloseTo(1 / 15, 1);
  expect(shareOf('[a|b|c|d]')).toBeCloseTo(2 / 15, 1);
  expect(shareOf(many)).toBeCloseTo(12 / 15, 1);
});

test('a word becomes another of its group, and all else stays as it is', () => {
  const group = groups.find((words) => words.every((word) => /^[a-z]+$/.test(word))) ?? [];
  const [word = ''] = group;
  const chance = createChance(1);
  const swapped = Array.from({ length: 200 }, () => swapSynonyms(`Xyzzy, ${word}; 12 qwop!`, 1, chance));
  expect(new Set(swapped)).toEqual(new Set(group.map((one) => `Xyzzy, ${one}; 12 qwop!`)));
  expect(swapSynonyms(`Xyzzy, ${word}; 12 qwop!`, 0, chance)).toBe(`Xyzzy, ${word}; 12 qwop!`);
});

test('two words that have synonyms together are replaced together', () => {
  const group = groups.find((words) => words.some((word) => /^[a-z]+ [a-z]+$/.test(word))) ?? [];
  const pair = group.find((word) => word.includes(' ')) ?? '';
  const chance = createChance(1);
  const swapped = Array.from({ length: 200 }, () => swapSynonyms(`qwop ${pair} qwop`, 1, chance));
  expect(new Set(swapped)).toEqual(new Set(group.map((one) => `qwop ${one} qwop`)));
});

test('no word has two groups, and none of them would ask for another sum, unit or fact', () => {
  const words = groups.flat();
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
  const exact =
    /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|plus|minus|times|percent|metres?|kilos?|miles?|capital|symbol|plural|opposite|monday|january)\b/;
  expect(words.filter((word) => exact.test(word))).toEqual([]);
});

test('a title stands in its message word for word', () => {
  const chance = createChance(3);
  for (let count = 0; count < 3_000; count++) {
    const { task, exchanges } = titleSkill.write(chance);
    const { user, answer } = exchanges[0];
    if (task !== 'title' || answer === ' small talk') continue;
    expect(user.replace(/[⟦⟧]/g, '')).toContain(answer.trim());
  }
});
