/** Clock times between 12 and 24 hours, and degrees between Celsius and Fahrenheit. */
import type { Chance } from '../chance';
import type { Exchange } from '../dialogue';
import { writeTemplate } from '../template';
import { writeAsked } from './arithmetic';

const TO_24 = [
  "[what is|what's|] {t} [in 24 hour time|in the 24 hour clock|in 24h|in 24-hour format|in military time|on a 24 hour clock][?|]",
  '[convert|change|write|put|express] {t} [to|in|into|as] [24 hour time|24h|24 hours|24-hour format|military time]',
  '{t} [on|in|by] [a|the|your] [24 hour|24h|24-hour|military] [clock|watch|display][?|]',
  '[what does|how does] a [24 hour|24h|digital] clock [show|say|write] [for|at|when it is] {t}[?|]',
  '{t} [to|in|as] [24h|24 hour time|military time|24 hour format|24 hours]',
  'how do [i|you] write {t} in [24 hour|24h|military] time',
  '[in|on a] 24 hour [clock|format|time][,|] [what is|] {t}',
];
const TO_12 = [
  "[what is|what's|] {t} [in 12 hour time|in the 12 hour clock|in 12h|in am/pm|in am pm|in normal time|on a 12 hour clock][?|]",
  '[convert|change|write|put|express] {t} [to|in|into|as] [12 hour time|12h|am/pm|12-hour format|normal time]',
  '{t} [to|in|as] [12h|12 hour time|am/pm|am or pm|12 hour format|normal time]',
  'what time is {t}[ in am/pm| in pm or am| really|?]',
  'is {t} am or pm',
  '{t} [is|means] [what time|when][ in am/pm|]',
];
const TO_FAHRENHEIT = [
  "[what is|what's|how much is|convert|] {n} [celsius|degrees celsius|c|degrees c|°c|centigrade] [in|to|into] [fahrenheit|f|degrees fahrenheit|°f][?|]",
  'how many [degrees |]fahrenheit [is|are|in] {n} [celsius|degrees celsius|c]',
  '{n} [°c|c|celsius] [in|to|as|=] [°f|f|fahrenheit]',
  "[it is|it's] {n} [degrees celsius|celsius|c] [here|outside|], [what is that in fahrenheit|how much is that in f|in fahrenheit]",
  '[express|give|write] {n} degrees celsius in fahrenheit',
];

export function writeClock(chance: Chance): Exchange {
  const hour = chance.int(0, 23);
  const minutes = chance.is(0.6) ? '00' : '30';
  const hour12 = hour % 12 || 12;
  const half = hour < 12 ? 'am' : 'pm';
  const long = `${hour}:${minutes}`;
  const short = `${hour12}${minutes === '00' ? '' : ':30'} ${half}`;
  if (chance.is(0.5)) {
    const spoken = [
      short,
      short.replace(' ', ''),
      `${hour12}:${minutes} ${half}`,
      short.replace(/([ap])m/, '$1.m.'),
    ];
    return {
      user: writeAsked(chance.pick(TO_24), chance, { t: chance.pick(spoken) }),
      answer: `${short} is ${long}.`,
    };
  }
  const spoken = [long, long, `${long} h`, long.padStart(5, '0')];
  return {
    user: writeAsked(chance.pick(TO_12), chance, { t: chance.pick(spoken) }),
    answer: `${long} is ${short}.`,
  };
}

export function writeTemperature(chance: Chance): Exchange {
  const celsius = chance.int(-4, 10) * 10;
  const fahrenheit = celsius * 1.8 + 32;
  if (chance.is(0.6)) {
    const user = writeAsked(chance.pick(TO_FAHRENHEIT), chance, { n: numberOf(celsius, chance) });
    return { user, answer: `${celsius} °C is ${fahrenheit} °F.` };
  }
  const template = chance
    .pick(TO_FAHRENHEIT)
    .replace(/celsius|centigrade|fahrenheit|°[cf]\b|\b[cf]\b/g, swapped);
  return {
    user: writeTemplate(template, chance, { n: numberOf(fahrenheit, chance) }),
    answer: `${fahrenheit} °F is ${celsius} °C.`,
  };
}

function swapped(unit: string): string {
  const swaps: Record<string, string> = {
    celsius: 'fahrenheit',
    centigrade: 'fahrenheit',
    fahrenheit: 'celsius',
    '°c': '°f',
    '°f': '°c',
    c: 'f',
    f: 'c',
  };
  return swaps[unit] ?? unit;
}

function numberOf(value: number, chance: Chance): string {
  return value < 0 && chance.is(0.4) ? `minus ${-value}` : String(value);
}
