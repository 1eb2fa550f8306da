/** The short answer that a text comes to, so that two texts can be compared; pure. */

/** Longer than this it is no short answer, and two of them are seldom alike. */
const MOST_CHARACTERS = 60;
const MARKED = [/\\boxed\{([^{}]+)\}/g, /####\s*(.+)/g, /\banswer(?:\s+is|\s*:)\s*:?\s*([^\n]+)/gi] as const;

/**
 * What is marked as the answer, else a choice's letter at the start, else the last number of a text that reckons or the only one of a short text, else
 * the whole text where it is short: in lower case, without punctuation around it. Undefined where there is none.
 */
export function shortAnswerOf(text: string): string | undefined {
  const marked = MARKED.map((pattern) => [...text.matchAll(pattern)].at(-1)?.[1]).find(Boolean);
  const said = (marked ?? text).trim();
  const choice = /^\W{0,3}([A-J])(?:[).:,*]|\W*$)/.exec(said)?.[1];
  if (choice) return choice.toLowerCase();
  const numbers = said.match(/-?\d[\d,]*(?:\.\d+)?/g);
  const isReckoned = marked !== undefined || text.length > MOST_CHARACTERS || /=/.test(text);
  if (numbers && (isReckoned || numbers.length === 1)) return plain(numbers.at(-1) as string);
  if (said.length > MOST_CHARACTERS) return undefined;
  const words = said.toLowerCase().match(/[\p{L}\p{M}\d]+/gu);
  return words?.join(' ');
}

function plain(number: string): string {
  return `${Number(number.replaceAll(',', ''))}`;
}
