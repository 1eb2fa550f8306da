/** How many tokens a prompt is billed for at most, without ever holding up the event loop. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { invalid } from './completion-error';
import type { ChatRequest } from './request-schema';

/** The tokenizer's time grows with the square of a piece's length: 100,000 × "a" takes 17 s in one, 0.1 s in slices. */
const SLICE_CHARACTERS = 256;
/** A few milliseconds of work. */
const SLICES_PER_TURN = 16;
/** https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken: around each message, and before the answer. */
const MESSAGE_TOKENS = 3;
const NAME_TOKENS = 1;
const ANSWER_TOKENS = 3;
/** OpenAI does not say how it words a response format to the model. */
const FORMAT_TOKENS = 64;

/**
 * What a picture costs at most (https://platform.openai.com/docs/guides/images-vision, 2026-11). Tiled models: scaled to 2048 × 768,
 * that is 8 tiles. Patched models: 1,536 patches times at most 2.46.
 */
const IMAGE_TOKENS: readonly (readonly [model: RegExp, tokens: number])[] = [
  [/^gpt-4o-mini/, 2_833 + 8 * 5_667],
  [/^(gpt-4o|gpt-4\.1$)/, 85 + 8 * 170],
  [/^/, 3_779],
];

type CountText = (text: string) => number;

let tokenizer: Promise<CountText> | undefined;

/** The tokenizer's table is 2 MB of program: loaded when it is first needed, which may be ahead. */
export function loadTokenizer(): Promise<CountText> {
  tokenizer ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens }) =>
      // What looks like a special token is text here, as it is to OpenAI.
      (text) =>
        countTokens(text, { disallowedSpecial: new Set() }),
  );
  return tokenizer;
}

/**
 * An upper estimate for `model`: slices cut tokens in two, pictures count as the largest. Throws `context_length_exceeded`
 * once it is beyond `mostTokens`, so that no one has a megabyte counted to its end.
 */
export async function countPromptTokens(
  { messages, response_format: format }: ChatRequest,
  model: string,
  mostTokens: number,
): Promise<number> {
  const countText = await loadTokenizer();
  let tokens = ANSWER_TOKENS;
  let slices = 0;
  async function add(text: string): Promise<void> {
    for (const slice of slicesOf(text)) {
      tokens += countText(slice);
      if (tokens > mostTokens) throw tooLong(mostTokens);
      if (++slices % SLICES_PER_TURN === 0) await nextTurn();
    }
  }
  for (const { role, content, name } of messages) {
    tokens += MESSAGE_TOKENS;
    await add(role);
    if (name !== undefined) {
      tokens += NAME_TOKENS;
      await add(name);
    }
    for (const part of typeof content === 'string' ? [content] : content) {
      if (typeof part === 'string') await add(part);
      else if (part.type === 'text') await add(part.text);
      else tokens += imageTokensOf(model);
    }
  }
  if (format && format.type !== 'text') {
    tokens += FORMAT_TOKENS;
    await add(JSON.stringify(format));
  }
  if (tokens > mostTokens) throw tooLong(mostTokens);
  return tokens;
}

function imageTokensOf(model: string): number {
  return IMAGE_TOKENS.find(([pattern]) => pattern.test(model))?.[1] ?? 0;
}

function* slicesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    let end = Math.min(start + SLICE_CHARACTERS, text.length);
    // Not between the two halves of a character.
    if (end < text.length && /[\uD800-\uDBFF]/.test(text.charAt(end - 1))) end--;
    yield text.slice(start, end);
    start = end;
  }
}

function tooLong(mostTokens: number): Error {
  return invalid(
    'context_length_exceeded',
    `The messages are longer than the ${mostTokens} tokens that the model reads.`,
    'messages',
  );
}
