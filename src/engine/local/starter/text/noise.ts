/** Makes what a user types less tidy: typos, chat spellings, loose punctuation, a word before or after. */
import type { Chance } from './chance';
import { readLines, readTable } from './data-file';
import { swapSynonyms } from './synonym';

const OPENERS = readLines('noise-openers.txt');
const CLOSERS = readLines('noise-closers.txt');
const SPELLINGS = new Map(
  readTable('noise-spellings.txt', 2).map(([usual, hasty]) => [usual ?? '', (hasty ?? '').split('; ')]),
);
const SPELLING = new RegExp(
  `\\b(?:${[...SPELLINGS.keys()].sort((a, b) => b.length - a.length).join('|')})\\b(?!['’-])`,
  'gi',
);

/** A typo here would ask for something else: "four" and "for", "three" and "there", "minus" and "mins". */
const EXACT_WORDS = new Set(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand ' +
    'plus minus times half quarter dozen feet foot inch inches mile miles yard yards pound pounds gram grams ' +
    'hour hours year years week month march june july'
  ).split(' '),
);
const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'];
const QUESTION =
  /^(?:what|who|whom|whose|where|when|why|how|which|is|are|am|was|were|do|does|did|can|could|would|will|should|have|has|tell|give|name|convert|calculate|explain|say|show|list|write|make|find|help)\b/i;

/** Puts what noise there is outside `⟦ ⟧`, and takes these marks away. Never touches a digit or an operator. */
export function addNoise(written: string, chance: Chance): string {
  const text = chance.is(0.4) ? mapFree(written, (free) => swapSynonyms(free, 0.4, chance)) : written;
  if (chance.is(0.6)) return removeMarks(text);
  const isShort = removeMarks(text).split(/\s+/).length <= 2;
  const hasLongProtected = /⟦[^⟧]*\s[^⟧]*\s[^⟧]*\s[^⟧]*⟧/.test(text);
  let noisy = text;
  if (chance.is(isShort ? 0.08 : 0.35)) noisy = mapFree(noisy, (free) => spellHastily(free, chance));
  if (chance.is(0.4)) noisy = mapFree(noisy, removeApostrophes);
  if (chance.is(isShort ? 0.06 : 0.4)) noisy = addTypos(noisy, chance);
  if (chance.is(0.08)) noisy = loosenSpaces(noisy, chance);
  if (chance.is(0.55)) noisy = changeEnd(noisy, chance);
  if (chance.is(isShort ? 0.03 : 0.22)) noisy = addOpener(noisy, chance);
  const isRequest = QUESTION.test(removeMarks(text)) || /\?\s*$/.test(removeMarks(text));
  if (!isShort && isRequest && !hasLongProtected && chance.is(0.18)) noisy = addCloser(noisy, chance);
  return removeMarks(noisy);
}

function removeMarks(text: string): string {
  return text.replace(/[⟦⟧]/g, '');
}

/** `change` for what is outside `⟦ ⟧`. */
function mapFree(text: string, change: (free: string) => string): string {
  return text
    .split(/(⟦[^⟧]*⟧)/)
    .map((part) => (part.startsWith('⟦') ? part : change(part)))
    .join('');
}

function spellHastily(free: string, chance: Chance): string {
  return free.replace(SPELLING, (usual) => {
    const hasty = SPELLINGS.get(usual.toLowerCase());
    return hasty && chance.is(0.6) ? chance.pick(hasty) : usual;
  });
}

