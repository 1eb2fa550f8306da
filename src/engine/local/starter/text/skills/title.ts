/** A title for a first message: the words that say what it is about, copied in their order. */
import type { Chance } from '../chance';
import { readLines } from '../data-file';
import type { Dialogue, Skill } from '../dialogue';
import { writeTemplate } from '../template';
import { writeUnknownName, writeUnknownNoun, writeUnknownPlace, writeUnknownProduct } from '../unknown-word';
import { chooseArticle } from './indefinite-article';
import { askForTitleInChat } from './title-chat';

const deedFrames = readLines('title-deed-frames.txt');
const thingFrames = readLines('title-thing-frames.txt');
const otherFrames = readLines('title-other-frames.txt');
const wholes = readLines('title-whole.txt');
const empties = readLines('title-empty.txt');
const cuts = readLines('title-cuts.txt');
const befores = readLines('title-before.txt');
const afters = readLines('title-after.txt');
const snippets = readLines('title-snippets.txt');
const troubles = readLines('title-troubles.txt');
const deeds = readLists('title-deeds.txt');
const things = readLists('title-things.txt');
const objects = readLists('title-objects.txt');
const kinds = readLists('title-kinds.txt');
const adjectives = readLists('title-adjectives.txt');
const nouns = readLists('title-nouns.txt');
const tails = readLists('title-tails.txt');
const errors = readLists('title-errors.txt');
const verbs =
  'fix|install|clean|buy|sell|find|understand|use|paint|repair|move|replace|compare|design|learn|choose|test|build|store|order|improve|remove|return|update|wash|measure|collect|draw|explain|invent|open|close|open up|set up|get rid of|take care of|look after'.split(
    '|',
  );
const languages =
  'python|javascript|java|rust|go|sql|bash|php|ruby|swift|kotlin|html|css|typescript|excel|c|lua|perl|linux|windows'.split(
    '|',
  );
const codes =
  'function|script|query|loop|class|program|regex|method|snippet|formula|test|macro|code|component|module'.split(
    '|',
  );
const papers =
  'text|email|letter|paragraph|message|article|story|note|log|recipe|sentence|document|report|poem|review|file'.split(
    '|',
  );
const acts =
  'summarize|shorten|rewrite|improve|explain|correct|proofread|check|simplify|rephrase|analyze|format'.split(
    '|',
  );
const tongues =
  'french|german|spanish|italian|japanese|polish|dutch|arabic|korean|latin|turkish|greek|portuguese|swedish|hindi'.split(
    '|',
  );
const places =
  'paris|tokyo|new york|berlin|vienna|rome|madrid|oslo|chicago|sydney|cairo|lima|toronto|dublin|prague|istanbul|seoul|mumbai|nairobi|boston|hong kong|cape town|iceland|portugal|mexico|vietnam|japan|texas|scotland|bali'.split(
    '|',
  );
const people =
  'my mother|my boss|my best friend|a teacher|our neighbors|my grandfather|a five year old|my team|a customer|my landlord|the mayor|my sister|two actors|my son|marie curie|napoleon|ada lovelace|isaac newton|cleopatra|mozart'.split(
    '|',
  );

const MAX_WORDS = 6;

export const titleSkill: Skill = {
  name: 'title',
  weight: 210,
  write: (chance) => {
    if (chance.is(0.04)) return askForTitleInChat(chance, writeMessage(chance).user);
    if (chance.is(0.06)) return dialogueOf(writeTemplate(chance.pick(empties), chance), 'small talk');
    const { user, title } = writeMessage(chance);
    return dialogueOf(surround(chance, user), title);
  },
};

/** With the space before the title, its pieces are those of the message: a copy, token by token. */
function dialogueOf(user: string, answer: string): Dialogue {
  return { task: 'title', exchanges: [{ user: user.toLowerCase(), answer: ` ${answer.toLowerCase()}` }] };
}

/** Draws until the title has one to six words. */
function writeMessage(chance: Chance): { user: string; title: string } {
  for (;;) {
    const message = markTitle(
      writeTemplate(
        pickFrame(chance).replace('{cut}', () => chance.pick(cuts)),
        chance,
        fill(chance),
      ),
    );
    if (message.title !== '' && message.title.split(' ').length <= MAX_WORDS) return message;
  }
}

function pickFrame(chance: Chance): string {
  const kind = chance.random();
  if (kind < 0.1) return chance.pick(deedFrames);
  if (kind < 0.18) return chance.pick(thingFrames);
  if (kind < 0.26) return chance.pick(otherFrames);
  const whole = chance.pick(wholes);
  // Now and then with a topic that has nothing to do with the rest: the place tells the title, not the words.
  return chance.is(0.15) ? whole.replace(/«.*»/, '«{thing}»') : whole;
}

