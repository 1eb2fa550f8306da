/** One page's chats on a storage of the test's choosing, with a scripted engine and a clock that stands still. */
import type { ConversationRecord } from '../../src/kernel/history';
import type { FaultCode } from '../../src/kernel/fault';
import type { KeyValue } from '../../src/kernel/key-value';
import { createConversationStore, type ConversationStore } from '../../src/store/conversations';
import { createMemoryKeyValue } from '../../src/store/memory';
import { createChats, type Chats } from '../../src/turn/chats';
import { createFakeClock, type FakeClock } from './fake-clock';
import { createFakeLocks } from './fake-locks';
import { createScriptedEngine, lastChunk, type Script, type ScriptedEngine } from './scripted-engine';

export interface PageOptions {
  readonly keyValue?: KeyValue;
  readonly clock?: FakeClock;
  readonly locks?: LockManager | undefined;
  readonly steps?: Script['steps'];
  /** Stands in for some of the store's methods. */
  readonly store?: (real: ConversationStore) => Partial<ConversationStore>;
  readonly channel?: BroadcastChannel;
  /** What the model for titles says to a question; where absent, there is none. */
  readonly titleFor?: (question: string) => ReturnType<Script['steps']>;
  /** The same of the model that reads how a message sounds. */
  readonly toneFor?: (message: string) => ReturnType<Script['steps']>;
}

export interface ChatsPage extends Chats {
  readonly clock: FakeClock;
  readonly engine: ScriptedEngine;
  readonly keyValue: KeyValue;
  readonly store: ConversationStore;
  readonly faults: readonly FaultCode[];
  readonly answered: number;
  /** What is stored under the id of the conversation that is open. */
  stored(id?: string): Promise<ConversationRecord | undefined>;
  /** Asks, and moves the clock until the answer is there. */
  ask(text: string): Promise<ConversationRecord>;
}

let pages = 0;

export function openPage(options: PageOptions = {}): ChatsPage {
  const name = `page${pages++}`;
  const clock = options.clock ?? createFakeClock();
  const keyValue = options.keyValue ?? createMemoryKeyValue();
  const engine = createScriptedEngine({
    clock,
    steps: options.steps ?? (() => ['An answer', { waitMs: 100 }, '.', lastChunk()]),
  });
  const { titleFor } = options;
  const titler =
    titleFor && createScriptedEngine({ clock, steps: (prompt) => titleFor(prompt.at(-1)?.content ?? '') });
  const { toneFor } = options;
  const toneReader =
    toneFor && createScriptedEngine({ clock, steps: (prompt) => toneFor(prompt.at(-1)?.content ?? '') });
  const real = createConversationStore(keyValue);
  const store = { ...real, ...options.store?.(real) };
  const faults: FaultCode[] = [];
  let ids = 0;
  let answered = 0;
  const chats = createChats({
    store: Promise.resolve(store),
    clock,
    newId: () => `${name}-${ids++}`,
    locks: 'locks' in options ? options.locks : createFakeLocks(),
    channel: options.channel ?? silentChannel(),
    system: 'Be brief.',
    answerer: async () => ({ engine, modelName: 'Scripted' }),
    taskEngine: async (task) => (task === 'title' ? titler : toneReader),
    onAnswered: () => void answered++,
    onFault: ({ code }) => void faults.push(code),
    onChange: () => {},
  });
  return {
    // `state` is read when it is asked for.
    get state() {
      return chats.state;
    },
    actions: chats.actions,
    open: chats.open,
    amend: chats.amend,
    cancelLater: chats.cancelLater,
    close: chats.close,
    clock,
    engine,
    keyValue,
    store,
    faults,
    get answered() {
      return answered;
    },
    stored: (id = chats.state.current.id) => real.get(id),
    async ask(text) {
      chats.actions.send(text);
      await clock.advance(2_000);
      return chats.state.current;
    },
  };
}

function silentChannel(): BroadcastChannel {
  return { postMessage: () => {} } as unknown as BroadcastChannel;
}

/** Channels that hear each other, as those of several tabs do, and never themselves. */
export function createTabChannels(): () => BroadcastChannel {
  const channels = new Set<Partial<BroadcastChannel>>();
  return () => {
    const channel: Partial<BroadcastChannel> = {
      postMessage(data: unknown) {
        for (const other of channels) {
          if (other === channel) continue;
          setImmediate(() => other.onmessage?.call(other as BroadcastChannel, { data } as MessageEvent));
        }
      },
    };
    channels.add(channel);
    return channel as BroadcastChannel;
  };
}
