/** Changes one message of a conversation wherever that is: on the page, or only in the store. */
import type { ChatMessage, ConversationRecord } from '../kernel/history';
import type { Conversation } from './conversation';

/** `hidden`: the conversation was deleted a moment ago, and may come back. */
export type Amended = 'changed' | 'unchanged' | 'missing' | 'hidden';

/** Gives undefined where the message is to stay. */
export type Change = (message: ChatMessage) => ChatMessage | undefined;

export interface AmendOptions {
  /** Where the page has it open. */
  readonly open: Conversation | undefined;
  readonly read: () => Promise<ConversationRecord | undefined>;
  readonly save: (record: ConversationRecord, changed: ChatMessage) => Promise<void>;
}

export async function amend(
  { open, read, save }: AmendOptions,
  messageId: string,
  change: Change,
): Promise<Amended> {
  if (open) {
    const isChanged = await open.amend(messageId, change);
    if (isChanged === undefined) return 'missing';
    return isChanged ? 'changed' : 'unchanged';
  }
  const record = await read();
  const message = record?.messages.find(({ id }) => id === messageId);
  const changed = message && change(message);
  if (!record || !changed) return message ? 'unchanged' : 'missing';
  await save(record, changed);
  return 'changed';
}

/** Nobody waits for it any more. */
export function cancelled(message: ChatMessage): ChatMessage | undefined {
  const { later: _, ...rest } = message;
  return message.status === 'waiting' ? { ...rest, status: 'stopped' } : undefined;
}
