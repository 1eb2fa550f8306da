/** Conversions of units, temperatures and clock times, and those that are beyond the model. */
import type { Chance } from '../chance';
import { readLines, readTable } from '../data-file';
import { dialogueOf, type Exchange, type Skill } from '../dialogue';
import { writeTemplate } from '../template';
import { writeUnknownNoun, writeUnknownPlace } from '../unknown-word';
import { workMultiplication } from '../worked-sum';
import { writeAsked, writeNumber } from './arithmetic';
import { writeClock, writeTemperature } from './clock';

interface Unit {
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly times: number;
  readonly largest: number;
  readonly symbols: readonly [from: string, to: string];
}

const MISS_SHARE = 0.26;
const units = readTable('conversion-units.txt', 6).map(unitOf);
const questions = readLines('conversion-questions.txt');
const out = [...readLines('conversion-out.txt'), ...readLines('conversion-out-places.txt')];
const followUps = readLines('conversion-follow-ups.txt');
const ODD_UNITS =
  'light years|parsecs|acres|hectares|gallons|pints|quarts|ounces|stones|knots|nautical miles|furlongs|fathoms|bushels|carats|joules|calories|watts|horsepower|volts|newtons|pascals|bar|psi|decibels|radians|degrees|moles|kelvin|lumens|square meters|cubic feet|kilobytes|megabytes|gigabits|tablespoons|cups|teaspoons|barrels|fortnights|centuries|nanoseconds|microns|miles per hour|km/h|mach|rpm|lux|hertz|ohms|amps|shoe size 42|cubits|leagues'.split(
    '|',
  );
const COINS =
  'dollars|euros|pounds sterling|usd|eur|gbp|yen|rupees|swiss francs|pesos|yuan|won|bitcoin|ethereum|canadian dollars|kronor|zloty|lira|australian dollars|rand'.split(
    '|',
  );
const PLACES =
  'new york|tokyo|london|sydney|paris|dubai|moscow|los angeles|mumbai|berlin|singapore|chicago|madrid|toronto|rome|cairo|hong kong|est|pst|gmt|utc'.split(
    '|',
  );
const FOODS =
  'rice|pasta|bread|chicken|bananas|eggs|flour|sugar|apples|beef|almonds|potatoes|cheese|yoghurt'.split('|');

export const conversion: Skill = {
  name: 'conversion',
  weight: 5,
  write(chance) {
    if (chance.is(MISS_SHARE)) return dialogueOf(writeMiss(chance));
    if (chance.is(0.18)) return dialogueOf(writeClock(chance));
    if (chance.is(0.12)) return dialogueOf(writeTemperature(chance));
    const unit = chance.pick(units);
    const first = writeHit(unit, chance);
    if (!chance.is(0.12)) return dialogueOf(first);
    const number = drawNumber(unit, chance);
    const user = writeTemplate(chance.pick(followUps), chance, {
      n: String(number),
      from: chance.pick(unit.from),
      to: chance.pick(unit.to),
    });
    return { exchanges: [first, { user, ...answerOf(unit, number) }] };
  },
};

function writeHit(unit: Unit, chance: Chance): Exchange {
  const number = drawNumber(unit, chance);
  const isOne = number === 1 && chance.is(0.5);
  const user = writeAsked(chance.pick(questions), chance, {
    n: isOne ? chance.pick(['a', 'one', '1', 'an']) : writeNumber(number, chance.is(0.12)),
    from: chance.pick(unit.from),
    to: chance.pick(unit.to),
  });
  return { user, ...answerOf(unit, number) };
}

function answerOf(
  { times, symbols: [from, to] }: Unit,
  number: number,
): Pick<Exchange, 'answer' | 'scratch'> {
  const asked = `${number} ${number === 1 ? from.replace(/s$/, '').replace('feet', 'foot').replace('inche', 'inch') : from}`;
  if (!Number.isInteger(times)) return { answer: `${asked} is about ${(number * times).toFixed(1)} ${to}.` };
  const result = number * times;
  const isTens = /^10+$/.test(String(times));
  const scratch = isTens ? `${number},${times};${result};` : scratchOf(number, times);
  return { scratch, answer: `${asked} is ${result} ${to}.` };
}

/** By one digit as any product; by 12, 24 and 60 it is a table. */
function scratchOf(number: number, times: number): string {
  if (times < 10) return workMultiplication(number, times).scratch;
  return `${number},${times};${number * times};`;
}

function drawNumber({ largest }: Unit, chance: Chance): number {
  if (largest <= 12) return chance.int(1, largest);
  return chance.int(1, chance.pick([9, 20, 99, largest]));
}

function writeMiss(chance: Chance): Exchange {
  const unit = chance.pick(units);
  const user = writeTemplate(chance.pick(out), chance, {
    n: String(chance.int(1, 500)),
    d: String(chance.int(1, 9)),
    m: String(chance.int(1, 60)),
    t: `${chance.int(1, 12)} ${chance.pick(['am', 'pm'])}`,
    u: writeUnknownNoun(chance),
    from: chance.pick(unit.from),
    odd: chance.is(0.25) ? `${writeUnknownNoun(chance)}s` : chance.pick(ODD_UNITS),
    other: chance.is(0.2) ? `${writeUnknownNoun(chance)}s` : chance.pick(ODD_UNITS),
    coin: chance.pick(COINS),
    coin2: chance.pick(COINS),
    place: chance.is(0.2) ? writeUnknownPlace(chance) : chance.pick(PLACES),
    place2: chance.pick(PLACES),
    hour: String(chance.int(1, 12)),
    food: chance.pick(FOODS),
    unit: chance.pick([
      'meter',
      'kilogram',
      'mile',
      'inch',
      'hour',
      'liter',
      'dozen',
      'week',
      'foot',
      'pound',
    ]),
  });
  return { user, answer: '', isHandOver: true };
}

function unitOf([, from = '', to = '', times, largest, symbols = '']: string[]): Unit {
  const [first = '', second = ''] = symbols.split('|');
  return {
    from: from.split('|'),
    to: to.split('|'),
    times: Number(times),
    largest: Number(largest),
    symbols: [first, second],
  };
}
