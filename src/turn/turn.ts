/** One user message, start to finish: from the question to an answer that is shown and kept. */
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import type { Chunk, LocalEngine } from '../kernel/engine';
import { faultOf, faultRecordOf } from '../kernel/fault';
import { enterLine, unlessAborted } from './line';
import { perFrame, type Clock } from './pace';
import { answerTokensOf, FIRST_TOKENS_PER_CHARACTER, promptOf, tokensPerCharacterOf } from './prompt';
import { endsInRepetition, withoutStall } from './watch';

/** No chunk for so long, prefill's progress included, and the engine counts as stalled. */
const STALL_MS = 60_000;
/** Between two saves of an answer that is being made. */
const SAVE_EVERY_MS = 250;

/** An engine and how a person calls its model. */
export interface Answerer {
  readonly engine: LocalEngine;
  readonly modelName: string;
}

export interface TurnOptions {
  /** Everything said so far; the question last. */
  readonly messages: readonly ChatMessage[];
  readonly answerId: string;
  /** Who answers; asked when the turn begins. Faults: `no_model`. */
  readonly answerer: () => Promise<Answerer>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly system?: string;
  readonly temperature?: number;
  /** Shows the answer as it stands, at most once a frame. */
  readonly show: (answer: ChatMessage) => void;
  /** Keeps the answer as it stands; the last call before the turn ends has its final state. A failure is its own to tell. */
  readonly save: (answer: ChatMessage) => Promise<void>;
}

/** Tokens per character, learnt per engine while the page lives. */
const learnt = new Map<string, number>();

/** The finished answer, whatever came of it: `done`, `stopped`, or `failed` with the fault and the text so far. Never throws. */
export async function runTurn(options: TurnOptions): Promise<ChatMessage> {
  const { clock, signal, show, save } = options;
  const startedAt = clock.now();
  let savedAt = 0;
  let facts: AnswerFacts | undefined;
  let answer: ChatMessage = {
    id: options.answerId,
    role: 'assistant',
    text: '',
    status: 'streaming',
    createdAt: startedAt,
  };
  const learn = (more: Partial<AnswerFacts>) => (facts = facts && { ...facts, ...more });
  const change = (changes: Partial<ChatMessage>) =>
    show((answer = { ...answer, ...changes, ...(facts ? { answer: facts } : {}) }));
  const stop = new AbortController();
  const anySignal = AbortSignal.any([signal, stop.signal]);
  // An answer that cannot be kept is still an answer.
  const keep = () => save(answer).catch(() => undefined);
  show(answer);

  try {
    const { engine, modelName } = await unlessAborted(options.answerer(), anySignal);
    facts = { place: engine.place, engineId: engine.id, modelName };
    change({});
    for await (const chunks of perFrame(answerOf(engine, options, anySignal), clock)) {
      signal.throwIfAborted();
      const text = chunks.map((chunk) => chunk.text).join('');
      for (const { usage, finish } of chunks) {
        if (usage) learn({ usage });
        if (finish === 'length') learn({ cut: 'length' });
      }
      if (text && facts.firstTextMs === undefined) learn({ firstTextMs: clock.now() - startedAt });
      change({ text: answer.text + text });
      if (endsInRepetition(answer.text)) {
        learn({ cut: 'repetition' });
        break;
      }
      if (clock.now() - savedAt >= SAVE_EVERY_MS) {
        savedAt = clock.now();
        await keep();
      }
    }
    learn({ durationMs: clock.now() - startedAt });
    change({ status: 'done' });
  } catch (error) {
    const fault = faultOf(error, 'engine_failed');
    learn({ durationMs: clock.now() - startedAt });
    if (signal.aborted) change({ status: 'stopped' });
    else change({ status: 'failed', fault: faultRecordOf(fault) });
  } finally {
    stop.abort();
  }
  await keep();
  return answer;
}

/** The engine's chunks, once it is free and loaded: the wait for either is no stall. */
async function* answerOf(
  engine: LocalEngine,
  options: TurnOptions,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const leave = await enterLine(engine.id, signal);
  try {
    await engine.load({ signal });
    yield* chunksOf(engine, options, signal);
  } finally {
    leave();
  }
}

/** The engine's chunks; where the prompt turns out too long, once more with half of it. */
async function* chunksOf(
  engine: LocalEngine,
  options: TurnOptions,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const { messages, clock, system, temperature } = options;
  let tokensPerCharacter = learnt.get(engine.id) ?? FIRST_TOKENS_PER_CHARACTER;
  for (const isLastTry of [false, true]) {
    const window = { contextTokens: engine.contextTokens, tokensPerCharacter };
    const prompt = promptOf(messages, window, system);
    const chunks = engine.generate(prompt, {
      signal,
      maxTokens: answerTokensOf(engine.contextTokens),
      ...(temperature === undefined ? {} : { temperature }),
    });
    try {
      const watched = withoutStall(chunks, {
        timeoutMs: STALL_MS,
        clock,
        onStall: () => void engine.unload().catch(() => undefined),
      });
      for await (const chunk of watched) {
        if (chunk.usage) learnt.set(engine.id, tokensPerCharacterOf(prompt, chunk.usage));
        yield chunk;
      }
      return;
    } catch (error) {
      if (isLastTry || faultOf(error, 'engine_failed').code !== 'context_overflow') throw error;
      tokensPerCharacter = Math.max(tokensPerCharacter * 2, 1);
    }
  }
}
