/** Writes questions in phrasings, and with operands, that the training text does not have; seeded. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createChance, type Chance } from '../../../src/engine/local/starter/text/chance';
import { readTable } from '../../../src/engine/local/starter/text/data-file';
import { isHeldOutSum, type SumKind } from '../../../src/engine/local/starter/text/held-out-sum';

export interface GeneratedQuestion {
  readonly skill: string;
  readonly task?: 'title' | 'sentiment';
  readonly question: string;
  /** An answer is right if it contains one of these as words. */
  readonly right: readonly string[];
}

const PER_SKILL = 100;
const SIGNS = { add: ['+', 'plus'], subtract: ['-', 'minus'], multiply: ['x', 'times'] } as const;
const SUM_FRAMES = [
  'pls check for me what {s} comes to',
  'calculator please! {s}',
  'the kids ask what {s} makes',
  'my head is tired. {s} would be',
  'could it be that you know {s}',
  'ok brain: {s}',
  'i forgot my maths, {s} gives',
];
/** Relation, its table, and how it is asked about. `{y}`: the second column where the table has three. */
const FACTS: readonly (readonly [table: string, columns: number, frames: readonly string[]])[] = [
  [
    'place-capitals',
    2,
    [
      'pub quiz: the capital city of {x}?',
      'geography homework, {x}: capital?',
      'my aunt travels to {x}, what is its capital called',
    ],
  ],
  [
    'place-currencies',
    2,
    [
      'before i fly to {x}: which currency do i need',
      'what money will i need in {x}',
      'i am off to {x}, currency?',
    ],
  ],
  [
    'place-languages',
    2,
    ['which language will i hear in {x}', 'i am off to {x}, what language is spoken by the people there'],
  ],
  [
    'place-continents',
    2,
    ['on a world map, {x} is in which continent', 'my quiz asks for the continent of {x}'],
  ],
  [
    'element-symbols',
    2,
    ['chemistry test: the symbol of {x}?', 'two letters or one, what is the symbol for {x}'],
  ],
  [
    'element-numbers',
    2,
    ['chemistry test: the atomic number of {x}?', 'which atomic number was it that {x} has'],
  ],
  ['culture-writers', 2, ['for my book club: who wrote {x}', 'i forgot who the author of {x} was']],
  [
    'culture-painters',
    2,
    ['in the museum they asked: who painted {x}', 'i forgot who the painter of {x} was'],
  ],
  ['culture-composers', 2, ['music class: who composed {x}', 'i forgot who the composer of {x} was']],
  ['culture-inventors', 3, ['trivia night: who {y} {x}', 'do you happen to remember who {y} {x}']],
  ['nature-young', 2, ['my son asks what a baby {x} is called', 'farm quiz: the young of a {x}?']],
];
const CONVERSION_FRAMES = [
  'for my homework: {n} {a} in {b}',
  'the recipe says {n} {a}, how many {b} would that be',
  'is there a number for {n} {a} when written in {b}',
  'i need {n} {a} as {b}, please',
];

export function generateQuestions(seed = 1): GeneratedQuestion[] {
  const chance = createChance(seed);
  return [
    ...sums(chance, 'sums, 1 and 2 digits', ['add', 'subtract'], 2, 99),
    ...sums(chance, 'sums, 3 digits', ['add', 'subtract'], 100, 999),
    ...sums(chance, '× by one digit', ['multiply'], 11, 99),
    ...facts(chance),
    ...conversions(chance),
    ...readRows('app.txt').map(([question = '', right = '']) => ({
      skill: 'app',
      question,
      right: right.split('|'),
    })),
    ...readRows('titles.txt').map(titleOf),
    ...readRows('sentiment.txt').map(([right = '', question = '']) => ({
      skill: 'sentiment',
      task: 'sentiment' as const,
      question,
      right: [right],
    })),
  ];
}

function sums(
  chance: Chance,
  skill: string,
  kinds: readonly SumKind[],
  low: number,
  high: number,
): GeneratedQuestion[] {
  const questions: GeneratedQuestion[] = [];
  while (questions.length < PER_SKILL) {
    const kind = chance.pick(kinds) as keyof typeof SIGNS;
    const [a, b] = [chance.int(low, high), kind === 'multiply' ? chance.int(2, 9) : chance.int(low, high)];
    if (!isHeldOutSum(kind, a, b)) continue;
    const result = kind === 'add' ? a + b : kind === 'subtract' ? a - b : a * b;
    const sum = `${a} ${chance.pick(SIGNS[kind])} ${b}`;
    questions.push({ skill, question: chance.pick(SUM_FRAMES).replace('{s}', sum), right: [String(result)] });
  }
  return questions;
}

function facts(chance: Chance): GeneratedQuestion[] {
  return FACTS.flatMap(([table, columns, frames]) =>
    chance
      .shuffle(readTable(`${table}.txt`, columns))
      .slice(0, 20)
      .map((row) => {
        const [x = '', value = ''] = [row[0], row.at(-1)];
        const verb = columns === 3 ? (row[1] ?? '') : '';
        return {
          skill: 'facts',
          question: chance.pick(frames).replace('{x}', x).replace('{y}', verb),
          // A person by the last name, a currency or a city by all of its name.
          right: table.startsWith('culture') ? [value.split(' ').at(-1) ?? value] : [value],
        };
      }),
  );
}

function conversions(chance: Chance): GeneratedQuestion[] {
  const units = readTable('conversion-units.txt', 6);
  return Array.from({ length: PER_SKILL }, () => {
    const [, from = '', to = '', times = '', largest = ''] = chance.pick(units);
    const n = chance.int(2, Math.min(Number(largest), 60));
    const product = n * Number(times);
    const question = chance
      .pick(CONVERSION_FRAMES)
      .replace('{n}', String(n))
      .replace('{a}', chance.pick(from.split('|')))
      .replace('{b}', chance.pick(to.split('|')));
    return {
      skill: 'conversions',
      question,
      right: Number.isInteger(product)
        ? [String(product)]
        : [product.toFixed(1), String(Number(product.toFixed(1)))],
    };
  });
}

/** Right is a title that is a run of the marked words and keeps the one that matters. */
function titleOf([key = '', message = '']: string[]): GeneratedQuestion {
  const words = (/«(.*)»/.exec(message)?.[1] ?? '').split(' ');
  const right: string[] = [];
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      const run = words.slice(from, to).join(' ');
      if (run.includes(key)) right.push(run);
    }
  }
  return { skill: 'titles', task: 'title', question: message.replace(/[«»]/g, ''), right };
}

function readRows(name: string): string[][] {
  return readFileSync(join(import.meta.dirname, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(' = '));
}
