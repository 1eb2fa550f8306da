/** What the fake upstream answers: words that follow from the prompt alone, and how many tokens they are billed as. */
import { createHash } from 'node:crypto';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

export interface FakeRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly logprobs?: boolean;
}

export interface FakeAnswer {
  /** One per token billed. */
  readonly pieces: readonly string[];
  readonly finish: 'stop' | 'length';
}

const WORDS =
  'river stone light quiet number field answer reason water garden small large simple path letter signal' +
  ' wind paper bridge colour music winter';
/** Longer texts are not tokenized whole: the tokenizer takes seconds for 100,000 times the same letter. */
const WHOLE_CHARACTERS = 4_000;

/** As https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken counts a chat; images cost 85. */
export function promptTokensOf(messages: FakeRequest['messages']): number {
  return messages.reduce((sum, { role, content }) => sum + 3 + tokensOf(role) + contentTokensOf(content), 3);
}

/** Between 12 and 43 tokens, unless the prompt allows fewer. */
export function answerOf(request: FakeRequest, text?: string): FakeAnswer {
  const pieces = (text ?? textOf(request)).match(/\s*\S+\s*$|\s*\S+/g) ?? [];
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  return pieces.length > limit
    ? { pieces: pieces.slice(0, limit), finish: 'length' }
    : { pieces, finish: 'stop' };
}

function textOf({ model, messages }: FakeRequest): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([model, messages]))
    .digest();
  const words = WORDS.split(' ');
  const count = 7 + ((digest[0] ?? 0) % 32);
  const filler = Array.from({ length: count }, (_, at) => words[(digest[at % 32] ?? 0) % words.length]);
  return `The large model answers: ${filler.join(' ')} ✓.`;
}

function contentTokensOf(content: unknown): number {
  if (typeof content === 'string') return tokensOf(content);
  if (!Array.isArray(content)) return 0;
  return (content as { type?: string; text?: string }[]).reduce(
    (sum, part) => sum + (part.type === 'text' ? tokensOf(part.text ?? '') : 85),
    0,
  );
}

function tokensOf(text: string): number {
  if (text.length > WHOLE_CHARACTERS) return Math.ceil(text.length / 8);
  return countTokens(text, { disallowedSpecial: new Set() });
}
