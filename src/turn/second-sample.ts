/** A second, short sample of an answer that is in doubt: whether the model comes to the same again. */
import type { LocalEngine } from '../kernel/engine';
import type { AnswerFacts } from '../kernel/history';
import { shortAnswerOf } from '../route/short-answer';
import { answerOf, type Asking } from './answer';

/** Longer than this nobody waits for a doubt. */
const MOST_SECONDS = 2;
/** Warm enough to differ where the model wavers. */
const TEMPERATURE = 0.8;
/** How much longer than the draft it may get before it is broken off. */
const SPAN = 2;

/** Tokens a second, from an answer's receipt; undefined where that does not tell. */
export function tokensPerSecondOf({ usage, durationMs, firstTextMs = 0 }: AnswerFacts): number | undefined {
  if (!usage || !durationMs || usage.completionTokens < 2) return undefined;
  // An engine that sends the whole answer at once has its first text at the end.
  const writingMs = durationMs - firstTextMs;
  return (1_000 * usage.completionTokens) / (writingMs > durationMs / 10 ? writingMs : durationMs);
}

/** Whether the draft has a short answer to compare, and this device makes another in no time. */
export function canSampleTwice(text: string, answer: AnswerFacts | undefined): boolean {
  const speed = answer && tokensPerSecondOf(answer);
  if (!answer?.usage || speed === undefined || shortAnswerOf(text) === undefined) return false;
  return answer.usage.completionTokens / speed <= MOST_SECONDS;
}

/** Undefined where the engine failed or made no short answer: then nothing is learned. Throws only when `signal` is aborted. */
export async function isSameTwice(
  engine: LocalEngine,
  asking: Asking,
  draft: string,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const stop = new AbortController();
  let text = '';
  try {
    const chunks = answerOf(
      engine,
      { ...asking, temperature: TEMPERATURE },
      AbortSignal.any([signal, stop.signal]),
    );
    for await (const chunk of chunks) {
      text += chunk.text;
      if (text.length > SPAN * draft.length + 40) break;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  } finally {
    stop.abort();
  }
  const second = shortAnswerOf(text);
  return second === undefined ? undefined : second === shortAnswerOf(draft);
}
