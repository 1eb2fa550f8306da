/** Shows where in a text the words are that were looked for. */
import type { SearchText } from '../kernel/archive';
import type { ChatMessage } from '../kernel/history';
import { wordsIn, type Word } from './search-words';

/** Around the first match. */
const BEFORE_CHARACTERS = 60;
const AFTER_CHARACTERS = 140;

/** The text with the terms marked. */
export function marked(text: string, terms: ReadonlySet<string>): SearchText[] {
  return cut(text, 0, text.length, matchesIn(text, terms));
}

/** Of the message that holds most of the terms, the part around the first of them; those that the title shows count for less. */
export function excerptOf(
  messages: readonly ChatMessage[],
  terms: ReadonlySet<string>,
  title: string,
): { messageId: string; excerpt: SearchText[] } | undefined {
  let best: { message: ChatMessage; matches: Word[]; found: number } | undefined;
  const inTitle = new Set(wordsIn(title).map(({ term }) => term));
  for (const message of messages) {
    const matches = matchesIn(message.text, terms);
    const distinct = new Set(matches.map(({ term }) => term));
    const found = distinct.size + [...distinct].filter((term) => !inTitle.has(term)).length;
    if (found > (best?.found ?? 0)) best = { message, matches, found };
  }
  if (!best) return undefined;
  const { message, matches } = best;
  const first = matches[0]?.start ?? 0;
  const start = wordStart(message.text, first - BEFORE_CHARACTERS);
  const end = Math.min(message.text.length, first + AFTER_CHARACTERS);
  const excerpt = cut(message.text, start, end, matches);
  if (start > 0) excerpt.unshift({ text: '…', isMatch: false });
  if (end < message.text.length) excerpt.push({ text: '…', isMatch: false });
  return { messageId: message.id, excerpt };
}

function matchesIn(text: string, terms: ReadonlySet<string>): Word[] {
  return wordsIn(text).filter(({ term }) => terms.has(term));
}

/** Not within a word, if a space is near. */
function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.indexOf(' ', at);
  return space >= 0 && space < at + BEFORE_CHARACTERS / 2 ? space + 1 : at;
}

function cut(text: string, start: number, end: number, matches: readonly Word[]): SearchText[] {
  const pieces: SearchText[] = [];
  let at = start;
  const add = (to: number, isMatch: boolean) => {
    if (to > at) pieces.push({ text: text.slice(at, to), isMatch });
    at = Math.max(at, to);
  };
  for (const match of matches) {
    if (match.end <= at || match.end > end) continue;
    add(Math.max(at, match.start), false);
    add(match.end, true);
  }
  add(end, false);
  return pieces;
}
