/** Days, months and holidays, and what only a clock or a larger model can say about them. */
import type { Chance } from '../chance';
import { groupRows, readLines, readTable } from '../data-file';
import { dialogueOf, type Exchange, type Skill } from '../dialogue';
import { pickTemplate, writeTemplate } from '../template';
import { writeUnknownNoun } from '../unknown-word';
import { writeAsked } from './arithmetic';

type Written = readonly [fillings: Readonly<Record<string, string>>, answer: string];

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');
const LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(
  ' ',
);
const MISS_SHARE = 0.25;
const FIXED_SHARE = 0.3;

const asks = groupRows(readTable('calendar-asks.txt', 2));
const fixed = readTable('calendar-fixed.txt', 2);
const holidays = readTable('calendar-holidays.txt', 3);
const out = readLines('calendar-out.txt');

const WRITERS: Readonly<Record<string, (chance: Chance) => Written>> = {
  'days in': (chance) => {
    const at = chance.int(0, 11);
    const more = at === 1 ? ', and 29 in a leap year' : '';
    return [{ m: monthAt(at) }, `${monthAt(at)} has ${LENGTHS[at]} days${more}.`];
  },
  'after month': (chance) => {
    const at = chance.int(0, 11);
    return [{ m: monthAt(at) }, `${monthAt(at + 1)} comes after ${monthAt(at)}.`];
  },
  'before month': (chance) => {
    const at = chance.int(0, 11);
    return [{ m: monthAt(at) }, `${monthAt(at + 11)} comes before ${monthAt(at)}.`];
  },
  'month number': (chance) => {
    const at = chance.int(0, 11);
    return [{ m: monthAt(at) }, `${monthAt(at)} is month ${at + 1}.`];
  },
  'month named': (chance) => {
    const at = chance.int(0, 11);
    const nth = chance.is(0.5) ? (ORDINALS[at] ?? '') : `${at + 1}${['st', 'nd', 'rd'][at] ?? 'th'}`;
    return [{ n: String(at + 1), nth }, `Month ${at + 1} is ${monthAt(at)}.`];
  },
  'after day': (chance) => {
    const at = chance.int(0, 6);
    return [{ d: dayAt(at) }, `${dayAt(at + 1)} comes after ${dayAt(at)}.`];
  },
  'before day': (chance) => {
    const at = chance.int(0, 6);
    return [{ d: dayAt(at) }, `${dayAt(at + 6)} comes before ${dayAt(at)}.`];
  },
  'days later': (chance) => {
    const at = chance.int(0, 6);
    const count = chance.int(2, 10);
    return [{ d: dayAt(at), n: String(count) }, `${count} days after ${dayAt(at)} is ${dayAt(at + count)}.`];
  },
  holiday: (chance) => {
    const [name = '', date = '', spoken = ''] = chance.pick(holidays);
    return [{ h: chance.pick(spoken.split('|')) }, `${name} is on ${date}.`];
  },
};

export const calendar: Skill = {
  name: 'calendar',
  weight: 7,
  write(chance) {
    if (chance.is(MISS_SHARE)) return dialogueOf(writeMiss(chance));
    if (chance.is(FIXED_SHARE)) {
      const [question = '', answer = ''] = chance.pick(fixed);
      return dialogueOf({ user: writeAsked(question, chance, {}), answer });
    }
    const kind = chance.pick(Object.keys(WRITERS));
    return dialogueOf(writeHit(kind, chance));
  },
};

function writeHit(kind: string, chance: Chance): Exchange {
  const [fillings, answer] = WRITERS[kind]?.(chance) ?? [{}, ''];
  const template = pickTemplate(asks.get(kind) ?? [], chance);
  return { user: writeAsked(template, chance, fillings), answer };
}

function writeMiss(chance: Chance): Exchange {
  const user = writeTemplate(chance.pick(out), chance, {
    m: chance.pick(MONTHS),
    m2: chance.pick(MONTHS),
    d: chance.pick(DAYS),
    n: String(chance.int(1, 28)),
    n2: String(chance.int(1, 28)),
    y: String(chance.int(1066, 2040)),
    h: chance.pick(holidays)[0] ?? '',
    odd: writeUnknownNoun(chance),
  });
  return { user, answer: '', isHandOver: true };
}

function monthAt(index: number): string {
  return MONTHS[index % 12] ?? '';
}

function dayAt(index: number): string {
  return DAYS[index % 7] ?? '';
}
