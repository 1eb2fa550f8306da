/** What the learned part of gate A sees of a question: hashed word and letter groups, and some numbers of its surface; pure. */

/** Hashed n-grams fall into this many buckets. */
export const BUCKETS = 1 << 15;

export interface QuestionFeatures {
  /** Buckets that occur, each once, ascending. */
  readonly buckets: Uint16Array;
  /** One number for each of `SURFACE`. */
  readonly surface: Float64Array;
  readonly kind: Kind;
  /** Hashes of its words, each once, for telling whether it is made of words that the model has seen. */
  readonly words: Uint16Array;
}

/** What a text is made of, counted; each count enters as its logarithm. */
const COUNTED = {
  sentences: /[.?!](?=\s|$)/g,
  lines: /\n/g,
  numbers: /\d+(?:[.,]\d+)*/g,
  decimals: /\d[.,]\d/g,
  'percent or money': /[%$€£]\s?\d|\d\s?[%€]/g,
  operators: /[+*/^<>]|(?<=\d)\s?[-−×÷]\s?(?=\d)/g,
  equals: /=/g,
  latex: /\\[a-z]+|\$[^$\n\d\s][^$\n]*\$/g,
  code: /[{}[\];]|\b(?:def|return|function|print|const|lambda)\b/g,
  'question marks': /\?/g,
  commas: /,/g,
  quotes: /["“”'‘’]/g,
  capitals: /(?<=[a-z,] )[A-Z][a-z]/g,
  negations: /\b(?:not|no|never|except|without|false|incorrect|least)\b|n't\b/gi,
  'how many': /\bhow (?:many|much|long|far|old)\b/gi,
  conditions: /\b(?:if|when|suppose|assume|given|let|then)\b/gi,
  'number words':
    /\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b/gi,
  parts: /\b(?:half|twice|double|triple|third|quarter|times|fraction|ratio)\b|\d\/\d/gi,
  each: /\b(?:each|every|per|apiece|both)\b/gi,
  comparisons: /\b(?:than|fewer|more|less|as many|as much)\b/gi,
  remainders: /\b(?:left|remain\w*|rest|after|lost|spent|gave|sold)\b/gi,
  totals: /\b(?:total|altogether|combined|together|sum|all)\b/gi,
  times: /\b(?:day|week|month|year|hour|minute)s?\b/gi,
  rates: /\b(?:percent|average|discount|speed|rate|profit|interest)\b/gi,
  pronouns: /\b(?:he|she|they|his|her|their)\b/gi,
} as const;

/** Names of the surface's numbers, in their order. */
export const SURFACE = [
  ...Object.keys(COUNTED),
  'characters',
  'words',
  'length',
  'length squared',
  'word length',
  'longest word',
  'share of digits',
  'largest number',
  'different numbers',
  'choices',
  'length of choices',
  'other scripts',
] as const;

/** What is asked for, as far as its shape tells: the same signs mean other things in each. */
export const KINDS = ['choices', 'numeric choices', 'code', 'formula', 'word problem', 'plain'] as const;
export type Kind = (typeof KINDS)[number];

/** What is longer is read at its start and its end; more tells no more, and the gate has a millisecond. */
const READ_CHARACTERS = 4_000;
const LETTER_GROUP = 4;

export function featuresOf(question: string): QuestionFeatures {
  const text =
    question.length <= READ_CHARACTERS
      ? question
      : `${question.slice(0, READ_CHARACTERS / 2)} ${question.slice(-READ_CHARACTERS / 2)}`;
  const words = text.toLowerCase().match(/[\p{L}]+|\d+(?:[.,]\d+)*|[^\s\p{L}\d]/gu) ?? [];
  const shapes = words.map((word) => (/^\d/.test(word) ? numberShapeOf(word) : word));
  const hashes = shapes.map((shape) => hashOf(shape, 0x811c9dc5));

  const buckets = new Set<number>();
  const known = new Set<number>();
  let before = hashOf('^', 0x811c9dc5);
  for (const [at, hash] of hashes.entries()) {
    buckets.add(bucketOf(hash));
    buckets.add(bucketOf(Math.imul(before, 0x9e3779b1) ^ hash));
    before = hash;
    const shape = shapes[at] as string;
    if (!/^\p{L}/u.test(shape)) continue;
    known.add(hash & 0xffff);
    const padded = ` ${shape} `;
    if (padded.length <= LETTER_GROUP + 1) continue;
    for (let start = 0; start + LETTER_GROUP <= padded.length; start++) {
      buckets.add(bucketOf(hashOf(padded, 0x2545f491, start, start + LETTER_GROUP)));
    }
  }
  return {
    buckets: Uint16Array.from(buckets).sort(),
    ...surfaceOf(text, words),
    words: Uint16Array.from(known),
  };
}

/** Digits matter by how many there are, not by which. */
function numberShapeOf(number: string): string {
  return number.replace(/\d/g, '0');
}

function surfaceOf(text: string, words: readonly string[]): Pick<QuestionFeatures, 'surface' | 'kind'> {
  const letters = words.filter((word) => /^\p{L}/u.test(word));
  const numbers = words.filter((word) => /^\d/.test(word));
  const largest = numbers.reduce((most, number) => Math.max(most, Number(number.replace(/,/g, '')) || 0), 0);
  const choices = text.match(/^\(?[A-J][.)] .*$/gm) ?? [];
  const numeric = choices.filter((choice) => /^\(?[A-J][.)]\s*[-$]?[\d.]/.test(choice)).length;
  const counts = Object.values(COUNTED).map((pattern) => text.match(pattern)?.length ?? 0);
  const countOf = (name: keyof typeof COUNTED) => counts[SURFACE.indexOf(name)] as number;
  const length = text.length / 300;
  const surface = Float64Array.of(
    ...counts.map(log),
    log(text.length),
    log(words.length),
    length,
    length ** 2,
    letters.reduce((sum, word) => sum + word.length, 0) / Math.max(1, letters.length),
    letters.reduce((most, word) => Math.max(most, word.length), 0),
    numbers.join('').length / Math.max(1, text.length),
    log(largest),
    new Set(numbers).size,
    choices.length,
    log(choices.reduce((sum, choice) => sum + choice.length, 0) / Math.max(1, choices.length)),
    (text.match(/[^\p{Script=Latin}\p{Script=Common}]/gu)?.length ?? 0) / Math.max(1, text.length),
  );
  const kindOf = (): Kind => {
    if (choices.length > 2) return numeric > choices.length / 2 ? 'numeric choices' : 'choices';
    if (countOf('code') > 5) return 'code';
    if (countOf('latex') > 0) return 'formula';
    return numbers.length + countOf('number words') > 1 ? 'word problem' : 'plain';
  };
  return { surface, kind: kindOf() };
}

function log(amount: number): number {
  return Math.log1p(Math.max(0, amount));
}

/** FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/, over UTF-16 units. */
function hashOf(text: string, seed: number, from = 0, to = text.length): number {
  let hash = seed;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}

function bucketOf(hash: number): number {
  return (Math.imul(hash, 0x85ebca6b) >>> 17) & (BUCKETS - 1);
}
