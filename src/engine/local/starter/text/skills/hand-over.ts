/** Everything the model has to hand over: hand-written questions over many subjects, and generated ones from frames. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../chance';
import { readLines, readTable } from '../data-file';
import { dialogueOf } from '../dialogue';
import type { Dialogue, Exchange, Skill } from '../dialogue';
import { pickTemplate, writeTemplate } from '../template';
import {
  writeUnknownName,
  writeUnknownNoun,
  writeUnknownPlace,
  writeUnknownProduct,
  writeUnknownWord,
} from '../unknown-word';

type Writer = (chance: Chance) => string;

const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
/** First and last letter of scripts that the model does not read, and what parts their words. */
const SCRIPTS: readonly (readonly [number, number, string])[] = [
  [0x430, 0x44f, ' '], // Cyrillic
  [0x4e00, 0x9fa5, ''], // Han
  [0x4e00, 0x5fff, ''],
  [0x3041, 0x3093, ''], // Hiragana
  [0x30a1, 0x30f3, ''], // Katakana
  [0xac00, 0xd7a3, ' '], // Hangul
  [0x627, 0x64a, ' '], // Arabic
  [0x905, 0x939, ' '], // Devanagari
  [0x3b1, 0x3c9, ' '], // Greek
  [0x5d0, 0x5ea, ' '], // Hebrew
  [0xe01, 0xe2e, ''], // Thai
  [0x985, 0x9b9, ' '], // Bengali
  [0x1f600, 0x1f64f, ''], // emoji
];
const KEY_ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'asdf', 'jkl', 'hjkl', 'qwer', 'sdfg', 'zxcv'];

const QUESTIONS = readQuestions();
const TONGUES = readLines('hand-over-questions-tongues.txt');
const NEAR = readLines('hand-over-near.txt');
const LOOK_ALIKES = readLines('hand-over-look-alike-frames.txt');
const TASKS = readLines('hand-over-task-frames.txt');
const TOPIC_FRAMES = readLines('hand-over-topic-frames.txt');
const SENTENCES = readLines('hand-over-sentences.txt');
const FOLLOW_UPS = readLines('hand-over-follow-ups.txt');
const LEADS = readTable('hand-over-leads.txt', 3);
const WORDS = readWords('hand-over-words.txt');
const TOPICS = [...readWords('hand-over-topics.txt').values()].flat();
const PAIRS = pairUp();

/** What fills a frame's `{kind}`; a digit behind the kind tells two of a kind apart. */
const WRITERS = new Map<string, Writer>([
  ...[...WORDS].map(([kind, words]): [string, Writer] => [kind, (chance) => chance.pick(words)]),
  ['topic', (chance) => chance.pick(TOPICS)],
  ['sentence', (chance) => writeFrame(chance.pick(SENTENCES), chance)],
  ['uword', writeUnknownWord],
  ['unoun', writeUnknownNoun],
  ['uname', writeUnknownName],
  ['uplace', writeUnknownPlace],
  ['uproduct', writeUnknownProduct],
  ['pair', (chance) => joinPair(chance, ' and ')],
  ['versus', (chance) => joinPair(chance, chance.pick([' vs ', ' vs ', ' versus ', ' v ', ' or ']))],
  ['either', (chance) => joinPair(chance, ' or ')],
  ['two', (chance) => String(chance.int(12, 99))],
  ['three', (chance) => String(chance.int(101, 998))],
  ['four', (chance) => String(chance.int(1001, 9999))],
  ['five', (chance) => String(chance.int(10_001, 999_999))],
  ['year', (chance) => String(chance.is(0.6) ? chance.int(1900, 2035) : chance.int(30, 1899))],
  ['date', writeDate],
]);

/** The skill of saying "not for me". */
export const handOver: Skill = { name: 'hand over', weight: 50, write };

function write(chance: Chance): Dialogue {
  const kind = chance.random();
  if (kind < 0.08) return writeLongDialogue(chance);
  if (kind < 0.14) return writeLedDialogue(chance);
  return dialogueOf(handOverOf(writeQuestion(chance)));
}

/** A question that was handed over, and one or two that lean on it. */
function writeLongDialogue(chance: Chance): Dialogue {
  const exchanges: [Exchange, ...Exchange[]] = [handOverOf(writeQuestion(chance))];
  const count = chance.is(0.25) ? 2 : 1;
  for (let index = 0; index < count; index++) {
    exchanges.push(
      handOverOf(chance.is(0.85) ? writeFrame(chance.pick(FOLLOW_UPS), chance) : writeQuestion(chance)),
    );
  }
  return { exchanges };
}

/** Something the model did answer, then a question about it that it cannot. */
function writeLedDialogue(chance: Chance): Dialogue {
  const [user = '', answer = '', followUp = ''] = chance.pick(LEADS);
  const last = chance.is(0.8) ? writeFrame(followUp, chance) : writeQuestion(chance);
  return { exchanges: [{ user, answer }, handOverOf(last)] };
}

