/** Tells turns that are being answered, in this tab or another, from those whose tab went away. */
import type { ConversationRecord } from '../kernel/history';

const nameOf = (messageId: string) => `smallfirst-turn:${messageId}`;

/** Runs `work` while holding the message's lock; the browser lets go of it when the tab dies. `locks` is absent on plain http. */
export function whileLive<T>(
  locks: LockManager | undefined,
  messageId: string,
  work: () => Promise<T>,
): Promise<T> {
  return locks ? (locks.request(nameOf(messageId), work) as Promise<T>) : work();
}

/** `record` with every answer that nobody is making any more marked `incomplete`. */
export async function withoutDeadTurns(
  locks: LockManager | undefined,
  record: ConversationRecord,
): Promise<ConversationRecord> {
  if (!record.messages.some(({ status }) => status === 'streaming')) return record;
  const held = new Set((await locks?.query())?.held?.map(({ name }) => name));
  const messages = record.messages.map((message) =>
    message.status === 'streaming' && !held.has(nameOf(message.id))
      ? { ...message, status: 'incomplete' as const }
      : message,
  );
  return { ...record, messages };
}
