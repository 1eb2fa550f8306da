/** Counts what a question is made of, a word at a time: signs, kinds of words, numbers, choices; pure. */

/** Words that are counted together; each count enters as its logarithm. */
const WORDS = {
  code: 'def return function print const lambda',
  negations: 'not no never except without false incorrect least',
  conditions: 'if when suppose assume given let then',
  'number words': 'one two three four five six seven eight nine ten eleven twelve dozen hundred thousand',
  parts: 'half twice double triple third quarter times fraction ratio',
  each: 'each every per apiece both',
  comparisons: 'than fewer more less',
  remainders: 'left remain remains remaining rest after lost spent gave sold',
  totals: 'total altogether combined together sum all',
  times: 'day days week weeks month months year years hour hours minute minutes',
  rates: 'percent average discount speed rate profit interest',
  pronouns: 'he she they his her their',
  which: 'which',
  best: 'best most likely main primary following',
  'of the above': 'above below',
  statements: 'statement statements',
} as const;
/** Signs that are counted together. */
const SIGNS = {
  sentences: '.?!',
  'question marks': '?',
  commas: ',',
  quotes: '"“”\'‘’',
  equals: '=',
  operators: '+*/^<>×÷',
  brackets: '{}[];',
  percent: '%€£',
  backslashes: '\\',
  dollars: '$',
  blanks: '_',
} as const;
/** What takes two words to see. */
const PAIRS = ['how many', 'capitals', 'differences', 'money'] as const;
const HOW_MUCH = new Set(['many', 'much', 'long', 'far', 'old']);

const WORD_NAMES = Object.keys(WORDS) as (keyof typeof WORDS)[];
const SIGN_NAMES = Object.keys(SIGNS) as (keyof typeof SIGNS)[];
const COUNTED = [...WORD_NAMES, ...SIGN_NAMES, ...PAIRS, 'lines', 'numbers', 'decimals'] as const;
type Counted = (typeof COUNTED)[number];
const placeOf = Object.fromEntries(COUNTED.map((name, at) => [name, at])) as Record<Counted, number>;
const PLACE_OF_WORD = new Map(
  WORD_NAMES.flatMap((name) => WORDS[name].split(' ').map((word) => [word, placeOf[name]] as const)),
);
const PLACES_OF_SIGN = new Map<string, number[]>();
for (const name of SIGN_NAMES)
  for (const sign of SIGNS[name])
    PLACES_OF_SIGN.set(sign, [...(PLACES_OF_SIGN.get(sign) ?? []), placeOf[name]]);

/** Names of the surface's numbers, in their order. */
export const SURFACE = [
  ...COUNTED,
  'characters',
  'words',
  'length',
  'length squared',
  'word length',
  'longest word',
  'share of digits',
  'largest number',
  'different numbers',
  'other scripts',
  'choices',
  'length of choices',
  'longest choice',
  'shortest choice',
  'spread of choices',
  'numeric choices',
  'length of the stem',
  'ends as a question',
  'ends open',
  'different words of choices',
  'words of choices in the stem',
] as const;

export type TokenKind = 'word' | 'number' | 'sign';

/** Takes a question's words in their order, lower-cased, and at the end tells its surface. */
export interface SurfaceCounter {
  /** `isCapital`: written with one. `hash`: of a word. */
  add(token: string, kind: TokenKind, hash: number, isCapital: boolean, isInChoices: boolean): void;
  /** One number for each of `SURFACE`, in an array of its own. */
  surfaceOf(text: string, parts: QuestionParts): Float64Array;
  countOf(name: Counted): number;
}

/** A question and the choices that it ends in, if any. */
export interface QuestionParts {
  readonly stem: string;
  readonly choices: readonly string[];
}

const CHOICE = /^\(?[A-J][.)] .*$/gm;
const NUMERIC = /^\(?[A-J][.)]\s*[-$]?[\d.]/;

