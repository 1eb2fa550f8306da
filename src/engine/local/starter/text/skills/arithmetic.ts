/** Sums of two numbers of up to three digits, worked out in a hidden scratch, and the many sums that are beyond the model. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import { type Dialogue, dialogueOf, type Exchange, type Skill } from '../dialogue';
import { isHeldOutSum } from '../held-out-sum';
import { type Fillings, writeTemplate } from '../template';
import { workAddition, workMultiplication, workSubtraction } from '../worked-sum';

type Operation = 'add' | 'subtract' | 'multiply';
type Operands = readonly [number, number];

const missShare = 0.26;
const followUpShare = 0.13;
const operations = {
  add: { sign: '+', symbols: ['+'], work: workAddition, draw: drawAddition },
  subtract: {
    sign: '-',
    symbols: ['-', '-', '-', '-', '-', '−', '–'],
    work: workSubtraction,
    draw: drawSubtraction,
  },
  multiply: {
    sign: '×',
    symbols: ['*', '*', 'x', 'x', '×', '×', '·'],
    work: workMultiplication,
    draw: drawMultiplication,
  },
} as const;
const numberWords =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty'.split(
    ' ',
  );
const wrappers = readLines('arithmetic-wrappers.txt');
const frames = readLines('arithmetic-frames.txt');
const followUps = readLines('arithmetic-follow-ups.txt');
const stories = readLines('arithmetic-out-stories.txt');
const names =
  'anna ben carla david emma finn grace hugo ida jack kate leo mia noah olga paul rosa sam tina tom'.split(
    ' ',
  );
const objects =
  'apples books marbles coins cookies pencils eggs stickers oranges cards balls sweets flowers toys cakes shells'.split(
    ' ',
  );
const fractions = [
  '1/2',
  '1/3',
  '1/4',
  '2/3',
  '3/4',
  '3/5',
  '5/6',
  '7/8',
  'one half',
  'a third',
  'two thirds',
  'a quarter',
];
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

export const add = createSkill('add', 9);
export const subtract = createSkill('subtract', 9);
export const multiply = createSkill('multiply', 7);

/** Puts a question, itself a template, into one of the contexts that people give, in about a third of all cases. */
export function writeAsked(question: string, chance: Chance, fillings: Fillings): string {
  const wrapped = chance.is(0.33) ? chance.pick(wrappers).replace('{q}', () => question) : question;
  return writeTemplate(wrapped, chance, fillings);
}

/** In words up to twenty where asked to, else in digits. */
export function writeNumber(value: number, isWord: boolean): string {
  return (isWord ? numberWords[value] : undefined) ?? String(value);
}

function createSkill(name: Operation, weight: number): Skill {
  const phrases = readLines(`arithmetic-${name}-phrases.txt`);
  const questions = readLines(`arithmetic-${name}-questions.txt`);
  const continuations = readLines(`arithmetic-${name}-follow-ups.txt`);
  const misses = readLines(`arithmetic-out-${name}.txt`);
  const { symbols, draw } = operations[name];

  const writeMiss = (chance: Chance): Dialogue => {
    const template = chance.pick(chance.is(name === 'multiply' ? 0.06 : 0.15) ? stories : misses);
    const user = writeAsked(template, chance, writeMissFillings(chance));
    if (chance.is(0.12)) return { exchanges: [writeFirst(chance).exchange, handOver(user)] };
    return dialogueOf(handOver(user));
  };
  const writeSymbols = ([first, second]: Operands, chance: Chance): string => {
    const gap = chance.is(0.6) ? ' ' : '';
    return `${first}${gap}${chance.pick(symbols)}${gap}${second}`;
  };
  const writeFirst = (chance: Chance): { exchange: Exchange; result: number } => {
    const isSymbolic = chance.is(0.42);
    const isPhrase = chance.is(0.45);
    const template = isSymbolic
      ? chance.pick(frames).replace('{x}', '{sum}')
      : isPhrase
        ? chance.pick(frames).replace('{x}', chance.pick(phrases))
        : chance.pick(questions);
    const drawn = draw(chance);
    const operands: Operands = template.includes('{high}') ? [Math.max(...drawn), Math.min(...drawn)] : drawn;
    const [a = '', b = ''] = writeOperands(operands, chance);
    const user = writeAsked(template, chance, { a, b, high: a, low: b, sum: writeSymbols(operands, chance) });
    return answerSum(name, operands, user);
  };
  const writeFollowUp = (before: Exchange, result: number, chance: Chance): Dialogue => {
    if (chance.is(0.5)) {
      const operands = draw(chance);
      const template = chance
        .pick(followUps)
        .replace('{x}', chance.pick(['{sum}', '{sum}', '{a} and {b}', chance.pick(phrases)]));
      if (template.includes('{high}')) return dialogueOf(before);
      const [a = '', b = ''] = writeOperands(operands, chance);
      const user = writeTemplate(template, chance, { a, b, sum: writeSymbols(operands, chance) });
      return { exchanges: [before, answerSum(name, operands, user).exchange] };
    }
    const other = name === 'multiply' ? chance.int(0, 10) : chance.int(1, chance.is(0.5) ? 30 : 300);
    const user = writeTemplate(chance.pick(continuations), chance, { b: writeNumber(other, chance.is(0.2)) });
    if (result < 0 || result > 999) return { exchanges: [before, handOver(user)] };
    if (isHeldOutSum(name, result, other)) return dialogueOf(before);
    return { exchanges: [before, answerSum(name, [result, other], user).exchange] };
  };
  return {
    name,
    weight,
    write: (chance) => {
      if (chance.is(missShare)) return writeMiss(chance);
      const { exchange, result } = writeFirst(chance);
      return chance.is(followUpShare) ? writeFollowUp(exchange, result, chance) : dialogueOf(exchange);
    },
  };
}

