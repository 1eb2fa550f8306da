/** What the learned part of gate A sees of a question: hashed word and letter groups, and some numbers of its surface; pure. */
import { areNumeric, createSurfaceCounter, partsOf } from './question-surface';

/** Hashed n-grams fall into this many buckets; twice as many were no better on the folds of the train rows. */
export const BUCKETS = 1 << 14;

export interface QuestionFeatures {
  /** Buckets that occur, each once, in the order they came. */
  readonly buckets: Uint16Array;
  /** One number for each of `SURFACE`. */
  readonly surface: Float64Array;
  readonly kind: Kind;
  readonly group: Group;
  /** Hashes of its words, each once, for telling whether it is made of words that the model has seen. */
  readonly words: Uint16Array;
}

/** What is asked for, as far as its shape tells: the same signs mean other things in each. */
export const KINDS = ['choices', 'numeric choices', 'code', 'formula', 'word problem', 'plain'] as const;
export type Kind = (typeof KINDS)[number];

/** Up to five choices to pick from, more, or none: chance alone gets so many right that each is a world of its own. */
export const GROUPS = ['few', 'many', 'open'] as const;
export type Group = (typeof GROUPS)[number];
const FEW = 5;

/** What is longer is read at its start and its end; more tells no more, and the gate has a millisecond. */
const READ_CHARACTERS = 4_000;
const LETTER_GROUP = 4;
const TOKEN = /\p{L}+|\d+(?:[.,]\d+)*|[^\s\p{L}\d]/gu;
const IS_LETTER = /\p{L}/u;
/** Words of the choices are others than the same words of the question. */
const SEEDS = { stem: 0, choices: 0x5bd1e995 } as const;

/** Which buckets were seen, and which words; cleared after each question. */
const seen = new Uint8Array(BUCKETS);
const met = new Uint8Array(1 << 16);

export function featuresOf(question: string): QuestionFeatures {
  const text =
    question.length <= READ_CHARACTERS
      ? question
      : `${question.slice(0, READ_CHARACTERS / 2)} ${question.slice(-READ_CHARACTERS / 2)}`;
  const parts = partsOf(text);
  const lower = text.toLowerCase();
  const surface = createSurfaceCounter();
  const buckets: number[] = [];
  const words: number[] = [];
  const see = (hash: number) => {
    const bucket = (Math.imul(hash, 0x85ebca6b) >>> 18) & (BUCKETS - 1);
    if (seen[bucket] === 1) return;
    seen[bucket] = 1;
    buckets.push(bucket);
  };
  let before = 0x2c1b3c6d;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(lower); match; match = TOKEN.exec(lower)) {
    const [token] = match;
    const isInChoices = parts.choices.length > 0 && match.index >= parts.stem.length;
    const seed = isInChoices ? SEEDS.choices : SEEDS.stem;
    const first = token.charCodeAt(0);
    const isNumber = first >= 48 && first <= 57;
    const isWord = !isNumber && IS_LETTER.test(token);
    // Digits matter by how many there are, not by which.
    const hash = isNumber ? hashOf(token.replace(/\d/g, '0')) : hashOf(token);
    surface.add(
      token,
      isNumber ? 'number' : isWord ? 'word' : 'sign',
      hash,
      isWord && text.charCodeAt(match.index) !== first,
      isInChoices,
    );
    see(hash ^ seed);
    see(Math.imul(before, 0x9e3779b1) ^ hash ^ seed);
    before = hash;
    if (!isWord) continue;
    const word = hash & 0xffff;
    if (met[word] === 0) {
      met[word] = 1;
      words.push(word);
    }
    if (token.length >= LETTER_GROUP) seeGroups(token, seed, see);
  }
  for (const bucket of buckets) seen[bucket] = 0;
  for (const word of words) met[word] = 0;
  const isCode = surface.countOf('code') + surface.countOf('brackets') > 5;
  const isFormula =
    surface.countOf('backslashes') > 0 || surface.countOf('dollars') > surface.countOf('money');
  const isReckoned = surface.countOf('numbers') + surface.countOf('number words') > 1;
  return {
    buckets: Uint16Array.from(buckets),
    surface: surface.surfaceOf(text, parts),
    kind:
      parts.choices.length > 0
        ? areNumeric(parts.choices)
          ? 'numeric choices'
          : 'choices'
        : isCode
          ? 'code'
          : isFormula
            ? 'formula'
            : isReckoned
              ? 'word problem'
              : 'plain',
    group: parts.choices.length === 0 ? 'open' : parts.choices.length <= FEW ? 'few' : 'many',
    words: Uint16Array.from(words),
  };
}

/** Groups of letters within a word, with a blank at each end. */
function seeGroups(word: string, seed: number, see: (hash: number) => void): void {
  let [a, b, c] = [32, word.charCodeAt(0), word.charCodeAt(1)];
  for (let at = 2; at <= word.length; at++) {
    const d = at < word.length ? word.charCodeAt(at) : 32;
    const hash = Math.imul(Math.imul(Math.imul(a * 0x3b + b, 0x01000193) ^ c, 0x01000193) ^ d, 0x01000193);
    see(hash ^ (hash >>> 13) ^ 0x2545f491 ^ seed);
    [a, b, c] = [b, c, d];
  }
}

/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