/** Three choices or more count; fewer are a list like any other. */
export function partsOf(text: string): QuestionParts {
  const choices = text.match(CHOICE) ?? [];
  if (choices.length < 3) return { stem: text, choices: [] };
  return { stem: text.slice(0, text.indexOf(choices[0] as string)), choices };
}

export function areNumeric(choices: readonly string[]): boolean {
  return choices.filter((choice) => NUMERIC.test(choice)).length > choices.length / 2;
}

export function createSurfaceCounter(): SurfaceCounter {
  const counts = new Float64Array(COUNTED.length);
  const numbers = new Set<string>();
  const stemWords = new Set<number>();
  const choiceWords = new Set<number>();
  let words = 0;
  let tokens = 0;
  let letters = 0;
  let longest = 0;
  let digits = 0;
  let largest = 0;
  let wordsInChoices = 0;
  let before = '';
  let kindBefore: TokenKind | undefined;
  let kindTwoBefore: TokenKind | undefined;
  const count = (place: number) => (counts[place] = (counts[place] as number) + 1);
  return {
    countOf: (name) => counts[placeOf[name]] as number,
    add(token, kind, hash, isCapital, isInChoices) {
      tokens++;
      if (kind === 'word') {
        words++;
        letters += token.length;
        longest = Math.max(longest, token.length);
        const place = PLACE_OF_WORD.get(token);
        if (place !== undefined) count(place);
        if (before === 'how' && HOW_MUCH.has(token)) count(placeOf['how many']);
        if (isCapital && (kindBefore === 'word' || before === ',')) count(placeOf.capitals);
        if (isInChoices) {
          wordsInChoices++;
          choiceWords.add(hash);
        } else stemWords.add(hash);
      } else if (kind === 'number') {
        count(placeOf.numbers);
        numbers.add(token);
        digits += token.length;
        if (/[.,]/.test(token)) count(placeOf.decimals);
        largest = Math.max(largest, Number(token.replaceAll(',', '')) || 0);
        if ((before === '-' || before === '−') && kindTwoBefore === 'number') count(placeOf.differences);
        if (before === '$') count(placeOf.money);
      } else for (const place of PLACES_OF_SIGN.get(token) ?? []) count(place);
      kindTwoBefore = kindBefore;
      kindBefore = kind;
      before = token;
    },
    surfaceOf(text, { stem, choices }) {
      counts[placeOf.lines] = text.split('\n').length - 1;
      const length = text.length / 300;
      const lengths = choices.map((choice) => choice.length);
      const mean = lengths.reduce((sum, one) => sum + one, 0) / Math.max(1, lengths.length);
      const spread = lengths.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, lengths.length);
      const shared = [...choiceWords].filter((word) => stemWords.has(word)).length;
      const end = stem.trimEnd().at(-1) ?? '';
      const surface = new Float64Array(SURFACE.length);
      surface.set(counts.map(log));
      surface.set(
        [
          log(text.length),
          log(tokens),
          length,
          length ** 2,
          letters / Math.max(1, words),
          longest,
          digits / Math.max(1, text.length),
          log(largest),
          numbers.size,
          otherScriptsIn(text),
          choices.length,
          log(mean),
          log(Math.max(0, ...lengths)),
          lengths.length === 0 ? 0 : log(Math.min(...lengths)),
          log(Math.sqrt(spread)),
          areNumeric(choices) ? 1 : 0,
          log(stem.length),
          end === '?' ? 1 : 0,
          choices.length > 0 && /[\p{L}\d:_]/u.test(end) ? 1 : 0,
          choiceWords.size / Math.max(1, wordsInChoices),
          shared / Math.max(1, choiceWords.size),
        ],
        COUNTED.length,
      );
      return surface;
    },
  };
}

function otherScriptsIn(text: string): number {
  if (!/[\u0370-\u1fff\u2c00-\uffff]/.test(text)) return 0;
  return (text.match(/[^\p{Script=Latin}\p{Script=Common}]/gu)?.length ?? 0) / text.length;
}

function log(amount: number): number {
  return Math.log1p(Math.max(0, amount));
}