/** "don't" to "dont", but never into another plain word ("he'll"). */
function removeApostrophes(free: string): string {
  return free.replace(/\b(?!(?:he|she|we)'ll\b|we're\b)([a-z]+)['’](s|t|m|re|ve|d|ll)\b/gi, '$1$2');
}

/** At most one typo in six words. */
function addTypos(text: string, chance: Chance): string {
  const wordCount = removeMarks(text).split(/\s+/).length;
  const typoCount = Math.max(1, chance.int(0, Math.floor(wordCount / 6)));
  let count = 0;
  mapLongWords(text, (word) => {
    count++;
    return word;
  });
  const chosen = new Set(
    chance.shuffle(Array.from({ length: count }, (_, index) => index)).slice(0, typoCount),
  );
  let index = 0;
  return mapLongWords(text, (word) => (chosen.has(index++) ? misspell(word, chance) : word));
}

/** `change` for the words outside `⟦ ⟧` that can bear a typo. */
function mapLongWords(text: string, change: (word: string) => string): string {
  return mapFree(text, (free) =>
    free.replace(/(?<![\w'’-])[a-z]{4,}(?![\w'’-])/gi, (word) =>
      EXACT_WORDS.has(word.toLowerCase()) ? word : change(word),
    ),
  );
}

/** The first letter stays: hardly anyone gets it wrong, and it keeps "hour" from becoming "our". */
function misspell(word: string, chance: Chance): string {
  const at = chance.int(1, word.length - 1);
  const letter = word.charAt(at);
  const kind = chance.int(0, 3);
  if (kind === 0 && at < word.length - 1)
    return word.slice(0, at) + word.charAt(at + 1) + letter + word.slice(at + 2);
  if (kind === 1 && at < word.length - 1) return word.slice(0, at) + word.slice(at + 1);
  if (kind === 2) return word.slice(0, at) + letter + word.slice(at);
  return word.slice(0, at) + findNeighbour(letter, chance) + word.slice(at + 1);
}

function findNeighbour(letter: string, chance: Chance): string {
  const row = KEYBOARD.find((keys) => keys.includes(letter.toLowerCase())) ?? letter;
  const at = row.indexOf(letter.toLowerCase());
  return chance.pick([row.charAt(at - 1), row.charAt(at + 1)].filter((key) => key !== ''));
}

/** A space twice, none after a comma, or two plain words run together. */
function loosenSpaces(text: string, chance: Chance): string {
  const kind = chance.int(0, 2);
  let isDone = false;
  return mapFree(text, (free) => {
    if (isDone) return free;
    const pattern =
      kind === 0
        ? /(?<=\w) (?=\w)/g
        : kind === 1
          ? /(?<=[a-z],) (?=[a-z])/g
          : /(?<=\b[a-z]{2,}) (?=[a-z]{2,}\b)/gi;
    const places = [...free.matchAll(pattern)].filter(({ index }) => kind !== 2 || isLoose(free, index));
    if (places.length === 0) return free;
    const { index } = chance.pick(places);
    isDone = true;
    return free.slice(0, index) + (kind === 0 ? '  ' : '') + free.slice(index + 1);
  });
}

/** No number word stands before or after the space. */
function isLoose(free: string, space: number): boolean {
  const before = /[a-z]+$/i.exec(free.slice(0, space))?.[0] ?? '';
  const after = /^[a-z]+/i.exec(free.slice(space + 1))?.[0] ?? '';
  return !EXACT_WORDS.has(before.toLowerCase()) && !EXACT_WORDS.has(after.toLowerCase());
}

/** Another end for the sentence, or none. After a digit only a question mark comes: "5!" and "5." are other numbers. */
function changeEnd(text: string, chance: Chance): string {
  const [, body = text, end = ''] = /^([^]*?)([.?!]*)$/.exec(text) ?? [];
  if (body === '' || end.length > 1) return text;
  const isAfterDigit = /[\d)%]⟧?$/.test(body);
  const isQuestion = end === '?' || (end === '' && QUESTION.test(removeMarks(body)));
  const ends = isQuestion
    ? ['', '', '', '', '??', '?', ' ?', '???', ...(isAfterDigit ? [] : ['?!', '.', '...', '!'])]
    : isAfterDigit
      ? ['']
      : end === '!'
        ? ['', '', '!!', '!!!', '.']
        : ['', '', '', '.', '!', '..', '...'];
  return body + chance.pick(ends);
}

function addOpener(text: string, chance: Chance): string {
  return `${chance.pick(OPENERS)}${chance.is(0.05) ? '  ' : ' '}${text}`;
}

function addCloser(text: string, chance: Chance): string {
  const closer = chance.pick(CLOSERS);
  return closer.startsWith(',') ? `${text.replace(/[.?!]+$/, '')}${closer}` : `${text} ${closer}`;
}
