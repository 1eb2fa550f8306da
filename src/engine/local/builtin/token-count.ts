/** Counts tokens as the browser measures them, and by characters where it does not, or takes too long. */
import type { Message } from '../../../kernel/message';
import { measure, soon, usageOf, type PromptOptions, type Session } from './prompt-api';

/** English has near four characters to a token. */
const CHARACTERS_PER_TOKEN = 4;
/** A browser may measure only once it has done writing. */
const PATIENCE_MS = 500;

export interface TokenCounter {
  /** Of all that the session was begun with and `last`. */
  prompt(head: readonly Message[], last: Message, options: PromptOptions): Promise<number>;
  /** Of an answer, or of what there is of it. */
  answer(text: string): Promise<number>;
  /** Something was counted by its characters. */
  readonly isEstimated: boolean;
}

export function createTokenCounter(session: Session): TokenCounter {
  let isEstimated = false;
  /** What the browser counts around a text that is empty. */
  let around: number | undefined;

  const estimate = (characters: number) => {
    isEstimated = true;
    return Math.ceil(characters / CHARACTERS_PER_TOKEN);
  };
  const inTime = (...asked: [input: string | readonly Message[], options?: PromptOptions]) =>
    soon(measure(session, ...asked), PATIENCE_MS);

  return {
    get isEstimated() {
      return isEstimated;
    },
    async prompt(head, last, options) {
      const begun = usageOf(session) ?? estimate(charactersOf(head));
      return begun + ((await inTime([last], options)) ?? estimate(last.content.length));
    },
    async answer(text) {
      if (isEstimated) return estimate(text.length);
      around ??= await inTime('');
      const tokens = around === undefined ? undefined : await inTime(text);
      return tokens === undefined || around === undefined ? estimate(text.length) : tokens - around;
    },
  };
}

function charactersOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + content.length, 0);
}
