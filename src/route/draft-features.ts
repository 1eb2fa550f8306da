/** What a draft's own words tell of its quality; pure. */

const HEDGES =
  /\b(?:maybe|perhaps|might|may be|possibly|probably|likely|i think|i believe|not sure|unsure|approximately|it depends|seems?|appears?|could be|hard to say)\b/gi;
const GROUP = 6;

/**
 * In the order of the labelled rows' `post` column: characters, words, numbers, equals signs, lines, hedges, share of repeated six-word groups,
 * share of different words, question marks, backslashes, whether it has no end, whether it has no answer.
 */
export function draftNumbersOf(text: string): readonly number[] {
  const words = text.toLowerCase().match(/\S+/g) ?? [];
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const groups = words.slice(GROUP - 1).map((_, at) => words.slice(at, at + GROUP).join(' '));
  return [
    text.length,
    words.length,
    count(/\d+(?:[.,]\d+)*/g),
    count(/=/g),
    count(/\n(?=.)/g) + 1,
    count(HEDGES),
    groups.length === 0 ? 0 : 1 - new Set(groups).size / groups.length,
    words.length === 0 ? 1 : new Set(words).size / words.length,
    count(/\?/g),
    count(/\\/g),
    /[.!?)\]}"'”`$*|:\d]\s*$/u.test(text) ? 0 : 1,
    text.trim() === '' ? 1 : 0,
  ];
}

/** Each number brought near 0 to 3; logarithms of what grows without end. */
export function draftInputsOf(numbers: readonly number[]): Float64Array {
  const [
    characters = 0,
    words = 0,
    figures = 0,
    equals = 0,
    lines = 0,
    hedges = 0,
    repeated = 0,
    different = 0,
  ] = numbers;
  const [, , , , , , , , questions = 0, backslashes = 0, noEnd = 0, noAnswer = 0] = numbers;
  const log = (amount: number) => Math.log1p(amount) / 2;
  return Float64Array.of(
    log(characters),
    log(characters) ** 2 / 4,
    log(words),
    log(figures),
    log(equals),
    log(lines),
    log(hedges),
    4 * repeated,
    2 * different,
    log(questions),
    log(backslashes),
    noEnd,
    noAnswer,
    figures / (words + 1),
  );
}
