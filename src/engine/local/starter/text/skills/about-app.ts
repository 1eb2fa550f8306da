/** Talk about the app itself: what it is, how it is used, what leaves the device; and questions that only sound like that. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import { dialogueOf, type Dialogue, type Exchange, type Skill } from '../dialogue';
import { type Fillings, pickTemplate, writeTemplate } from '../template';
import { writeUnknownProduct, writeUnknownWord } from '../unknown-word';

/** Lines that ask for the same thing, by their form. */
export interface Subject {
  readonly name: string;
  readonly answer: string;
  /** Complete as they are. */
  readonly asks: readonly string[];
  /** To embed: "tell me …". */
  readonly clauses: readonly string[];
  readonly nouns: readonly string[];
  /** Make sense only after something on the same matter. */
  readonly followUps: readonly string[];
  /** Make sense only after a hand-over. */
  readonly afterHandOver: readonly string[];
}

const MACROS = readMacros('about-app-macros.txt');
const FRAMES = new Map(readSubjects('about-app-frames.txt').map(({ name, asks }) => [name, asks]));
const SUBJECTS = ['about-app.txt', 'about-app-use.txt', 'about-app-models.txt'].flatMap(readSubjects);
/** A subject as often as it can be asked for: free, private and offline are asked about more than the name. */
const DRAWN = SUBJECTS.flatMap((subject) =>
  Array.from({ length: Math.ceil(subject.asks.length / 7) }, () => subject),
);
const AFTER_HAND_OVER = SUBJECTS.filter(({ afterHandOver }) => afterHandOver.length > 0);
const NEAR_MISSES = readSubjects('about-app-near-misses.txt')[0] as Subject;
const FOREIGN = new Map(readSubjects('about-app-foreign.txt').map((subject) => [subject.name, subject]));

export const aboutApp: Skill = {
  name: 'app',
  weight: 160,
  write(chance) {
    if (chance.is(0.13)) return writeTalk(chance);
    return dialogueOf(chance.is(0.32) ? writeNearMiss(chance) : askSubject(chance.pick(DRAWN), chance));
  },
};

/** A question, clause or noun phrase of the subject, in a frame of its kind. */
function writePhrase(subject: Subject, chance: Chance, fillings: Fillings = {}, nouns = 'noun'): string {
  const { asks, clauses } = subject;
  const kind = chance.random();
  if (clauses.length > 0 && kind < 0.17)
    return frame('clause', pickTemplate(clauses, chance), chance, fillings);
  if (subject.nouns.length > 0 && kind > 0.87)
    return frame(nouns, pickTemplate(subject.nouns, chance), chance, fillings);
  return writeAsk(pickTemplate(asks, chance), chance, fillings);
}

/** Now and then with a few words before or after it. */
export function writeAsk(template: string, chance: Chance, fillings: Fillings = {}): string {
  const core = writeTemplate(template, chance, fillings);
  const text = core.endsWith('.') ? (chance.is(0.5) ? core : core.slice(0, -1)) : endQuestion(core, chance);
  if (core.split(' ').length < 3 || !chance.is(0.22)) return text;
  return `${writeTemplate(chance.pick(framesOf('opener')), chance)} ${text}`;
}

/** The sections of a data file; a file without a heading is one section. */
export function readSubjects(file: string): Subject[] {
  const sections: { name: string; lines: string[] }[] = [];
  for (const line of readLines(file)) {
    if (line.startsWith('== ')) sections.push({ name: line.slice(3), lines: [] });
    else if (sections.length === 0) sections.push({ name: file, lines: [line] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections.map(({ name, lines }) => {
    const marked = (mark: string) =>
      lines.filter((line) => line.startsWith(`${mark} `)).map((line) => expandMacros(line.slice(2)));
    return {
      name,
      answer: marked('>')[0] ?? '',
      asks: lines.filter((line) => !/^[>~+!-] /.test(line)).map(expandMacros),
      clauses: marked('~'),
      nouns: marked('-'),
      followUps: marked('+'),
      afterHandOver: marked('!'),
    };
  });
}

function askSubject(subject: Subject, chance: Chance): Exchange {
  return { user: writePhrase(subject, chance), answer: subject.answer };
}

/** Two or three exchanges: the last one needs the one before, is another subject, or is a near miss. */
function writeTalk(chance: Chance): Dialogue {
  const kind = chance.random();
  if (kind < 0.3) {
    const subject = chance.pick(AFTER_HAND_OVER);
    const user = endQuestion(writeTemplate(pickTemplate(subject.afterHandOver, chance), chance), chance);
    return { exchanges: [writeNearMiss(chance), { user, answer: subject.answer }] };
  }
  const exchanges: [Exchange, ...Exchange[]] = [askSubject(chance.pick(DRAWN), chance)];
  while (chance.is(0.25)) exchanges.push(askSubject(chance.pick(DRAWN), chance));
  if (kind < 0.75) exchanges.push(followUp(chance.pick(DRAWN), chance));
  else exchanges.push(kind < 0.87 ? askSubject(chance.pick(DRAWN), chance) : writeNearMiss(chance));
  return { exchanges };
}

function followUp(subject: Subject, chance: Chance): Exchange {
  if (subject.followUps.length === 0) return askSubject(subject, chance);
  const user = endQuestion(writeTemplate(pickTemplate(subject.followUps, chance), chance), chance);
  return { user, answer: subject.answer };
}

function writeNearMiss(chance: Chance): Exchange {
  return {
    user: chance.is(0.5) ? writePhrase(NEAR_MISSES, chance, {}, 'foreign noun') : askForeign(chance),
    answer: '',
    isHandOver: true,
  };
}

/** What is asked about the app, asked about something else: real software, a thing of daily life, an invented name. */
function askForeign(chance: Chance): string {
  const kind = chance.pick(['software', 'software', 'thing', 'invented']);
  const fillings =
    kind === 'invented'
      ? { made: chance.is(0.6) ? writeUnknownProduct(chance) : writeUnknownWord(chance) }
      : { thing: chance.pick((FOREIGN.get(kind) as Subject).asks) };
  return writePhrase(FOREIGN.get(`${kind} frame`) as Subject, chance, fillings, 'foreign noun');
}

function frame(name: string, phrase: string, chance: Chance, fillings: Fillings): string {
  const template = chance.pick(framesOf(name)).replace('%', () => phrase);
  return endQuestion(writeTemplate(template, chance, fillings), chance);
}

function endQuestion(text: string, chance: Chance): string {
  if (/[.?!]$/.test(text)) return text;
  const closer =
    text.includes(',') || !chance.is(0.06) ? '' : writeTemplate(chance.pick(framesOf('closer')), chance);
  return `${text}${closer.startsWith(',') || closer === '' ? closer : ` ${closer}`}${chance.is(0.55) ? '?' : ''}`;
}

function framesOf(name: string): readonly string[] {
  return FRAMES.get(name) ?? [];
}

function readMacros(file: string): ReadonlyMap<string, string> {
  return new Map(
    readLines(file).map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf('['))]),
  );
}

function expandMacros(line: string): string {
  return line.replace(/@(\w+)/g, (_use, name: string) => {
    const macro = MACROS.get(name);
    if (macro === undefined) throw new Error(`No @${name}: ${line}`);
    return macro;
  });
}
