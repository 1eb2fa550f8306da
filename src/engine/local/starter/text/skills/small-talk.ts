/** Greetings, thanks, jokes and who is speaking; and what only begins like small talk. */
import type { Chance } from '../chance';
import { dialogueOf, type Dialogue, type Exchange, type Skill } from '../dialogue';
import { pickTemplate, writeTemplate } from '../template';
import { writeUnknownNoun } from '../unknown-word';
import { readSubjects, type Subject, writeAsk } from './about-app';

const INTENTS = readSubjects('small-talk.txt');
const NAMED = new Map(
  ['small-talk.txt', 'small-talk-joke-asks.txt', 'small-talk-endings.txt', 'small-talk-near-misses.txt']
    .flatMap(readSubjects)
    .map((subject) => [subject.name, subject]),
);
const JOKES = readSubjects('small-talk-jokes.txt');
/** An intent as often as it has lines, within limits: what can be said in many ways is seen in many ways. */
const DRAWN = INTENTS.flatMap((intent) => {
  const times = Math.min(5, Math.max(2, Math.ceil(intent.asks.length / 3)));
  return Array.from({ length: intent.asks.length > 0 ? times : 0 }, () => intent);
});
const GREETINGS = ['greeting', 'greeting', 'good morning', 'good afternoon', 'good evening'].map(subjectOf);
/** What is said only of a joke, or only as an answer to a question of the other. */
const BOUND = new Set([
  'joke was bad',
  'laughter',
  'user is well',
  'user is not well',
  'user names a favourite',
]);
const FOLLOWED = INTENTS.filter(({ name, followUps }) => followUps.length > 0 && !BOUND.has(name));
const QUESTION =
  /^(?:who|what|where|when|why|how|which|whose|are|is|am|do|does|did|can|could|would|will|were|was|have|may|shall|should|must|in which|by what)\b/;

export const smallTalk: Skill = {
  name: 'small talk',
  weight: 24,
  write(chance) {
    const kind = chance.random();
    if (kind < 0.26) return dialogueOf(writeNearMiss(chance));
    if (kind < 0.32) return dialogueOf(askForJoke(chance).exchange);
    if (kind < 0.4) return writeJokes(chance);
    if (kind < 0.55) return writeTalk(chance);
    return dialogueOf(writeIntent(chance.pick(DRAWN), chance));
  },
};

function writeIntent(intent: Subject, chance: Chance): Exchange {
  return {
    user: endTalk(writeTemplate(pickTemplate(intent.asks, chance), chance), chance),
    answer: intent.answer,
  };
}

function writeFollowUp(intent: Subject, chance: Chance): Exchange {
  return {
    user: endTalk(writeTemplate(pickTemplate(intent.followUps, chance), chance), chance),
    answer: intent.answer,
  };
}

/** Two to four exchanges, as a first talk goes. */
function writeTalk(chance: Chance): Dialogue {
  const kind = chance.random();
  const exchanges: [Exchange, ...Exchange[]] = [
    writeIntent(chance.is(0.6) ? chance.pick(GREETINGS) : chance.pick(DRAWN), chance),
  ];
  if (kind < 0.2) {
    exchanges.push(writeFollowUp(subjectOf(chance.is(0.75) ? 'user is well' : 'user is not well'), chance));
    exchanges.splice(0, 1, writeIntent(subjectOf('how are you'), chance));
    if (chance.is(0.4)) exchanges.push(writeIntent(chance.pick(DRAWN), chance));
  } else if (kind < 0.28) {
    exchanges.splice(0, 1, writeIntent(subjectOf('favourites'), chance));
    exchanges.push(writeFollowUp(subjectOf('user names a favourite'), chance));
  } else {
    while (chance.is(0.3)) exchanges.push(writeIntent(chance.pick(DRAWN), chance));
    if (kind < 0.58) exchanges.push(writeFollowUp(chance.pick(FOLLOWED), chance));
    else if (kind < 0.85) exchanges.push(writeIntent(chance.pick(DRAWN), chance));
    else exchanges.push(writeNearMiss(chance));
  }
  return { exchanges };
}

/** A joke, and another one, or what the reader makes of it. */
function writeJokes(chance: Chance): Dialogue {
  const first = askForJoke(chance);
  const exchanges: [Exchange, ...Exchange[]] = [first.exchange];
  let { told } = first;
  do {
    if (chance.is(0.3))
      exchanges.push(writeFollowUp(subjectOf(chance.is(0.7) ? 'laughter' : 'joke was bad'), chance));
    if (exchanges.length > 1 && chance.is(0.3)) return { exchanges };
    const template = chance.pick(subjectOf('another').asks);
    const isNamed = template.includes('{subject}');
    told = (told + (isNamed ? chance.int(1, JOKES.length - 1) : 1)) % JOKES.length;
    const joke = JOKES[told] as Subject;
    const user = writeTemplate(template, chance, { subject: chance.pick(joke.asks) });
    exchanges.push({ user: endTalk(user, chance), answer: joke.answer });
  } while (chance.is(0.35));
  return { exchanges };
}

/** Where no subject is named, the first joke: a tiny model should not have to choose. */
function askForJoke(chance: Chance): { exchange: Exchange; told: number } {
  const isNamed = chance.is(0.35);
  const told = isNamed ? chance.int(0, JOKES.length - 1) : 0;
  const joke = JOKES[told] as Subject;
  const asks = subjectOf(isNamed ? 'subject' : 'any').asks;
  const user = writeTemplate(chance.pick(asks), chance, { subject: chance.pick(joke.asks) });
  return { exchange: { user: endTalk(user, chance), answer: joke.answer }, told };
}

function writeNearMiss(chance: Chance): Exchange {
  const kind = chance.random();
  if (kind < 0.14) {
    const { asks, answer } = subjectOf('crisis');
    return { user: endTalk(writeTemplate(chance.pick(asks), chance), chance), answer, isHandOver: true };
  }
  if (kind > 0.96) {
    const subject = { subject: `${chance.is(0.5) ? 'a ' : ''}${writeUnknownNoun(chance)}` };
    return {
      user: writeTemplate(chance.pick(subjectOf('subject').asks), chance, subject),
      answer: '',
      isHandOver: true,
    };
  }
  return {
    user: writeAsk(pickTemplate(subjectOf('hand over').asks, chance), chance),
    answer: '',
    isHandOver: true,
  };
}

/** A mark at the end, and now and then a word before or after. */
function endTalk(text: string, chance: Chance): string {
  if (/[.?!]$/.test(text)) return text;
  const isLong = text.split(' ').length > 2;
  const isQuestion = QUESTION.test(text);
  const isEnded = text.includes(',');
  const before = isLong && isQuestion && chance.is(0.14) ? `${writeEnding('before', chance)} ` : '';
  const after =
    isLong && !isEnded && chance.is(0.1) ? writeEnding(isQuestion ? 'after' : 'address', chance) : '';
  const mark = chance.pick(isQuestion ? ['', '', '?', '?', '?'] : ['', '', '', '!', '.']);
  return `${before}${text}${after === '' || after.startsWith(',') ? after : ` ${after}`}${mark}`;
}

function writeEnding(name: string, chance: Chance): string {
  return writeTemplate(chance.pick(subjectOf(name).asks), chance);
}

function subjectOf(name: string): Subject {
  const subject = NAMED.get(name);
  if (!subject) throw new Error(`No section "${name}".`);
  return subject;
}
