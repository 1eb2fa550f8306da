/** Asks an engine for one answer: waits for it, loads it, fits the prompt, and gives up on it when it stalls. */
import type { Chunk, LocalEngine } from '../kernel/engine';
import { faultOf } from '../kernel/fault';
import type { ChatMessage } from '../kernel/history';
import type { DeviceFacts } from '../kernel/passport';
import { createQueue, type Queue } from '../kernel/queue';
import { watchPace, type Pace } from './expected-pace';
import type { Clock } from './pace';
import { answerTokensOf, FIRST_TOKENS_PER_CHARACTER, promptOf, tokensPerCharacterOf } from './prompt';
import { withoutStall } from './watch';

export interface Asking {
  /** Everything said so far; the question last. */
  readonly messages: readonly ChatMessage[];
  readonly clock: Clock;
  readonly system?: string;
  readonly temperature?: number;
  /** Of the engine, where it has not answered yet. */
  readonly expected?: Pace | undefined;
  /** What is known of this device, where a model is chosen. */
  readonly device?: DeviceFacts | undefined;
}

/** What is known of each engine while the page lives: who waits for it, its tokens per character, and its pace. */
const queues = new Map<string, Queue>();
const learnt = new Map<string, number>();
const paces = new Map<string, Pace>();

/**
 * The engine's chunks. Waiting for another's answer, or for the engine to load, is no stall.
 * Faults: those of the engine, and `stalled`.
 */
export async function* answerOf(
  engine: LocalEngine,
  asking: Asking,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const queue = queues.get(engine.id) ?? createQueue();
  queues.set(engine.id, queue);
  const leave = await queue.enter(signal);
  try {
    await engine.load({ signal });
    yield* chunksOf(engine, asking, signal);
  } finally {
    leave();
  }
}

/** Where the prompt turns out too long, it is halved and asked once more. */
async function* chunksOf(engine: LocalEngine, asking: Asking, signal: AbortSignal): AsyncGenerator<Chunk> {
  const { messages, clock, system, temperature, expected } = asking;
  let tokensPerCharacter = learnt.get(engine.id) ?? FIRST_TOKENS_PER_CHARACTER;
  for (const isLastTry of [false, true]) {
    const window = { contextTokens: engine.contextTokens, tokensPerCharacter };
    const prompt = promptOf(messages, window, system);
    const maxTokens = answerTokensOf(engine.contextTokens);
    const characters = prompt.reduce((sum, { content }) => sum + content.length, 0);
    const pace = watchPace({
      promptTokens: characters * tokensPerCharacter,
      maxTokens,
      startMs: clock.now(),
      pace: paces.get(engine.id) ?? expected,
    });
    const chunks = engine.generate(prompt, {
      signal,
      maxTokens,
      ...(temperature === undefined ? {} : { temperature }),
    });
    try {
      const watched = withoutStall(chunks, {
        limitMs: pace.limitMs,
        clock,
        onStall: () => void engine.unload().catch(() => undefined),
      });
      for await (const chunk of watched) {
        pace.add(chunk, clock.now());
        if (chunk.usage) learnt.set(engine.id, tokensPerCharacterOf(prompt, chunk.usage));
        yield chunk;
      }
      if (pace.pace) paces.set(engine.id, pace.pace);
      return;
    } catch (error) {
      if (isLastTry || faultOf(error, 'engine_failed').code !== 'context_overflow') throw error;
      tokensPerCharacter = Math.max(tokensPerCharacter * 2, 1);
    }
  }
}
