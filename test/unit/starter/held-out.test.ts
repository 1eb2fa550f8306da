/** The held-out questions are unknown to the training text, and the text says what the skills claim. */
import { expect, test } from 'vitest';
import { createChance } from '../../../src/engine/local/starter/text/chance';
import { readLines } from '../../../src/engine/local/starter/text/data-file';
import { hashOf, isHeldOutQuestion } from '../../../src/engine/local/starter/text/held-out-question';
import { isHeldOutSum } from '../../../src/engine/local/starter/text/held-out-sum';
import { SKILLS } from '../../../src/engine/local/starter/text/skill-list';
import { writeLines } from '../../../src/engine/local/starter/text/training-text';
import { generateQuestions } from '../../starter/generated/generate';
import { normalised, readHeldOut } from '../../starter/held-out';

const ALL = [...readHeldOut(), ...readHeldOut('seen'), ...generateQuestions()].map(
  ({ question }) => question,
);
const COUNT = 60_000;
const lines = [...writeLines(createChance(1), COUNT)];

test('no held-out question occurs in the training text, case and spacing aside', () => {
  const trained = new Set(lines.flatMap(({ prompt }) => prompt.map(([, text]) => normalised(text))));
  expect(trained.size).toBeGreaterThan(COUNT / 2);
  expect(ALL.filter((question) => trained.has(normalised(question)))).toEqual([]);
});

test('the training text knows every held-out question by its hash, and no other', () => {
  const known = readLines('held-out-hashes.txt');
  expect(known.toSorted()).toEqual([...new Set(ALL.map(hashOf))].toSorted());
  expect(isHeldOutQuestion(`  ${ALL[0]?.toUpperCase()} `)).toBe(true);
  expect(isHeldOutQuestion('What is the tallest tower of them all?')).toBe(false);
});

test('the same seed writes the same text, another seed another', () => {
  const write = (seed: number) => JSON.stringify([...writeLines(createChance(seed), 200)]);
  expect(write(5)).toBe(write(5));
  expect(write(5)).not.toBe(write(6));
});

test('every skill is in the text, and each of them says no to some questions', () => {
  for (const { name } of SKILLS) {
    const own = lines.filter(({ skill }) => skill === name);
    expect(own.length, name).toBeGreaterThan(COUNT / 400);
    expect(own.some(({ handOver }) => handOver) || name === 'title', name).toBe(true);
  }
});

test('every answer says something, and no mark of the generators is left in it', () => {
  const texts = lines.flatMap(({ prompt, answer }) => [answer, ...prompt.map(([, text]) => text)]);
  expect(texts.filter((text) => text.trim() === '' || /[⟦⟧«»]|\[[^\]]*\|/.test(text)).slice(0, 5)).toEqual(
    [],
  );
});

test('the sums that are written are right, and none of them is one of the test’s', () => {
  const sums = lines.flatMap(({ answer }) => /^(\d+) ([-+×]) (\d+) = (-?\d+)\.$/.exec(answer) ?? []).length;
  expect(sums).toBeGreaterThan(COUNT / 20);
  for (const { answer } of lines) {
    const match = /^(\d+) ([-+×]) (\d+) = (-?\d+)\.$/.exec(answer);
    if (!match) continue;
    const [a, b, result] = [Number(match[1]), Number(match[3]), Number(match[4])];
    const sign = match[2];
    expect(result, answer).toBe(sign === '+' ? a + b : sign === '-' ? a - b : a * b);
    const kind = sign === '+' ? 'add' : sign === '-' ? 'subtract' : 'multiply';
    expect(Math.max(a, b) >= 10 && isHeldOutSum(kind, a, b), answer).toBe(false);
  }
});