function answerSum(
  name: Operation,
  [first, second]: Operands,
  user: string,
): { exchange: Exchange; result: number } {
  const { sign, work } = operations[name];
  const { scratch, result } = work(first, second);
  return { exchange: { user, scratch, answer: `${first} ${sign} ${second} = ${result}.` }, result };
}

function handOver(user: string): Exchange {
  return { user, answer: '', isHandOver: true };
}

/** Words are rarer than digits, and mostly both numbers are words or neither is. */
function writeOperands(operands: Operands, chance: Chance): string[] {
  const isWord = chance.is(0.35);
  return operands.map((value) => writeNumber(value, chance.is(0.1) ? !isWord : isWord));
}

function drawAddition(chance: Chance): Operands {
  return drawTrained('add', () => drawPair(chance));
}

/** The smaller number comes first in about a quarter of all cases; equal and nearly equal numbers are drawn on purpose. */
function drawSubtraction(chance: Chance): Operands {
  return drawTrained('subtract', () => {
    const [first, second] = drawPair(chance);
    if (chance.is(0.08)) return [first, Math.max(0, Math.min(999, first + chance.int(-9, 3)))];
    return chance.is(0.74) ? [Math.max(first, second), Math.min(first, second)] : [first, second];
  });
}

function drawMultiplication(chance: Chance): Operands {
  return drawTrained('multiply', () => {
    const kind = chance.random();
    const digit = chance.is(0.06) ? chance.int(0, 1) : chance.int(2, 9);
    const number = drawByLength(kind < 0.42 ? 3 : kind < 0.76 ? 2 : 1, chance);
    const factor = kind > 0.9 && chance.is(0.8) ? chance.pick([10, 100]) : digit;
    const other = factor >= 10 ? chance.int(0, chance.is(0.6) ? 99 : 999) : number;
    return chance.is(0.66) ? [other, factor] : [factor, other];
  });
}

function drawPair(chance: Chance): Operands {
  const kind = chance.random();
  if (kind < 0.45) return [drawByLength(3, chance), drawByLength(3, chance)];
  if (kind < 0.8) return [drawByLength(2, chance), drawByLength(2, chance)];
  if (kind < 0.86) return [chance.int(0, 9), chance.int(0, 9)];
  if (kind < 0.89) return [chance.int(0, 20), chance.int(0, 20)];
  const lengths = chance.pick([
    [1, 2],
    [2, 1],
    [1, 3],
    [3, 1],
    [2, 3],
    [3, 2],
    [2, 3],
    [3, 2],
  ] as const);
  return [drawByLength(lengths[0], chance), drawByLength(lengths[1], chance)];
}

/** Zeros and nines are drawn a little more often than by chance, since carries and borrows run through them. */
function drawByLength(length: 1 | 2 | 3, chance: Chance): number {
  if (length === 1) return chance.int(0, 9);
  const number = chance.int(10 ** (length - 1), 10 ** length - 1);
  if (chance.is(0.12)) return number - (number % 10);
  if (length === 3 && chance.is(0.08)) return number - (Math.floor(number / 10) % 10) * 10;
  if (length === 3 && chance.is(0.05))
    return number - (number % 100) + chance.pick([0, 90 + chance.int(0, 9)]);
  return number;
}

function drawTrained(name: Operation, draw: () => Operands): Operands {
  let operands = draw();
  while (isHeldOutSum(name, ...operands)) operands = draw();
  return operands;
}

function writeMissFillings(chance: Chance): Fillings {
  const size = chance.pick([99, 99, 999]);
  const number = (): string => String(chance.int(11, size));
  const twoDigits = (): string => String(chance.pick([chance.int(11, 99), 12, 15, 20, 25, 30, 50]));
  const large = (): string => {
    const value = chance.int(1000, 10 ** chance.pick([4, 4, 4, 5, 6, 7]) - 1);
    return chance.is(0.2)
      ? value.toLocaleString('en-US')
      : String(chance.is(0.2) ? value - (value % 1000) : value);
  };
  const decimal = (): string =>
    `${chance.int(0, chance.pick([9, 99]))}.${chance.int(1, chance.pick([9, 99]))}`;
  const tenWords = (): string =>
    `${chance.pick(tens)}${chance.pick([' ', '-'])}${numberWords[chance.int(1, 9)]}`;
  return {
    a: number(),
    b: number(),
    c: number(),
    p: large(),
    q: large(),
    d: decimal(),
    e: decimal(),
    f: chance.pick(fractions),
    g: chance.pick(fractions),
    t: twoDigits(),
    u: twoDigits(),
    h: String(chance.int(101, 999)),
    h2: String(chance.int(101, 999)),
    e1: String(chance.int(2, 9)),
    e2: String(chance.int(2, 9)),
    e3: String(chance.int(2, 9)),
    s: writeNumber(chance.int(2, 12), chance.is(0.4)),
    r: writeNumber(chance.int(2, 12), chance.is(0.4)),
    w: tenWords(),
    v: tenWords(),
    year: String(chance.int(1920, 2030)),
    year2: String(chance.int(1500, 2030)),
    n: chance.pick(names),
    m: chance.pick(names),
    o: chance.pick(objects),
  };
}
