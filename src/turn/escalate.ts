/** Has the large model answer, where that may be: what may leave is asked first, and without it the local answer stands. */
import type { Chunk, Engine } from '../kernel/engine';
import { faultOf, type Fault, type FaultCode } from '../kernel/fault';
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import type { Redaction } from '../kernel/departure';
import type { LaterMark } from '../kernel/later-ticket';
import type { Message } from '../kernel/message';
import type { EscalationReason, Evidence, StayReason } from '../kernel/route';
import type { Price } from '../kernel/wire';
import { costNanoUsdOf } from '../meter/price';
import { billingOf } from '../meter/receipt';
import type { Leave, Leaving } from '../privacy/gate';
import { createRestorer, type Restorer } from '../privacy/placeholder';
import type { Asking } from './answer';
import type { Answering } from './answering';
import { FIRST_TOKENS_PER_CHARACTER, promptOf } from './prompt';

/** Of an answer that nobody has begun. */
const UNKNOWN: AnswerFacts = { place: 'local', engineId: '', modelName: '' };
/** What is sent at most, so that a long chat does not cost more with every question. */
const WINDOW_TOKENS = 8_000;

/** A model behind this site. */
export interface CloudModel {
  readonly engine: Engine;
  readonly modelName: string;
  readonly price: Price;
}

/** The large model behind this site, and a smaller one where there is one. */
export interface Cloud extends CloudModel {
  readonly middle?: CloudModel;
  readonly maxTokens: number;
  /** Told which model answers, and which was asked: another one, where the vendor took that away. */
  readonly onAnswer?: (price: Price, asked: Price) => void;
  /** What may be sent, or why it has to stay here. Asks the person where nobody has agreed yet. */
  leave(leaving: Omit<Leaving, 'conversationId'>, signal: AbortSignal): Promise<Leave>;
  /** Where an answer may come within a day: asks for one. Gives why it was not asked for. */
  readonly later?: (asking: LaterAsking, signal: AbortSignal) => Promise<StayReason | undefined>;
}

/** A question that may be answered within a day, as it was agreed to. */
export interface LaterAsking {
  readonly mark: LaterMark;
  readonly messageId: string;
  readonly prompt: readonly Message[];
  readonly redactions: readonly Redaction[];
  readonly sentBytes: number;
}

/** What the visitor is told where the large model was asked in vain. */
export const STAYED: Partial<Record<FaultCode, StayReason>> = {
  offline: 'offline',
  budget_exhausted: 'budget',
  rate_limited: 'limited',
};

export interface Escalating {
  readonly wanted: EscalationReason;
  readonly evidence?: Evidence | undefined;
  /** What this device had answered, where something else has stood there since. */
  readonly draft?: string;
}

/**
 * Whether the large model answered, or will within a day: then the message waits. Where it did not, `answering` says why, and its text is what it was.
 * A stream that breaks off throws its fault: the text so far stays, and the draft is kept beside it.
 */
