/** An answer in one piece: read whole, booked, and passed on as it came. */
import { billedUsageOf } from './billed-usage';
import { replyOf, settleDone, settleFailed, keepFailure, type Call } from './call';
import { CompletionError } from './completion-error';
import { loadTokenizer } from './count-tokens';
import type { Reply } from './idempotency';
import { UpstreamFailure } from './upstream-failure';

/** Some 4,000 tokens with twenty alternatives each make up to that. */
const MAX_PLAIN_BYTES = 8_388_608;

/** Throws `CompletionError`; the hold is closed either way. */
export async function answerPlain(
  call: Call,
  send: () => Promise<AsyncIterable<Uint8Array>>,
): Promise<Reply> {
  try {
    const body = await readWhole(await send());
    const completion = completionIn(body);
    const usage = billedUsageOf(completion.usage);
    await settleDone(call, usage, usage ? 0 : await countAnswerTokens(completion.choices));
    const reply = replyOf(call, 200, 'application/json', body);
    await call.claim.keep(reply);
    return reply;
  } catch (error) {
    if (error instanceof CompletionError) {
      await call.claim.drop();
      throw error;
    }
    const failure = error instanceof UpstreamFailure ? error : new UpstreamFailure('invalid', 'billed');
    const problem = await settleFailed(call, failure, undefined, 0);
    await keepFailure(call, failure);
    throw new CompletionError(problem);
  } finally {
    call.end.dispose();
  }
}

async function readWhole(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const part of parts) {
    sizeBytes += part.length;
    if (sizeBytes > MAX_PLAIN_BYTES) throw new UpstreamFailure('too-large', 'billed');
    all.push(part);
  }
  return Buffer.concat(all);
}

interface CompletionShape {
  readonly choices: readonly { readonly message?: { readonly content?: unknown } }[];
  readonly usage?: unknown;
}

function completionIn(body: Uint8Array): CompletionShape {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString());
  } catch {
    throw new UpstreamFailure('invalid', 'billed');
  }
  const completion = parsed as CompletionShape | null;
  if (!Array.isArray(completion?.choices)) throw new UpstreamFailure('invalid', 'billed');
  return completion;
}

/** For vendors that tell no usage. */
export async function countAnswerTokens(choices: CompletionShape['choices']): Promise<number> {
  const countText = await loadTokenizer();
  const texts = choices.map((choice) => choice?.message?.content).filter((text) => typeof text === 'string');
  return texts.reduce((sum, text) => {
    const slices = text.match(/[^]{1,256}/g) ?? [];
    return sum + slices.reduce((tokens, slice) => tokens + countText(slice), 0);
  }, 0);
}
