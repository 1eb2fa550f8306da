/** A conversation as it is stored and as it is shown. */
import type { Place, Usage } from './engine';
import type { FaultRecord } from './fault';
import type { Healing } from './healing';
import type { LaterMark } from './later-ticket';
import type { Billing, Routing } from './route';

/**
 * `streaming`: being answered now. `done`. `stopped`: by the person. `failed`: see `fault`.
 * `incomplete`: the page went away while it was being answered. `waiting`: the answer comes within a day; its text until then is the draft.
 */
export type MessageStatus = 'streaming' | 'done' | 'stopped' | 'failed' | 'incomplete' | 'waiting';

export interface ChatMessage {
  readonly id: string;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly status: MessageStatus;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly answer?: AnswerFacts;
  readonly fault?: FaultRecord;
  /** On a question: it and its answer are left out of whatever goes to the cloud. */
  readonly isKept?: true;
  /** While the answer is awaited. */
  readonly later?: LaterMark | undefined;
}

/** How an answer came to be. */
export interface AnswerFacts {
  readonly place: Place;
  readonly engineId: string;
  readonly modelName: string;
  /** From the question to the first text. */
  readonly firstTextMs?: number;
  readonly durationMs?: number;
  readonly usage?: Usage;
  /** The model said itself that the question is for another one. */
  readonly isHandOver?: true;
  /** Cut off: it reached the length limit, or repeated itself. */
  readonly cut?: 'length' | 'repetition';
  readonly routing?: Routing;
  /** What went wrong while it was made, and was put right. */
  readonly healed?: readonly Healing[];
  /** Where it was made in the cloud. */
  readonly billing?: Billing;
  /** What the large model took, from its being asked to its last word. */
  readonly cloudMs?: number;
  /** Of the middle model, whose answer gave way to this one. */
  readonly tried?: Billing;
  /** What this device had answered before the cloud did. */
  readonly draft?: string;
  /** How the question sounded to a small model on this device, which was asked after the answer was there. */
  readonly sentiment?: Sentiment;
}

export const SENTIMENTS = ['positive', 'neutral', 'negative'] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

export interface ConversationRecord {
  readonly id: string;
  readonly title: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Listed above the others. */
  readonly isPinned?: true;
  readonly messages: readonly ChatMessage[];
}

/** What a list of conversations needs of each. */
export type ConversationSummary = Omit<ConversationRecord, 'messages'>;
