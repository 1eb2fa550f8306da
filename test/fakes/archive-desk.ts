/** An archive over conversations in memory, and random conversations to put into it. */
import * as fc from 'fast-check';
import type { ConversationRecord } from '../../src/kernel/history';
import { createDesk, type ArchiveDesk } from '../../src/archive/archive-desk';
import { createConversationStore, type ConversationStore } from '../../src/store/conversations';
import { createMemoryKeyValue } from '../../src/store/memory';

export interface ArchiveOnMemory {
  readonly desk: ArchiveDesk;
  readonly store: ConversationStore;
  /** What was said to other tabs. */
  readonly said: readonly string[];
  /** As if another tab had said it. */
  hear(id: string): void;
}

export async function archiveOf(
  conversations: readonly ConversationRecord[] = [],
  changes: (real: ConversationStore) => Partial<ConversationStore> = () => ({}),
): Promise<ArchiveOnMemory> {
  const real = createConversationStore(createMemoryKeyValue());
  for (const conversation of conversations) await real.restore(conversation);
  const store = { ...real, ...changes(real) };
  const said: string[] = [];
  const listeners: ((event: MessageEvent<string>) => void)[] = [];
  const channel = {
    postMessage: (id: string) => void said.push(id),
    addEventListener: (_: string, listener: (event: MessageEvent<string>) => void) =>
      listeners.push(listener),
  } as unknown as BroadcastChannel;
  const desk = createDesk({ store, channel, sliceMs: 1_000_000, now: () => 0 });
  const hear = (data: string) => listeners.forEach((listener) => listener({ data } as MessageEvent<string>));
  return { desk, store, said, hear };
}

export function conversationOf(id: string, ...texts: readonly string[]): ConversationRecord {
  const createdAt = 1_700_000_000_000;
  return {
    id,
    title: texts[0] ?? id,
    createdAt,
    updatedAt: createdAt + texts.length,
    messages: texts.map((text, at) => ({
      id: `${id}-${at}`,
      role: at % 2 === 0 ? 'user' : 'assistant',
      text,
      status: 'done',
      createdAt: createdAt + at,
    })),
  };
}

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const message = fc.record(
  {
    id: fc.uuid(),
    role: fc.constantFrom('user', 'assistant'),
    text,
    status: fc.constantFrom('done', 'stopped', 'failed', 'incomplete'),
    createdAt: fc.nat(),
    answer: fc.record(
      {
        place: fc.constantFrom('local', 'cloud'),
        engineId: text,
        modelName: text,
        durationMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
        // A field of a later version, which this one does not know.
        later: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: ['place', 'engineId', 'modelName'] },
    ),
    isKept: fc.constant(true),
  },
  { requiredKeys: ['id', 'role', 'text', 'status', 'createdAt'] },
);

/** Conversations as a store may hold them, in any order, with whatever text. */
export const conversations = fc.uniqueArray(
  fc.record(
    {
      id: fc.uuid(),
      title: text,
      createdAt: fc.nat(),
      updatedAt: fc.nat(),
      messages: fc.uniqueArray(message, { selector: ({ id }) => id, maxLength: 4 }),
      isPinned: fc.constant(true),
    },
    { requiredKeys: ['id', 'title', 'createdAt', 'updatedAt', 'messages'] },
  ),
  { selector: ({ id }) => id, maxLength: 6 },
) as fc.Arbitrary<ConversationRecord[]>;
