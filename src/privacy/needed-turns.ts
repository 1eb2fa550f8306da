/** Which turns a question needs: those that it speaks of; what it does not need stays here; pure. */
import type { Message } from '../kernel/message';

/** Points back, in the languages that we can tell it of. */
const POINTS_BACK =
  /\b(it|its|that|this|these|those|they|them|their|he|him|his|she|her|hers|one|ones|above|previous(ly)?|earlier|before|again|same|another|else|more|instead|too|also|continue|go on|former|latter|first|second|third|last|other|others|so|then|das|dies\w*|er|sie|es|nochmal|mehr|weiter|auch|ça|cela|ceci|celui|celle|il|elle|ils|elles|encore|aussi|plus|eso|esto|ese|esta|este|ella|ellos|otra|otro|también|más|questo|quello|lui|lei|ancora|anche|isso|isto|ele|ela|também|mais)\b/iu;
/** Says all by itself only from here on. */
const FEWEST_WORDS = 4;
/** Words this long carry what a text is about. */
const CONTENT_LETTERS = 5;

/** The index of the first message that has to go along with the last one. A system prompt always goes; it is not counted on. */
export function firstNeeded(messages: readonly Message[]): number {
  let at = messages.length - 1;
  const isFirst = (index: number) => index <= 0 || messages[index - 1]?.role === 'system';
  while (!isFirst(at) && !standsAlone(messages[at]?.content ?? '', messages.slice(0, at))) {
    // To the question before it, with its answer.
    at--;
    while (!isFirst(at) && messages[at]?.role !== 'user') at--;
  }
  return Math.max(at, 0);
}

/** In doubt it does not. */
function standsAlone(question: string, earlier: readonly Message[]): boolean {
  const words = question.match(/[\p{L}\p{N}]+/gu) ?? [];
  // A script that writes no spaces shows us no words.
  if (words.length < FEWEST_WORDS || POINTS_BACK.test(question)) return false;
  const spoken = new Set(
    earlier.flatMap(({ role, content }) => (role === 'system' ? [] : contentOf(content))),
  );
  return !contentOf(question).some((word) => spoken.has(word));
}

function contentOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .filter((word) => word.length >= CONTENT_LETTERS && !COMMON.has(word))
    .map((word) => word.slice(0, 6));
}

/** Long words that say nothing of a subject. */
const COMMON = new Set(
  'about could would should please write there their which where these those explain describe between difference example examples short thanks question answer because through under after before while being other every little really think something anything sentence sentences words translate english'.split(
    ' ',
  ),
);
