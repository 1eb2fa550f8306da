/** A tab without an engine: has the models, and what they answer, of the tab that leads. */
import type { Chunk, GenerateOptions, LocalEngine } from '../../kernel/engine';
import { Fault } from '../../kernel/fault';
import type { Healing } from '../../kernel/healing';
import type { Message } from '../../kernel/message';
import { untilAborted } from '../../kernel/queue';
import type { Ladder } from '../ladder';
import type { Call, ModelFacts, Role, Snapshot, TabMessage } from './tab-messages';

export interface AskDeps {
  readonly tabId: string;
  readonly post: (message: TabMessage) => void;
  readonly newId: () => string;
  /** Of the tab that leads now, or the one that led last. */
  readonly snapshot: () => Snapshot | undefined;
  /** Resolves to the leader's id once there is one. */
  readonly leader: () => Promise<string>;
}

export interface AskTab {
  readonly ladder: Ladder;
  hear(message: TabMessage): void;
  /** Whether it waits for anything. */
  readonly isWaiting: boolean;
  /** The tab that led is gone: what was asked of it fails with `leader_gone`. */
  leaderGone(): void;
}

interface Pending {
  take(chunk: Chunk): void;
  done(value?: unknown): void;
  fail(fault: Fault): void;
}

export function createAskTab({ tabId, post, newId, snapshot, leader }: AskDeps): AskTab {
  const pending = new Map<string, Pending>();

  /** The tab to ask. Where this one leads by the time that is known, nobody would hear it. Faults: `leader_gone`, `cancelled`. */
  const other = async (signal: AbortSignal | undefined): Promise<string> => {
    const id = await untilAborted(leader(), signal);
    if (id === tabId) throw new Fault('leader_gone');
    return id;
  };

  async function* ask(
    role: Role,
    modelId: string,
    prompt: readonly Message[],
    { signal, ...options }: GenerateOptions,
  ): AsyncGenerator<Chunk> {
    const to = await other(signal);
    const id = newId();
    const stream = createStream();
    pending.set(id, stream);
    let isOver = false;
    post({ type: 'ask', to, from: tabId, id, role, modelId, prompt, options });
    try {
      for (;;) {
        const { done, value } = await untilAborted(stream.next(), signal);
        isOver = done === true;
        if (done) return;
        yield value;
      }
    } finally {
      if (!isOver) post({ type: 'stop', to, from: tabId, id });
      pending.delete(id);
    }
  }

  const call = async (what: Call, signal?: AbortSignal): Promise<unknown> => {
    const to = await other(signal);
    const id = newId();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    pending.set(id, { take: () => undefined, done: resolve, fail: reject });
    post({ type: 'call', to, from: tabId, id, call: what });
    try {
      return await untilAborted(promise, signal);
    } finally {
      pending.delete(id);
    }
  };

  const engineOf = (role: Role, facts: ModelFacts): LocalEngine => ({
    id: facts.engineId,
    place: 'local',
    contextTokens: facts.contextTokens,
    load: async ({ signal } = {}) => void (await call({ name: 'load', args: [role, facts.id] }, signal)),
    unload: async () => void (await call({ name: 'unload', args: [role, facts.id] })),
    generate: (prompt, options) => ask(role, facts.id, prompt, options),
    ownFiles: () => facts.ownFiles,
  });

  const heal = async (id: string, { code, detail }: Fault) =>
    (await call({ name: 'mend', args: [id, { code, ...(detail ? { detail } : {}) }] })) as
      | Healing
      | undefined;
  const tell = async (what: Call): Promise<void> => void (await call(what));

  return {
    get isWaiting() {
      return pending.size > 0;
    },
    leaderGone: () => [...pending.values()].forEach(({ fail }) => fail(new Fault('leader_gone'))),
    hear(message) {
      if (!('to' in message) || message.to !== tabId || !('id' in message)) return;
      const request = pending.get(message.id);
      if (message.type === 'chunk') request?.take(message.chunk);
      else if (message.type === 'done') request?.done();
      else if (message.type === 'result') request?.done(message.value);
      else if (message.type === 'failed') request?.fail(new Fault(message.fault.code, message.fault.detail));
    },
    ladder: {
      get state() {
        return snapshot()?.state ?? { isPersistent: true, offers: [], chosenId: undefined };
      },
      chosen() {
        const facts = snapshot()?.chosen;
        if (!facts) throw new Fault('no_model');
        const { id, modelName, hasVerdict } = facts;
        return {
          id,
          modelName,
          hasVerdict,
          engine: engineOf('chosen', facts),
          heal: (fault) => heal(id, fault),
        };
      },
      forTask(task) {
        const facts = snapshot()?.tasks[task];
        return facts && engineOf(task, facts);
      },
      heal,
      choose: (...args) => tell({ name: 'choose', args }),
      cancel: (...args) => tell({ name: 'cancel', args }),
      remove: (...args) => tell({ name: 'remove', args }),
      put: (...args) => tell({ name: 'put', args }),
      resume: () => tell({ name: 'resume', args: [] }),
      file: async (...args) => (await call({ name: 'file', args })) as Blob | undefined,
      dismissHealing: () => void call({ name: 'dismissHealing', args: [] }).catch(() => undefined),
      isFetched: (id) =>
        snapshot()?.state.offers.some(({ card, isBundled }) => card.id === id && !isBundled) ?? false,
      // These are the leader's own affair.
      preload: async () => undefined,
      restore: async () => undefined,
      restart: async () => undefined,
      unload: async () => undefined,
    },
  };
}

/** What was told, in order, for one reader. */
function createStream(): Pending & { next(): Promise<IteratorResult<Chunk, undefined>> } {
  const chunks: Chunk[] = [];
  let end: 'none' | 'done' | Fault = 'none';
  let news = Promise.withResolvers<void>();
  const wake = () => {
    news.resolve();
    news = Promise.withResolvers<void>();
  };
  return {
    take(chunk) {
      chunks.push(chunk);
      wake();
    },
    done() {
      end = 'done';
      wake();
    },
    fail(fault) {
      end = fault;
      wake();
    },
    async next() {
      while (chunks.length === 0 && end === 'none') await news.promise;
      const value = chunks.shift();
      if (value) return { done: false, value };
      if (end instanceof Fault) throw end;
      return { done: true, value: undefined };
    },
  };
}