/** What stands between `«` and `»`, up to a bar, is the title, and is kept free of typos; an article before it stays out. */
function markTitle(text: string): { user: string; title: string } {
  const spans = /«(.*?)»/.exec(text);
  const [marked = '', tail = ''] = (spans?.[1] ?? '').replace(/[⟦⟧]/g, '').split(' |');
  const article = /^(?:the|a|an) (?=\S)/i.exec(marked)?.[0] ?? '';
  const title = marked.slice(article.length);
  const user = text.replace(/«(.*?)»/g, () => `${article}⟦${title}⟧${tail}`).replaceAll(' |', '');
  return {
    user: user
      .replace(/\b(?:a|an) (?=⟦(\w+))/gi, (_all, word: string) => `${chooseArticle(word)} `)
      .replace(/\bmy (?:the|a|my) /g, 'my '),
    title,
  };
}

function fill(chance: Chance): Record<string, string> {
  const one = writeShort(chance);
  return {
    do: writeDeed(chance),
    thing: writeThing(chance),
    thing2: writeShort(chance),
    one,
    two: writeShort(chance),
    object: chance.is(0.9) ? chance.pick(objects) : writeUnknownNoun(chance),
    object2: chance.pick(objects),
    trouble: writeTemplate(chance.pick(troubles), chance),
    adjective: chance.pick(adjectives),
    kind: chance.pick(kinds),
    error: chance.pick(errors),
    lang: chance.pick(languages),
    code: chance.pick(codes),
    paper: chance.pick(papers),
    act: chance.pick(acts),
    tongue: chance.pick(tongues),
    snippet: chance.pick(snippets),
    person: chance.is(0.5) ? chance.pick(people) : writeUnknownName(chance),
    place: chance.is(0.7) ? chance.pick(places) : writeUnknownPlace(chance),
    place2: chance.pick(places),
    product: writeUnknownProduct(chance).split(' ')[0] ?? '',
    version: chance.pick([
      'pro',
      'mini',
      'cloud',
      'editor',
      'server',
      'app',
      'plugin',
      'x',
      String(chance.int(2, 30)),
      'beta',
    ]),
    made: writeUnknownNoun(chance),
    noun: chance.pick(nouns),
  };
}

function writeDeed(chance: Chance): string {
  const deed = chance.is(0.6) ? chance.pick(deeds) : `${chance.pick(verbs)} ${writeThing(chance)}`;
  return withTail(chance, deed);
}

function writeThing(chance: Chance): string {
  const kind = chance.random();
  if (kind < 0.48) return withTail(chance, chance.pick(things));
  if (kind < 0.68)
    return `${chance.pick(adjectives)} ${chance.is(0.7) ? chance.pick(nouns) : chance.pick(things)}`;
  if (kind < 0.78) return `${chance.pick(nouns)} | ${chance.pick(tails)}`;
  return writeUnheard(chance);
}

/** With words that nobody has seen, so that copying is learnt rather than words. */
function writeUnheard(chance: Chance): string {
  const noun = chance.pick(nouns);
  return chance.pick([
    () => `${chance.pick(adjectives)} ${writeUnknownNoun(chance)}s`,
    () => `${writeUnknownNoun(chance)} ${noun}`,
    () => `${writeUnknownProduct(chance)} ${noun}`,
    () => `${noun} | in ${writeUnknownPlace(chance)}`,
    () => `${noun} of ${writeUnknownPlace(chance)}`,
    () => `${writeUnknownName(chance).split(' ').at(-1)}'s ${noun}`,
    () => `${writeUnknownNoun(chance)} and ${writeUnknownNoun(chance)}`,
    () => `${noun} and ${chance.pick(nouns)}`,
    () => `${noun} | for ${writeUnknownNoun(chance)}s`,
  ])();
}

function writeShort(chance: Chance): string {
  const kind = chance.random();
  if (kind < 0.4) return chance.pick(nouns);
  if (kind < 0.6) return chance.pick(things).replace(/^the /, '');
  return kind < 0.85 ? `${chance.pick(adjectives)} ${chance.pick(nouns)}` : writeUnknownNoun(chance);
}

/** What follows the bar belongs to the message and not to the title: when, where, for whom, how. */
function withTail(chance: Chance, words: string): string {
  const isLong = words.split(' ').length > 3 || / (?:in|for|on|at|with|of|from|to) /.test(words);
  return chance.is(0.18) && !isLong ? `${words} | ${chance.pick(tails)}` : words;
}

/** Chat noise or a sentence before or after. */
function surround(chance: Chance, core: string): string {
  const fillings = { thing2: writeShort(chance), object2: chance.pick(objects) };
  const before = chance.is(0.3) ? `${writeTemplate(chance.pick(befores), chance, fillings)} ` : '';
  if (!chance.is(0.3)) return before + core;
  const joint = /[.?!;:,]$/.test(core) ? '' : chance.pick(['.', '.', '', ',']);
  return `${before}${core}${joint} ${writeTemplate(chance.pick(afters), chance, fillings)}`;
}

function readLists(name: string): string[] {
  return readLines(name).flatMap((line) => line.split(',').map((part) => part.trim()));
}
