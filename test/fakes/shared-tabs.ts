/** Several tabs of one origin with scripted engines; any of them can be closed, frozen or hidden. */
import { createLadder, type Ladder } from '../../src/engine/ladder';
import { createModels } from '../../src/engine/local/models';
import { createTabs } from '../../src/engine/tabs';
import { createTabChannels } from './chats-page';
import { createFakeClock, type FakeClock } from './fake-clock';
import { cardOf, starter } from './model-offers';
import { createScriptedEngine, type Script, type ScriptedEngine } from './scripted-engine';
import { createTabLocks } from './tab-locks';

export interface Tab {
  /** Undefined until it knows who leads. */
  readonly ladder: Ladder | undefined;
  /** Of the models that this tab built, by id; none before it leads. */
  readonly engines: ReadonlyMap<string, ScriptedEngine>;
  hide(): void;
  show(): void;
  close(): void;
  /** It shares no more, while its page stays. */
  leave(): Promise<void>;
  /** Nothing runs in it any more, and it keeps what it holds. */
  freeze(): void;
  thaw(): void;
}

/** `createMs`: how long a tab that comes to lead takes to build its models. */
export function createOrigin(
  steps: Script['steps'],
  { createMs = 0 } = {},
): {
  readonly clock: FakeClock;
  open(more?: { isHidden?: boolean }): Tab;
} {
  const clock = createFakeClock();
  const connect = createTabChannels();
  const world = createTabLocks();
  let ids = 0;
  let chosenId: string | undefined;

  return {
    clock,
    open({ isHidden = false } = {}) {
      const locks = world.tab();
      const engines = new Map<string, ScriptedEngine>();
      const channel = connect();
      const inbox: MessageEvent[] = [];
      let isOpen = true;
      let isFrozen = false;
      let isSeen = !isHidden;
      let onSight = () => {};
      let listener: ((event: MessageEvent) => void) | null = null;
      channel.onmessage = (event) => {
        if (isFrozen) inbox.push(event);
        else if (isOpen) listener?.(event);
      };
      const outbox: unknown[] = [];
      let ladder: Ladder | undefined;
      void createTabs({
        create: async (onChange) => {
          if (createMs > 0) await clock.wait(createMs, new AbortController().signal);
          const models = createModels({
            cards: [{ ...starter, tasks: ['sentiment'] }, cardOf('a', { url: 'a.gguf', sizeBytes: 1 })],
            baseUrl: new URL('https://page.example/chat/'),
            now: clock.now,
            createFiles: () => ({
              state: async () => ({ doneBytes: 1, isWhole: true, isVerified: false, usedAt: 0 }),
              open: () => Promise.reject(new Error('not here')),
              put: async () => undefined,
              pack: () => Promise.reject(new Error('not here')),
              remove: async () => {},
            }),
            createEngine: (card) => {
              const engine = createScriptedEngine({ clock, steps, id: `wllama:${card.id}` });
              engines.set(card.id, engine);
              return engine;
            },
            onChange,
          });
          const built = createLadder({ models, now: clock.now, onChange });
          await built.restore(chosenId);
          return {
            ...built,
            get state() {
              return built.state;
            },
            choose: (id) => built.choose((chosenId = id)),
          };
        },
        name: 'engine',
        locks,
        channel: {
          postMessage: (message) => {
            if (!isOpen) return;
            if (isFrozen) outbox.push(message);
            else channel.postMessage(structuredClone(message));
          },
          get onmessage() {
            return listener;
          },
          set onmessage(next) {
            listener = next;
          },
        },
        newId: () => `id-${ids++}`,
        sight: { isSeen: () => isSeen && isOpen, subscribe: (next) => void (onSight = next) },
        now: clock.now,
        wait: clock.wait,
        onChange: () => {},
      }).then((built) => (ladder = built));
      return {
        get ladder() {
          return ladder;
        },
        engines,
        hide() {
          isSeen = false;
          onSight();
        },
        show() {
          isSeen = true;
          onSight();
        },
        close() {
          isOpen = false;
          engines.forEach((engine) => void engine.unload());
          world.kill(locks);
        },
        leave: async () => ladder?.unload(),
        freeze: () => void (isFrozen = true),
        thaw() {
          isFrozen = false;
          outbox.splice(0).forEach((message) => channel.postMessage(message));
          inbox.splice(0).forEach((event) => listener?.(event));
        },
      };
    },
  };
}
