/** Messages that are positive, neutral or negative, and plainly so. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import { pickTemplate, writeTemplate } from '../template';
import { chooseArticle } from './indefinite-article';

export type Sentiment = 'positive' | 'neutral' | 'negative';

interface Voice {
  /** One list of adjectives a kind; those of mood are the sixth. */
  readonly adjectives: readonly (readonly string[])[];
  readonly nouns: readonly string[];
  readonly predicates: readonly string[];
  readonly feelings: readonly string[];
  readonly lines: readonly string[];
  /** What may come before the turn of a message that ends in this voice. */
  readonly mild: readonly string[];
  readonly notFrames: readonly string[];
  readonly notWords: readonly string[];
}

const MOOD = 5;
const subjects = readLists('sentiment-subjects.txt').flat();
const manySubjects = readLists('sentiment-many-subjects.txt').flat();
const places = readLists('sentiment-places.txt').flat();
const intensifiers = readLists('sentiment-intensifiers.txt').flat();
const deeds = readLists('title-deeds.txt').flat();
const things = readLists('title-things.txt').flat();
const frames = readLines('sentiment-frames.txt');
const turnFrames = readLines('sentiment-turn-frames.txt');
const neutralFrames = readLines('sentiment-neutral-frames.txt');
const neutralLines = readLines('sentiment-neutral-lines.txt');
const positive = readVoice('good', 0);
const negative = readVoice('bad', 1);

/** Plain text without marks, in lower case as the lists are. */
export function writeMessage(chance: Chance, sentiment: Sentiment): string {
  const first = writeSentence(chance, sentiment);
  const kind = chance.random();
  if (kind > 0.22 || first.length > 90) return first;
  const second = writeSentence(chance, kind < 0.12 ? sentiment : 'neutral');
  const sentences = chance.is(0.5) ? [first, second] : [second, first];
  return sentences.map((sentence) => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`)).join(' ');
}

function writeSentence(chance: Chance, sentiment: Sentiment): string {
  const text =
    sentiment === 'neutral'
      ? writeTemplate(
          pickTemplate(chance.is(0.75) ? neutralLines : neutralFrames, chance),
          chance,
          fillPlain(chance, true),
        )
      : writeJudgement(chance, sentiment === 'positive' ? positive : negative);
  return text
    .replace(/[⟦⟧]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/\b(?:a|an) (?=([a-z]+))/g, (_all, word: string) => `${chooseArticle(word)} `)
    .replace(/ (?=[,.?!])/g, '')
    .trim();
}

/** Something that can be judged. */
export function pickSubject(chance: Chance): string {
  return chance.pick(chance.is(0.8) ? subjects : manySubjects);
}

function writeJudgement(chance: Chance, voice: Voice): string {
  const kind = chance.random();
  if (kind < 0.5) return writeTemplate(pickTemplate(voice.lines, chance), chance);
  const frame = chance.pick(kind < 0.88 ? frames : kind < 0.94 ? turnFrames : voice.notFrames);
  return writeTemplate(frame, chance, fill(chance, voice, frame));
}

function fill(chance: Chance, voice: Voice, frame: string): Record<string, string> {
  const isOne = /\{(?:does2?|feels)\}/.test(frame) || /isn't|wasn't|has /.test(frame) || chance.is(0.75);
  const plain = fillPlain(chance, isOne);
  const adj = pickAdjective(chance, voice);
  return {
    ...plain,
    adj,
    adj2: pickAdjective(chance, voice),
    adj3: pickAdjective(chance, voice),
    mood: chance.pick(voice.adjectives[MOOD] ?? []),
    very: chance.is(0.45) && !adj.includes(' ') ? chance.pick(intensifiers) : '',
    noun: chance.pick(voice.nouns),
    does: writeTemplate(chance.pick(voice.predicates), chance),
    does2: writeTemplate(chance.pick(voice.predicates), chance),
    feels: writeTemplate(chance.pick(voice.feelings), chance, { s: plain['s'] ?? '' }),
    mild: chance.pick(voice.mild),
    not: chance.pick(voice.notWords),
    not2: chance.pick(voice.notWords),
  };
}

function fillPlain(chance: Chance, isOne: boolean): Record<string, string> {
  return {
    s: chance.pick(isOne ? subjects : manySubjects),
    it: isOne ? 'it' : 'they',
    is: isOne ? 'is' : 'are',
    was: isOne ? 'was' : 'were',
    is1: 'is',
    s2: chance.pick(subjects),
    was2: 'was',
    place: chance.pick(places),
    place2: chance.pick(places),
    deed: chance.pick(deeds),
    thing: chance.pick(things),
  };
}

function pickAdjective(chance: Chance, voice: Voice): string {
  const kinds = voice.adjectives.filter((_words, index) => index !== MOOD);
  return chance.pick(chance.pick(kinds));
}

function readVoice(name: 'good' | 'bad', side: 0 | 1): Voice {
  const notFrames = readLines('sentiment-not-frames.txt');
  const border = notFrames.indexOf('---');
  return {
    adjectives: readLists(`sentiment-${name}-adjectives.txt`),
    nouns: readLists(`sentiment-${name}-nouns.txt`).flat(),
    predicates: readLines(`sentiment-${name}-predicates.txt`),
    feelings: readLines(`sentiment-${name}-feelings.txt`),
    lines: readLines(`sentiment-${name}-lines.txt`),
    mild: readSide('sentiment-mild.txt', side),
    notFrames: side === 0 ? notFrames.slice(0, border) : notFrames.slice(border + 1),
    notWords: readSide('sentiment-not-words.txt', side),
  };
}

function readSide(name: string, side: 0 | 1): string[] {
  const [line = ''] = readLines(name);
  return splitList(line.split(' = ')[side] ?? '');
}

function readLists(name: string): string[][] {
  return readLines(name).map(splitList);
}

function splitList(line: string): string[] {
  return line.split(',').map((part) => part.trim());
}