export async function escalate(
  answering: Answering,
  { wanted, evidence, draft: earlier }: Escalating,
  cloud: Cloud | undefined,
  { messages, clock, system, device }: Asking,
  signal: AbortSignal,
): Promise<boolean> {
  const { answer: before, text: draft, fault: _ } = answering.message;
  const stay = (stayed: StayReason) => {
    answering.begin({
      ...(before ?? UNKNOWN),
      routing: { wanted, stayed, ...(evidence ? { evidence } : {}) },
    });
    answering.change({ text: draft, status: 'streaming', later: undefined });
    return false;
  };
  if (!cloud) return stay('no_server');
  if (messages.at(-1)?.isKept) return stay('kept');
  const window = { contextTokens: WINDOW_TOKENS, tokensPerCharacter: FIRST_TOKENS_PER_CHARACTER };
  const written = promptOf(withoutKept(messages), window, system);
  const leave = await cloud.leave(
    {
      modelName: cloud.modelName,
      reason: wanted,
      messages: written,
      worstNanoUsd: worstOf(written, cloud),
      canLater: cloud.later !== undefined,
      device,
    },
    signal,
  );
  signal.throwIfAborted();
  if ('stayed' in leave) return stay(leave.stayed);

  const { engine } = cloud;
  let { price } = cloud;
  const kept = earlier ?? draft;
  const { messages: prompt, redactions } = leave;
  if (leave.isLater && cloud.later) {
    const { id: messageId } = answering.message;
    const mark = { key: `${messageId}-${clock.now()}`, askedAt: clock.now() };
    answering.begin({ ...(before ?? UNKNOWN), routing: { wanted, ...(evidence ? { evidence } : {}) } });
    // Kept as waiting before it is asked: should the page be closed meanwhile, the next visit fetches it.
    answering.change({ text: draft, status: 'waiting', later: mark });
    await answering.keep();
    const asking = { mark, messageId, prompt, redactions, sentBytes: bytesOf(prompt) };
    const stayed = await cloud.later(asking, signal);
    signal.throwIfAborted();
    return stayed === undefined || stay(stayed);
  }
  const told = { characters: 0 };
  const askedAt = clock.now();
  let isBegun = false;
  const bill = () => {
    const { usage } = answering.message.answer ?? {};
    answering.learn({
      billing: billingOf(price, usage, estimateOf(prompt, told.characters), bytesOf(prompt)),
    });
  };
  try {
    const chunks = engine.generate(prompt, { signal, maxTokens: cloud.maxTokens });
    await answering.take(restored(chunks, createRestorer(redactions), told), (chunk) => {
      if (isBegun) return;
      isBegun = true;
      price = chunk.price ?? price;
      cloud.onAnswer?.(price, cloud.price);
      answering.begin({
        place: engine.place,
        engineId: price.model === cloud.price.model ? engine.id : `cloud:${price.model}`,
        modelName: price.model,
        routing: { wanted, ...(evidence ? { evidence } : {}) },
        ...(kept ? { draft: kept } : {}),
      });
      answering.change({ text: '' });
    });
    bill();
    answering.learn({ cloudMs: clock.now() - askedAt });
    return true;
  } catch (error) {
    const fault: Fault = faultOf(error, 'cloud_failed');
    // A request that was stopped before its first word was read all the same.
    if (isBegun || signal.aborted) bill();
    if (isBegun || signal.aborted) throw fault;
    return stay(STAYED[fault.code] ?? 'cloud_failed');
  } finally {
    answering.learn({ durationMs: clock.now() - answering.message.createdAt });
  }
}

/** Without the exchanges that a person keeps on this device: their questions and what answered them. */
function withoutKept(messages: readonly ChatMessage[]): ChatMessage[] {
  let isKept = false;
  return messages.filter((message) => {
    if (message.role === 'user') isKept = message.isKept === true;
    return !isKept;
  });
}

/** With the originals where the answer has placeholders; `told` counts what was really written. */
async function* restored(
  chunks: AsyncIterable<Chunk>,
  restorer: Restorer,
  told: { characters: number },
): AsyncIterable<Chunk> {
  try {
    for await (const chunk of chunks) {
      told.characters += chunk.text.length;
      const text = restorer.push(chunk.text) + (chunk.finish ? restorer.end() : '');
      yield { ...chunk, text };
    }
  } catch (error) {
    const rest = restorer.end();
    if (rest) yield { text: rest };
    throw error;
  }
}

/** The most that the answer can cost. */
function worstOf(messages: readonly Message[], { price, maxTokens }: Cloud): number {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  const promptTokens = Math.ceil(characters * FIRST_TOKENS_PER_CHARACTER);
  return costNanoUsdOf(price, { promptTokens, cachedTokens: 0, completionTokens: maxTokens });
}

function bytesOf(messages: readonly Message[]): number {
  return messages.reduce((sum, { content }) => sum + new TextEncoder().encode(content).length, 0);
}

/** Where the server told no usage: English has near four characters to a token. */
function estimateOf(prompt: readonly Message[], completionCharacters: number) {
  const promptCharacters = prompt.reduce((sum, { content }) => sum + content.length, 0);
  return {
    promptTokens: Math.ceil(promptCharacters / 4),
    completionTokens: Math.ceil(completionCharacters / 4),
  };
}
