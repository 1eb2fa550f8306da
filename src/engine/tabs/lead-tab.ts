/** The tab that runs the models: answers its own requests and those of the other tabs, each tab in turn. */
import type { Chunk, GenerateOptions, LocalEngine } from '../../kernel/engine';
import { Fault, faultOf, faultRecordOf } from '../../kernel/fault';
import type { Message } from '../../kernel/message';
import { TASKS, type Task } from '../../kernel/task';
import type { Ladder, LadderChosen } from '../ladder';
import type { Chosen } from '../local/models';
import { createFairQueue, type FairQueue } from './fair-queue';
import type { Call, ModelFacts, Role, Snapshot, TabMessage } from './tab-messages';

/** To those who wait in line, that others are being answered: no more often. */
const TICK_MS = 1_000;

export interface LeadDeps {
  readonly tabId: string;
  readonly ladder: Ladder;
  readonly post: (message: TabMessage) => void;
  readonly now: () => number;
}

export interface LeadTab {
  readonly ladder: Ladder;
  hear(message: TabMessage): void;
  snapshot(): Snapshot;
  /** The models changed: who waits hears of it. */
  changed(): void;
  /** It leads no more: frees what the models hold. */
  end(): Promise<void>;
}

export function createLeadTab({ tabId, ladder, post, now }: LeadDeps): LeadTab {
  const queues = new Map<string, FairQueue>();
  const requests = new Map<string, AbortController>();
  /** The request that an engine works on now, by the engine's id. */
  const served = new Map<string, string>();
  let tick = Promise.withResolvers<void>();
  let tickedAt = 0;

  const progress = () => {
    if (now() - tickedAt < TICK_MS) return;
    tickedAt = now();
    tick.resolve();
    tick = Promise.withResolvers<void>();
  };
  const queueOf = (id: string) => {
    const queue = queues.get(id) ?? createFairQueue();
    queues.set(id, queue);
    return queue;
  };

  /** The chunks of `engine`, when it is the tab's turn; while it waits, chunks without text whenever others get on. */
  async function* serve(
    tab: string,
    engine: LocalEngine,
    prompt: readonly Message[],
    options: GenerateOptions,
  ): AsyncGenerator<Chunk> {
    const place = queueOf(engine.id).enter(tab, options.signal);
    place.catch(() => undefined);
    let leave: (() => void) | undefined;
    try {
      while (!leave) {
        leave = await Promise.race([place, tick.promise.then(() => undefined)]);
        if (!leave) yield { text: '' };
      }
      served.set(engine.id, tab);
      for await (const chunk of engine.generate(prompt, options)) {
        progress();
        yield chunk;
      }
    } finally {
      if (leave) served.delete(engine.id);
      // Also where its turn has not come yet: it would keep the others waiting.
      void place.then((out) => out()).catch(() => undefined);
    }
  }

  const shared = (engine: LocalEngine, tab: string): LocalEngine => ({
    ...engine,
    generate: (prompt, options) => serve(tab, engine, prompt, options),
  });

  const engineFor = (role: Role, modelId: string): LocalEngine => {
    const engine = role === 'chosen' ? ladder.chosen().engine : ladder.forTask(role);
    // Meanwhile another model was chosen: who asked has to know of it.
    if (!engine || (role === 'chosen' && ladder.state.chosenId !== modelId)) throw new Fault('cancelled');
    return engine;
  };

  const answer = async ({ role, modelId, from, id, prompt, options }: TabMessage & { type: 'ask' }) => {
    const stop = new AbortController();
    requests.set(id, stop);
    try {
      const chunks = serve(from, engineFor(role, modelId), prompt, { ...options, signal: stop.signal });
      for await (const chunk of chunks) post({ type: 'chunk', to: from, id, chunk });
      post({ type: 'done', to: from, id });
    } catch (error) {
      post({ type: 'failed', to: from, id, fault: faultRecordOf(faultOf(error, 'engine_failed')) });
    } finally {
      requests.delete(id);
    }
  };

  const perform = async (call: Call, from: string): Promise<unknown> => {
    if (call.name === 'load') return engineFor(...call.args).load();
    if (call.name === 'unload') {
      const engine = engineFor(...call.args);
      // Only where it works for the tab that gave it up.
      return served.get(engine.id) === from ? engine.unload() : undefined;
    }
    if (call.name === 'mend') {
      const [id, { code, detail }] = call.args;
      return ladder.heal(id, new Fault(code, detail));
    }
    const act = ladder[call.name] as (...args: readonly unknown[]) => unknown;
    return act(...call.args);
  };

  /** Plain data only: it goes to other tabs. */
  const factsOf = (
    engine: LocalEngine,
    { id, modelName, hasVerdict }: Omit<Chosen, 'engine'>,
  ): ModelFacts => ({
    id,
    modelName,
    hasVerdict,
    engineId: engine.id,
    contextTokens: engine.contextTokens,
    ownFiles: engine.ownFiles(),
  });
  const chosen = (): LadderChosen => {
    const inner = ladder.chosen();
    return { ...inner, engine: shared(inner.engine, tabId) };
  };
  const forTask = (task: Task) => {
    const engine = ladder.forTask(task);
    return engine && shared(engine, tabId);
  };
  const taskFacts = (task: Task) => {
    const engine = ladder.forTask(task);
    return engine ? { [task]: factsOf(engine, { id: engine.id, modelName: '', hasVerdict: true }) } : {};
  };

  return {
    ladder: {
      ...ladder,
      get state() {
        return ladder.state;
      },
      chosen,
      forTask,
    },
    hear(message) {
      if (!('to' in message) || message.to !== tabId) return;
      if (message.type === 'ask') void answer(message);
      else if (message.type === 'stop') requests.get(message.id)?.abort();
      else if (message.type === 'ping') post({ type: 'pong', to: message.from });
      else if (message.type === 'call') {
        const { call, from, id } = message;
        perform(call, from).then(
          (value) => post({ type: 'result', to: from, id, value }),
          (error: unknown) =>
            post({ type: 'failed', to: from, id, fault: faultRecordOf(faultOf(error, 'engine_failed')) }),
        );
      }
    },
    snapshot() {
      const { state } = ladder;
      const now = state.chosenId === undefined ? undefined : ladder.chosen();
      return {
        state,
        ...(now ? { chosen: factsOf(now.engine, now) } : {}),
        tasks: Object.assign({}, ...TASKS.map(taskFacts)) as Snapshot['tasks'],
      };
    },
    changed: progress,
    async end() {
      requests.forEach((request) => request.abort());
      await ladder.unload();
    },
  };
}
