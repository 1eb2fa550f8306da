/** Fits a conversation into a model's window: the newest messages, as many as there is room for. */
import type { ChatMessage } from '../kernel/history';
import type { Usage } from '../kernel/engine';
import type { Message } from '../kernel/message';

/** Room that is kept for the answer: a third of the window, and no more than this. */
const ANSWER_TOKENS = 1_024;
/** What a chat template adds around each message, roughly. */
const TOKENS_PER_MESSAGE = 8;
/** Before the first usage came back: English takes near 0.25, code and other languages more. */
export const FIRST_TOKENS_PER_CHARACTER = 0.35;

export interface Window {
  readonly contextTokens: number;
  /** Learnt from the last usage: no engine offers its tokenizer. */
  readonly tokensPerCharacter: number;
}

export function answerTokensOf(contextTokens: number): number {
  return Math.min(ANSWER_TOKENS, Math.floor(contextTokens / 3));
}

/**
 * The prompt for the last question of `messages`, oldest first. The question itself is always in it, whole;
 * older messages are left out from the far end, and answers that failed with no text are never in it.
 */
export function promptOf(messages: readonly ChatMessage[], window: Window, system?: string): Message[] {
  const costOf = ({ content }: Message) => content.length * window.tokensPerCharacter + TOKENS_PER_MESSAGE;
  const head: Message[] = system ? [{ role: 'system', content: system }] : [];
  const room = window.contextTokens - answerTokensOf(window.contextTokens);
  let left = room - head.reduce((sum, message) => sum + costOf(message), 0);
  const fitted: Message[] = [];
  for (const { role, text } of messages.filter(({ text }) => text !== '').toReversed()) {
    const message: Message = { role, content: text };
    left -= costOf(message);
    if (left < 0 && fitted.length > 0) break;
    fitted.unshift(message);
  }
  // A window that opens with an answer to nothing confuses small models.
  while (fitted.length > 1 && fitted[0]?.role === 'assistant') fitted.shift();
  return [...head, ...fitted];
}

/** Tokens per character of `prompt` as the engine counted it; bounded, since one odd prompt must not shut the window. */
export function tokensPerCharacterOf(prompt: readonly Message[], usage: Usage): number {
  const characters = prompt.reduce((sum, { content }) => sum + content.length, 0);
  const tokens = usage.promptTokens - prompt.length * TOKENS_PER_MESSAGE;
  return Math.min(1.5, Math.max(0.2, tokens / Math.max(1, characters)));
}
