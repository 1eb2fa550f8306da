/** Keeps conversations; every change names only its own message, so that two tabs never undo each other's turns. */
import type { ChatMessage, ConversationRecord, ConversationSummary } from '../kernel/history';
import type { KeyValue } from '../kernel/key-value';

export interface ConversationStore {
  /** Newest first. */
  list(): Promise<ConversationSummary[]>;
  get(id: string): Promise<ConversationRecord | undefined>;
  /** Adds messages to a conversation or replaces those of the same id; a question makes the conversation where there is none. */
  save(conversation: ConversationSummary, messages: readonly ChatMessage[]): Promise<void>;
  removeMessages(id: string, messageIds: readonly string[]): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Puts a removed conversation back as it was. */
  restore(record: ConversationRecord): Promise<void>;
}

// The record and its summary lie under two keys and are written in one transaction: a list need not read every message.
const recordKey = (id: string) => `record:${id}`;
const summaryKey = (id: string) => `summary:${id}`;

export function createConversationStore(keyValue: KeyValue): ConversationStore {
  const change = (id: string, by: (old: ConversationRecord | undefined) => ConversationRecord | undefined) =>
    keyValue.update<ConversationRecord>([recordKey(id)], ([old]) => {
      const record = by(old);
      return record
        ? [
            [recordKey(id), record],
            [summaryKey(id), summaryOf(record)],
          ]
        : [];
    });

  return {
    async list() {
      const summaries = await keyValue.list<ConversationSummary>('summary:');
      return summaries.sort((a, b) => b.updatedAt - a.updatedAt);
    },
    get: (id) => keyValue.get<ConversationRecord>(recordKey(id)),
    save: ({ id, title, createdAt, updatedAt }, messages) =>
      change(id, (old) => {
        // Deleted, in another tab, while it was being answered.
        if (!old && messages.every(({ role }) => role === 'assistant')) return undefined;
        return {
          id,
          title: old?.title ?? title,
          createdAt: old?.createdAt ?? createdAt,
          updatedAt: Math.max(old?.updatedAt ?? 0, updatedAt),
          messages: merge(old?.messages ?? [], messages),
        };
      }),
    removeMessages: (id, messageIds) =>
      change(
        id,
        (old) => old && { ...old, messages: old.messages.filter(({ id }) => !messageIds.includes(id)) },
      ),
    rename: (id, title) => change(id, (old) => old && { ...old, title }),
    remove: (id) => keyValue.remove([recordKey(id), summaryKey(id)]),
    restore: (record) => change(record.id, () => record),
  };
}

function merge(old: readonly ChatMessage[], changed: readonly ChatMessage[]): ChatMessage[] {
  const byId = new Map(old.map((message) => [message.id, message]));
  for (const message of changed) byId.set(message.id, message);
  return [...byId.values()];
}

function summaryOf({ id, title, createdAt, updatedAt }: ConversationRecord): ConversationSummary {
  return { id, title, createdAt, updatedAt };
}
