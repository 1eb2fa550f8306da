/** Has the large model answer, where that may be: what may leave is asked first, and without it the local answer stands. */
import type { Engine } from '../kernel/engine';
import { faultOf, type Fault, type FaultCode } from '../kernel/fault';
import type { ChatMessage } from '../kernel/history';
import type { Message } from '../kernel/message';
import type { Departure, EscalationReason, Evidence, StayReason } from '../kernel/route';
import type { Price } from '../kernel/wire';
import { costNanoUsdOf } from '../meter/price';
import { billingOf } from '../meter/receipt';
import type { Asking } from './answer';
import type { Answering } from './answering';
import { FIRST_TOKENS_PER_CHARACTER, promptOf } from './prompt';

/** What is sent at most, so that a long chat does not cost more with every question. */
const WINDOW_TOKENS = 8_000;

/** The large model behind this site. */
export interface Cloud {
  readonly engine: Engine;
  readonly modelName: string;
  readonly price: Price;
  readonly maxTokens: number;
  /** Why it has to stay here; undefined: it may leave. Asks the person where nobody has agreed yet. */
  mayLeave(departure: Departure, signal: AbortSignal): Promise<StayReason | undefined>;
}

/** What the visitor is told where the large model was asked in vain. */
const STAYED: Partial<Record<FaultCode, StayReason>> = {
  offline: 'offline',
  budget_exhausted: 'budget',
  rate_limited: 'limited',
};

/**
 * Whether the large model answered. Where it did not, `answering` says why, and its text is what it was.
 * A stream that breaks off throws its fault: the text so far stays, and the draft is kept beside it.
 */
export async function escalate(
  answering: Answering,
  { wanted, evidence }: { readonly wanted: EscalationReason; readonly evidence?: Evidence },
  cloud: Cloud | undefined,
  { messages, clock, system }: Asking,
  signal: AbortSignal,
): Promise<boolean> {
  const { answer: before, text: draft, fault: _ } = answering.message;
  const stay = (stayed: StayReason) => {
    const unknown = { place: 'local', engineId: '', modelName: '' } as const;
    answering.begin({
      ...(before ?? unknown),
      routing: { wanted, stayed, ...(evidence ? { evidence } : {}) },
    });
    answering.change({ text: draft });
    return false;
  };
  if (!cloud) return stay('no_server');
  if (messages.at(-1)?.isKept) return stay('kept');
  const window = { contextTokens: WINDOW_TOKENS, tokensPerCharacter: FIRST_TOKENS_PER_CHARACTER };
  const prompt = promptOf(withoutKept(messages), window, system);
  const departure = departureOf(prompt, cloud, wanted);
  const stayed = await cloud.mayLeave(departure, signal);
  signal.throwIfAborted();
  if (stayed) return stay(stayed);

  const { engine, modelName } = cloud;
  let characters = 0;
  let isBegun = false;
  const bill = () => {
    const { usage } = answering.message.answer ?? {};
    answering.learn({
      billing: billingOf(cloud.price, usage, estimateOf(prompt, characters), departure.bytes),
    });
  };
  try {
    const chunks = engine.generate(prompt, { signal, maxTokens: cloud.maxTokens });
    await answering.take(chunks, ({ text }) => {
      characters += text.length;
      if (isBegun) return;
      isBegun = true;
      answering.begin({
        place: engine.place,
        engineId: engine.id,
        modelName,
        routing: { wanted, ...(evidence ? { evidence } : {}) },
        ...(draft ? { draft } : {}),
      });
      answering.change({ text: '' });
    });
    bill();
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

function departureOf(messages: readonly Message[], cloud: Cloud, reason: EscalationReason): Departure {
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  const worst = {
    promptTokens: Math.ceil(characters * FIRST_TOKENS_PER_CHARACTER),
    cachedTokens: 0,
    completionTokens: cloud.maxTokens,
  };
  return {
    modelName: cloud.modelName,
    reason,
    messages,
    bytes: messages.reduce((sum, { content }) => sum + new TextEncoder().encode(content).length, 0),
    worstNanoUsd: costNanoUsdOf(cloud.price, worst),
  };
}

/** Where the server told no usage: English has near four characters to a token. */
function estimateOf(prompt: readonly Message[], completionCharacters: number) {
  const promptCharacters = prompt.reduce((sum, { content }) => sum + content.length, 0);
  return {
    promptTokens: Math.ceil(promptCharacters / 4),
    completionTokens: Math.ceil(completionCharacters / 4),
  };
}