function writeQuestion(chance: Chance): string {
  if (chance.is(0.3)) return chance.pick(QUESTIONS);
  if (chance.is(0.2)) return writeFrame(pickTemplate(NEAR, chance), chance);
  const kind = chance.random();
  if (kind < 0.35) return writeFrame(chance.pick(TOPIC_FRAMES), chance);
  if (kind < 0.66) return writeFrame(chance.pick(LOOK_ALIKES), chance);
  if (kind < 0.86) return writeFrame(chance.pick(TASKS), chance);
  if (kind < 0.95) return writeForeign(chance);
  return writeMash(chance);
}

function handOverOf(user: string): Exchange {
  return { user, answer: '', isHandOver: true };
}

/** Fills a frame. Its marks go: a typo in an unknown thing leaves it unknown. */
function writeFrame(frame: string, chance: Chance): string {
  const fillings: Record<string, string> = {};
  const used = new Set<string>();
  for (const [, name = ''] of frame.matchAll(/\{(\w+)\}/g)) {
    const writer = WRITERS.get(name.replace(/\d$/, ''));
    if (!writer) throw new Error(`Nothing writes {${name}} in: ${frame}`);
    let filling = writer(chance);
    for (let again = 0; again < 3 && used.has(filling); again++) filling = writer(chance);
    used.add(filling);
    fillings[name] = filling;
  }
  return writeTemplate(frame, chance, fillings).replace(/[⟦⟧]/g, '');
}

/** In no language the model reads: halves of two foreign questions, or letters of a foreign script. */
function writeForeign(chance: Chance): string {
  if (chance.is(0.5)) {
    const [one, other] = [chance.pick(TONGUES).split(' '), chance.pick(TONGUES).split(' ')];
    const words = [...one.slice(0, Math.ceil(one.length / 2)), ...other.slice(Math.floor(other.length / 2))];
    return words.join(' ');
  }
  const [low, high, between] = chance.pick(SCRIPTS);
  const word = (): string =>
    Array.from({ length: chance.int(2, 7) }, () => String.fromCodePoint(chance.int(low, high))).join('');
  const mark = chance.pick(['', '', '?', '？', '。', '!']);
  return Array.from({ length: chance.int(1, 5) }, word).join(between) + mark;
}

/** What a cat on the keyboard writes. */
function writeMash(chance: Chance): string {
  const kind = chance.int(0, 3);
  if (kind === 0) {
    return chance
      .pick(['ba', 'lo', 'xy', 'blu', 'ha ho', 'ugu', 'zz', 'da', 'qw', 'mno', 'aeo'])
      .repeat(chance.int(3, 6));
  }
  if (kind === 1) return Array.from({ length: chance.int(2, 5) }, () => writeKeys(chance, 2, 6)).join(' ');
  if (kind === 2)
    return (
      writeKeys(chance, 3, 6) +
      chance.pick([';', '/', ']', '123', '\\', '!!', ',.', '+#']) +
      writeKeys(chance, 1, 4)
    );
  return writeKeys(chance, 5, 14);
}

function writeKeys(chance: Chance, low: number, high: number): string {
  const row = chance.pick(KEY_ROWS);
  return Array.from({ length: chance.int(low, high) }, () => row.charAt(chance.int(0, row.length - 1))).join(
    '',
  );
}

function writeDate(chance: Chance): string {
  const month = chance.pick(MONTHS);
  const day = chance.int(1, 28);
  const year = chance.int(1700, 2060);
  return chance.pick([
    `${month} ${day}, ${year}`,
    `${day} ${month} ${year}`,
    `the ${day}th of ${month} ${year}`,
  ]);
}

function joinPair(chance: Chance, between: string): string {
  const pair = chance.pick(PAIRS);
  return (chance.is(0.5) ? pair : pair.toReversed()).join(between);
}

/** All hand-written questions; ` // ` in them stands for a new line. */
function readQuestions(): string[] {
  return readdirSync(join(import.meta.dirname, '../data'))
    .filter((name) => name.startsWith('hand-over-questions'))
    .sort()
    .flatMap((name) => readLines(name))
    .map((line) => line.replaceAll(' // ', '\n'));
}

/** Rows of `kind = one; two` as lists. */
function readWords(name: string): Map<string, string[]> {
  const lists = new Map<string, string[]>();
  for (const [kind = '', words = ''] of readTable(name, 2)) {
    lists.set(kind, [...(lists.get(kind) ?? []), ...words.split(';').map((word) => word.trim())]);
  }
  return lists;
}

/** Things people mix up, one from each of two lists of the same length. */
function pairUp(): [string, string][] {
  const [one = [], other = []] = [WORDS.get('subjecta'), WORDS.get('subjectb')];
  if (one.length !== other.length) throw new Error('The pairs of hand-over-words.txt are ragged.');
  return one.map((word, index) => [word, other[index] ?? '']);
}
