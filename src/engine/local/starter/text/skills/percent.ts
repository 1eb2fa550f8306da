/** Simple percentages of round numbers, worked out in a hidden scratch, and the many percentages that are beyond the model. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import { type Dialogue, dialogueOf, type Exchange, type Skill } from '../dialogue';
import { isHeldOutSum } from '../held-out-sum';
import type { Fillings } from '../template';
import { workPercentage } from '../worked-sum';
import { writeAsked, writeNumber } from './arithmetic';

const missShare = 0.3;
const followUpShare = 0.13;
/** Each percentage with what a number must be a multiple of, so that the result is whole. */
const steps: ReadonlyMap<number, number> = new Map([
  [1, 100],
  [5, 20],
  [10, 10],
  [20, 5],
  [25, 4],
  [50, 2],
  [75, 4],
  [100, 1],
]);
const percentages = [...steps.keys()];
const percentageWords: Readonly<Record<number, string>> = {
  1: 'one',
  5: 'five',
  10: 'ten',
  20: 'twenty',
  25: 'twenty-five',
  50: 'fifty',
  75: 'seventy-five',
  100: 'a hundred',
};
const oddPercentages = [
  2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 15, 17, 18, 19, 22, 30, 33, 35, 40, 45, 60, 66, 80, 90, 95,
];
const phrases = readLines('percent-phrases.txt');
const frames = readLines('arithmetic-frames.txt');
const questions = readLines('percent-questions.txt');
const followUps = readLines('percent-follow-ups.txt');
const misses = readLines('percent-out.txt');

export const percent: Skill = {
  name: 'percent',
  weight: 3,
  write: (chance) => {
    if (chance.is(missShare)) return writeMiss(chance);
    const [percentage, number] = drawTrained(chance);
    const first = answerPercentage(percentage, number, writeQuestion(percentage, number, chance));
    return chance.is(followUpShare) ? writeFollowUp(first, [percentage, number], chance) : dialogueOf(first);
  },
};

function writeMiss(chance: Chance): Dialogue {
  const user = chance.is(0.5) ? writeBrokenQuestion(chance) : writeOutside(chance);
  const miss: Exchange = { user, answer: '', isHandOver: true };
  if (!chance.is(0.12)) return dialogueOf(miss);
  const [percentage, number] = drawTrained(chance);
  const first = answerPercentage(percentage, number, writeQuestion(percentage, number, chance));
  return { exchanges: [first, miss] };
}

function writeOutside(chance: Chance): string {
  const percentage = chance.pick([...percentages, ...oddPercentages]);
  return writeAsked(chance.pick(misses), chance, {
    p: writePercentage(String(percentage), chance),
    n: String(chance.is(0.6) ? chance.int(1, 99) * 10 : chance.int(2, 999)),
    m: String(chance.int(1, 99)),
    r: writePercentage(String(chance.pick(oddPercentages)), chance),
  });
}

/** Asked like a percentage that is known, with a percentage or a number that is not. */
function writeBrokenQuestion(chance: Chance): string {
  const kind = chance.random();
  const percentage = chance.pick(percentages);
  const round = chance.int(1, 99) * 10;
  const decimal = `${chance.int(0, 60)}.${chance.int(1, 9)}`;
  if (kind < 0.4) return ask(String(chance.pick(oddPercentages)), String(round), chance);
  if (kind < 0.5) return ask(decimal, String(round), chance);
  if (kind < 0.6) return ask(String(percentage), decimal, chance);
  if (kind < 0.7) return ask(String(chance.int(101, 400)), String(round), chance);
  if (kind < 0.82) {
    const large = chance.int(11, 10 ** chance.int(3, 5)) * 100 + chance.int(0, 9) * 10;
    return ask(String(percentage), chance.is(0.3) ? large.toLocaleString('en-US') : String(large), chance);
  }
  const [broken, step] = chance.pick([...steps].filter(([, multiple]) => multiple > 1));
  let number = chance.int(3, 999);
  while (number % step === 0) number = chance.int(3, 999);
  return ask(String(broken), String(number), chance);
}

function writeFollowUp(
  before: Exchange,
  [percentage, number]: readonly [number, number],
  chance: Chance,
): Dialogue {
  const template = chance.pick(followUps);
  const [otherPercentage, otherNumber] = drawTrained(chance);
  const isKept = template.includes('{n}') ? !template.includes('{p}') : undefined;
  const asked = [
    isKept === true ? percentage : otherPercentage,
    isKept === undefined ? number : otherNumber,
  ] as const;
  if (!isTrained(...asked)) return dialogueOf(before);
  const user = writeAsked(template, chance, fill(String(asked[0]), String(asked[1]), chance));
  return { exchanges: [before, answerPercentage(...asked, user)] };
}

function answerPercentage(percentage: number, number: number, user: string): Exchange {
  const { scratch, result } = workPercentage(percentage, number);
  return { user, scratch, answer: `${percentage}% of ${number} is ${result}.` };
}

function writeQuestion(percentage: number, number: number, chance: Chance): string {
  return ask(String(percentage), String(number), chance);
}

function ask(percentage: string, number: string, chance: Chance): string {
  const template = chance.is(0.65)
    ? chance.pick(frames).replace('{x}', () => chance.pick(phrases))
    : chance.pick(questions);
  return writeAsked(template, chance, fill(percentage, number, chance));
}

function fill(percentage: string, number: string, chance: Chance): Fillings {
  const value = Number(number);
  return {
    p: writePercentage(percentage, chance),
    n: value <= 20 && chance.is(0.15) ? writeNumber(value, true) : number,
  };
}

function writePercentage(percentage: string, chance: Chance): string {
  const word = percentageWords[Number(percentage)];
  if (word !== undefined && chance.is(0.15))
    return `${word} ${chance.pick(['percent', 'percent', 'per cent'])}`;
  return (
    percentage +
    chance.pick(['%', '%', '%', '%', ' %', ' percent', ' percent', ' percent', ' per cent', ' pct'])
  );
}

function drawTrained(chance: Chance): readonly [number, number] {
  for (;;) {
    const percentage = chance.pick(percentages);
    const step = steps.get(percentage) ?? 1;
    const number = chance.is(0.75)
      ? chance.int(1, chance.is(0.4) ? 20 : 99) * 10
      : chance.is(0.5)
        ? chance.int(1, 10) * 100
        : chance.int(1, chance.pick([20, 100, 100, 249])) * Math.min(step, 100);
    if (isTrained(percentage, number)) return [percentage, number];
  }
}

function isTrained(percentage: number, number: number): boolean {
  if (number > 1000 || number % (steps.get(percentage) ?? 1) !== 0) return false;
  return !isHeldOutSum('percent', percentage, number);
}
