/** Tells a site what happens in its chat: compares one state of the app with the one before. */
import type { AppState } from '../kernel/app-state';
import type { Place } from '../kernel/engine';
import { FAULTS, type FaultCode } from '../kernel/fault';
import type { ChatMessage, Sentiment } from '../kernel/history';

/** One message as `getMessages` and the `message` event give it. */
export interface SmallfirstMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
  /** Where an answer was made. */
  readonly place?: Place;
  /** Who made it, as a person calls it. */
  readonly model?: string;
}

/** What each event carries as its `detail`. */
export interface ChatEventDetails {
  /** A question was asked, or an answer is whole. */
  readonly message: { readonly message: SmallfirstMessage };
  readonly error: { readonly code: FaultCode; readonly message: string };
  readonly render: undefined;
  readonly 'clear-messages': undefined;
  readonly 'place-change': { readonly place: Place; readonly model: string };
  /** How a question sounded; told after its answer. */
  readonly sentiment: { readonly sentiment: Sentiment; readonly message: SmallfirstMessage };
}

export type EmitChatEvent = <Name extends keyof ChatEventDetails>(
  type: Name,
  detail: ChatEventDetails[Name],
) => void;

/** Hears every state of the app; what an earlier visit wrote is no news. */
export function createChatEvents(emit: EmitChatEvent): (state: AppState) => void {
  let isBegun = false;
  let conversationId = '';
  let place: Place | undefined;
  /** Messages that were told of, or were there before. */
  const told = new Set<string>();
  /** Answers whose question's tone was told, or is of an earlier visit. */
  const tonesTold = new Set<string>();
  const noticed = new Set<FaultCode>();

  const tell = (message: ChatMessage, question: ChatMessage | undefined) => {
    const { id, status, role, answer, fault } = message;
    if (answer?.engineId && answer.place !== place && !told.has(id)) {
      ({ place } = answer);
      emit('place-change', { place, model: answer.modelName });
    }
    if (answer?.sentiment && question && !tonesTold.has(id)) {
      tonesTold.add(id);
      emit('sentiment', { sentiment: answer.sentiment, message: messageOf(question) });
    }
    if (status === 'streaming' || told.has(id)) return;
    told.add(id);
    if (fault) emit('error', { code: fault.code, message: FAULTS[fault.code].join(' ') });
    if (message.text || role === 'user') emit('message', { message: messageOf(message) });
  };

  return ({ phase, current, notices }) => {
    for (const code of notices) {
      if (!noticed.has(code)) emit('error', { code, message: FAULTS[code].join(' ') });
      noticed.add(code);
    }
    if (phase !== 'ready') return;
    const isOther = conversationId !== current.id;
    conversationId = current.id;
    // An answer that is made once more has an id of its own, or is streaming again.
    for (const { id, status } of current.messages) {
      if (status === 'streaming') for (const ids of [told, tonesTold]) ids.delete(id);
      else if (isOther && !isBegun) for (const ids of [told, tonesTold]) ids.add(id);
    }
    isBegun = true;
    current.messages.forEach((message, at, all) => tell(message, all[at - 1]));
  };
}

export function messageOf({ role, text, answer }: ChatMessage): SmallfirstMessage {
  return {
    role,
    text,
    ...(answer?.engineId ? { place: answer.place, model: answer.modelName } : {}),
  };
}
