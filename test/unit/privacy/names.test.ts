/** Prints how many names are found in sentences that the search was not written for, and how much else is taken for one; promises nothing. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findNames } from '../../../src/privacy/names';

const lines = readFileSync('test/fixtures/personal/names.txt', 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'));

test('recall and precision of the candidates for names are printed', () => {
  let names = 0;
  let isFound = 0;
  let candidates = 0;
  let right = 0;
  const missed: string[] = [];
  const wrong: string[] = [];
  for (const line of lines) {
    const wanted = [...line.matchAll(/\{(.*?)\}/g)].map(([, name]) => name as string);
    const found = findNames(line.replace(/[{}]/g, ''));
    // Found is a name whose last word is in a candidate: a title or a first name may be left out of it.
    const covers = (candidate: string, name: string) =>
      candidate.includes(name.split(' ').at(-1) ?? name) || name === candidate;
    names += wanted.length;
    candidates += found.length;
    for (const name of wanted) {
      if (found.some((candidate) => covers(candidate, name))) isFound++;
      else missed.push(name);
    }
    for (const candidate of found) {
      if (wanted.some((name) => covers(candidate, name) || name.includes(candidate))) right++;
      else wrong.push(candidate);
    }
  }
  console.log(
    `names: recall ${isFound} of ${names}, precision ${right} of ${candidates}; missed: ${missed.join(', ')}; no names: ${wrong.join(', ')}`,
  );
  expect(names).toBe(42);
  expect(isFound).toBeGreaterThan(0);
});
