/** Asks a small model for a conversation's title, and takes it only where it is made of the question's own words. */
import type { Engine } from '../kernel/engine';
import { doTask } from './do-task';

/** Up to here a question is its own best title. */
const MIN_CHARACTERS = 40;
const MAX_WORDS = 8;

/** A title in the question's own spelling, or undefined where the model found none. Faults: those of the engine. */
export async function writeTitle(engine: Engine, question: string): Promise<string | undefined> {
  if (question.length < MIN_CHARACTERS) return undefined;
  const title = await doTask(engine, 'title', question);
  return title === undefined ? undefined : inOwnSpelling(title, question);
}

/** The model sees no capitals: each word is spelt as the question spells it, the first one with a capital. */
function inOwnSpelling(title: string, question: string): string | undefined {
  const spellings = new Map(wordsOf(question).map((word) => [word.toLowerCase(), word]));
  const words = wordsOf(title).map((word) => spellings.get(word.toLowerCase()));
  if (words.length === 0 || words.length > MAX_WORDS || words.includes(undefined)) return undefined;
  const line = words.join(' ');
  return line.charAt(0).toUpperCase() + line.slice(1);
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+(?:[-'’.+#/][\p{L}\p{N}]+)*[+#]*/gu) ?? [];
}
