/** An answer that may come within a day, at half the price: what the page keeps of it until it is there. */
import type { Redaction } from './departure';
import type { Message } from './message';

/** On the message that waits for it. Times in milliseconds since 1970. */
export interface LaterMark {
  /** Of its ticket. */
  readonly key: string;
  readonly askedAt: number;
}

/** Kept apart from the conversation: what is needed to fetch the answer, and to put the originals back into it. */
export interface LaterTicket extends LaterMark {
  readonly conversationId: string;
  readonly messageId: string;
  /** The server's word for it; absent as long as nobody knows whether the server has heard of it. */
  readonly id?: string;
  /** As it was agreed to, until the server has it. */
  readonly prompt?: readonly Message[];
  readonly redactions: readonly Redaction[];
  /** Bytes of message text that left this device. */
  readonly sentBytes: number;
}

/** So long it may take at most, and a little for the way. */
export const LATER_MS = 24 * 3_600_000;
