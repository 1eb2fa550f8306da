/** Keeps conversations; every change names only its own message, so that two tabs never undo each other's turns. */
import type { ChatMessage, ConversationRecord, ConversationSummary } from '../kernel/history';
import type { KeyValue } from '../kernel/key-value';

export interface ConversationStore {
  /** Newest first. */
  list(): Promise<ConversationSummary[]>;
  get(id: string): Promise<ConversationRecord | undefined>;
  summary(id: string): Promise<ConversationSummary | undefined>;
  /** Adds messages to a conversation or replaces those of the same id; a question makes the conversation where there is none. */
  save(conversation: ConversationSummary, messages: readonly ChatMessage[]): Promise<void>;
  removeMessages(id: string, messageIds: readonly string[]): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  pin(id: string, isPinned: boolean): Promise<void>;
  remove(id: string): Promise<void>;
  /** Puts a removed conversation back as it was. */
  restore(record: ConversationRecord): Promise<void>;
  /** Writes what `by` makes of the conversations of these ids, all of it or, where it fails, nothing. */
  changeMany(
    ids: readonly string[],
    by: (stored: ReadonlyMap<string, ConversationRecord>) => readonly ConversationRecord[],
  ): Promise<void>;
}

// The record and its summary lie under two keys and are written in one transaction: a list need not read every message.
const recordKey = (id: string) => `record:${id}`;
const summaryKey = (id: string) => `summary:${id}`;

export function createConversationStore(keyValue: KeyValue): ConversationStore {
  const change = (id: string, by: (old: ConversationRecord | undefined) => ConversationRecord | undefined) =>
    keyValue.update<ConversationRecord>([recordKey(id)], ([old]) => {
      const record = by(old);
      return record ? entriesOf(record) : [];
    });

  return {
    async list() {
      const summaries = await keyValue.list<ConversationSummary>('summary:');
      return summaries.sort((a, b) => b.updatedAt - a.updatedAt);
    },
    get: (id) => keyValue.get<ConversationRecord>(recordKey(id)),
    summary: (id) => keyValue.get<ConversationSummary>(summaryKey(id)),
    save: ({ id, title, createdAt, updatedAt }, messages) =>
      change(id, (old) => {
        // Deleted, in another tab, while it was being answered.
        if (!old && messages.every(({ role }) => role === 'assistant')) return undefined;
        return {
          ...old,
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
    pin: (id, isPinned) => change(id, (old) => old && pinned(old, isPinned)),
    remove: (id) => keyValue.remove([recordKey(id), summaryKey(id)]),
    restore: (record) => change(record.id, () => record),
    changeMany: (ids, by) =>
      keyValue.update<ConversationRecord>(ids.map(recordKey), (values) => {
        const stored = values.flatMap((record) => (record ? [[record.id, record] as const] : []));
        return by(new Map(stored)).flatMap(entriesOf);
      }),
  };
}

function entriesOf(record: ConversationRecord): [key: string, value: unknown][] {
  return [
    [recordKey(record.id), record],
    [summaryKey(record.id), summaryOf(record)],
  ];
}

function merge(old: readonly ChatMessage[], changed: readonly ChatMessage[]): ChatMessage[] {
  const byId = new Map(old.map((message) => [message.id, message]));
  for (const message of changed) byId.set(message.id, message);
  return [...byId.values()];
}

function summaryOf(record: ConversationRecord): ConversationSummary {
  const { id, title, createdAt, updatedAt, isPinned } = record;
  return { id, title, createdAt, updatedAt, ...(isPinned ? { isPinned } : {}) };
}

function pinned(record: ConversationRecord, isPinned: boolean): ConversationRecord {
  const { isPinned: _, ...unpinned } = record;
  return isPinned ? { ...unpinned, isPinned } : unpinned;
}
