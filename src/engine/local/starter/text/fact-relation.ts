/** What is asked about which things, and how the answer says it; the values are in the tables. */
import type { Chance } from './chance';
import { readLines, readTable } from './data-file';
import { writeUnknownNoun, writeUnknownPlace, writeUnknownWord } from './unknown-word';

export interface Relation {
  /** In fact-asks.txt. */
  readonly name: string;
  readonly rows: readonly Row[];
  readonly answer: (row: Row) => string;
  /** Something like `x` that is in no table. */
  readonly unknown: (chance: Chance) => string;
  /** The kind of `x` in fact-unknown.txt: what is asked of it and not known. */
  readonly kind: string;
}

/** What is asked about, a second thing where there are two, and the value. */
export interface Row {
  readonly x: string;
  readonly y: string;
  readonly value: string;
}

const place = { unknown: unknownPlace, kind: 'country' };
const thing = { unknown: writeUnknownNoun };
const work = {
  unknown: (chance: Chance) =>
    `${chance.is(0.5) ? 'the ' : ''}${writeUnknownWord(chance)} ${chance.pick(['song', 'book', 'of love', 'machine', 'portrait', 'nights', 'letters', 'garden'])}`,
  kind: 'work',
};

const OTHER_PLACES = readLines('fact-other-places.txt');
const OTHER_TERMS = readLines('fact-other-terms.txt');
const OTHER_ABBREVIATIONS = readLines('fact-other-abbreviations.txt');

export const RELATIONS: Readonly<Record<string, readonly Relation[]>> = {
  capitals: [
    {
      name: 'capital',
      rows: rowsOf('place-capitals.txt'),
      answer: ({ x, value }) => `The capital of ${x} is ${value}.`,
      ...place,
    },
    {
      name: 'country of',
      rows: rowsOf('place-capitals.txt').map(({ x, value }) => ({ x: value, y: '', value: x })),
      answer: ({ x, value }) => `${x} is the capital of ${value}.`,
      unknown: unknownPlace,
      kind: 'city',
    },
  ],
  countries: [
    {
      name: 'currency',
      rows: rowsOf('place-currencies.txt'),
      answer: ({ x, value }) => `The currency of ${x} is the ${value}.`,
      ...place,
    },
    {
      name: 'language',
      rows: rowsOf('place-languages.txt'),
      answer: ({ x, value }) => `The main language of ${x} is ${value}.`,
      ...place,
    },
    {
      name: 'continent',
      rows: rowsOf('place-continents.txt'),
      answer: ({ x, value }) => `${capitalised(x)} is in ${value}.`,
      ...place,
    },
  ],
  planets: [
    {
      name: 'planet at',
      rows: rowsOf('nature-planet-order.txt'),
      answer: ({ x, value }) => `${value} is the ${x} planet from the sun.`,
      unknown: (chance) => chance.pick(['tenth', 'eleventh', 'twentieth', 'hundredth', 'ninth']),
      kind: 'planet',
    },
    {
      name: 'place of',
      rows: rowsOf('nature-planet-order.txt').map(({ x, value }) => ({ x: value, y: '', value: x })),
      answer: ({ x, value }) => `${x} is the ${value} planet from the sun.`,
      unknown: writeUnknownPlace,
      kind: 'planet',
    },
  ],
  elements: [
    {
      name: 'symbol',
      rows: rowsOf('element-symbols.txt'),
      answer: ({ x, value }) => `The symbol of ${x} is ${value}.`,
      unknown: (chance) => `${writeUnknownWord(chance)}ium`,
      kind: 'element',
    },
    {
      name: 'element of',
      rows: rowsOf('element-symbols.txt').map(({ x, value }) => ({ x: value, y: '', value: x })),
      answer: ({ x, value }) => `${x} is the symbol of ${value}.`,
      unknown: (chance) => chance.pick(['xx', 'qe', 'zz', 'jo', 'wq', 'xy', 'qu']),
      kind: 'element',
    },
    {
      name: 'number',
      rows: rowsOf('element-numbers.txt'),
      answer: ({ x, value }) => `The atomic number of ${x} is ${value}.`,
      unknown: (chance) => `${writeUnknownWord(chance)}ium`,
      kind: 'element',
    },
  ],
  nature: [
    {
      name: 'young',
      rows: rowsOf('nature-young.txt'),
      answer: ({ x, value }) => `A young ${x} is called a ${value}.`,
      ...thing,
      kind: 'animal',
    },
    {
      name: 'sound',
      rows: rowsOf('nature-sounds.txt'),
      answer: ({ x, value }) => `A ${x} ${value}.`,
      ...thing,
      kind: 'animal',
    },
    {
      name: 'group',
      rows: rowsOf('nature-groups.txt'),
      answer: ({ x, value }) => `A group of ${x} is called a ${value}.`,
      unknown: (chance) => `${writeUnknownNoun(chance)}s`,
      kind: 'animal',
    },
    {
      name: 'legs',
      rows: rowsOf('nature-legs.txt'),
      answer: ({ x, value }) => `A ${x} has ${value} legs.`,
      ...thing,
      kind: 'animal',
    },
    {
      name: 'color',
      rows: rowsOf('nature-colors.txt'),
      answer: ({ x, value }) => `${capitalised(x)} is ${value}.`,
      ...thing,
      kind: 'thing',
    },
    {
      name: 'mix',
      rows: readTable('nature-mixes.txt', 3).map(([x = '', y = '', value = '']) => ({ x, y, value })),
      answer: ({ x, y, value }) => `${capitalised(x)} and ${y} make ${value}.`,
      ...thing,
      kind: 'thing',
    },
    {
      name: 'sides',
      rows: rowsOf('nature-sides.txt'),
      answer: ({ x, value }) => `A ${x} has ${value} sides.`,
      ...thing,
      kind: 'thing',
    },
  ],
  culture: [
    {
      name: 'author',
      rows: rowsOf('culture-writers.txt'),
      answer: ({ x, value }) => `${x} was written by ${value}.`,
      ...work,
    },
    {
      name: 'painter',
      rows: rowsOf('culture-painters.txt'),
      answer: ({ x, value }) => `${capitalised(x)} was painted by ${value}.`,
      ...work,
    },
    {
      name: 'composer',
      rows: rowsOf('culture-composers.txt'),
      answer: ({ x, value }) => `${capitalised(x)} was composed by ${value}.`,
      ...work,
    },
    {
      name: 'inventor',
      rows: readTable('culture-inventors.txt', 3).map(([x = '', y = '', value = '']) => ({ x, y, value })),
      answer: ({ x, y, value }) => `${capitalised(x)} was ${y} by ${value}.`,
      ...work,
    },
  ],
  computing: [
    {
      name: 'term',
      rows: rowsOf('computing-terms.txt'),
      answer: ({ value }) => value,
      unknown: unknownTerm,
      kind: 'term',
    },
    {
      name: 'abbreviation',
      rows: rowsOf('computing-abbreviations.txt'),
      answer: ({ x, value }) => `${x} stands for ${value}.`,
      unknown: (chance) => chance.pick(OTHER_ABBREVIATIONS),
      kind: 'term',
    },
  ],
};

function unknownPlace(chance: Chance): string {
  return chance.is(0.55) ? writeUnknownPlace(chance) : chance.pick(OTHER_PLACES);
}

function unknownTerm(chance: Chance): string {
  return chance.is(0.35) ? writeUnknownWord(chance) : chance.pick(OTHER_TERMS);
}

function rowsOf(name: string): Row[] {
  return readTable(name, 2).map(([x = '', value = '']) => ({ x, y: '', value }));
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
