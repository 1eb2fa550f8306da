/** An engine that says what a test wrote down for it, when it wrote, and otherwise keeps to kernel/engine.ts. */
import { createQueue, untilAborted } from '../../src/kernel/queue';
import type { Chunk, GenerateOptions, LoadOptions, LocalEngine, Usage } from '../../src/kernel/engine';
import { Fault } from '../../src/kernel/fault';
import type { Message } from '../../src/kernel/message';
import type { Clock } from '../../src/turn/pace';
import './with-resolvers';

/** The step that no step follows. */
export const HANG = { hang: true } as const;

/** A text, a whole chunk, a pause, a failure, or no step ever again (until it is stopped). */
export type Step = string | Chunk | { readonly waitMs: number } | { readonly error: unknown } | typeof HANG;

export interface ScriptedEngine extends LocalEngine {
  /** One per request that began, in order. */
  readonly prompts: readonly (readonly Message[])[];
  readonly options: readonly GenerateOptions[];
  readonly events: readonly ('begin' | 'end' | 'stopped' | 'failed' | 'unload' | 'load')[];
  /** Requests that are being answered or wait. */
  readonly busy: number;
}

export interface Script {
  readonly clock: Clock;
  /** The steps of request number `call` (from 0); an endless iterable is an endless answer. */
  readonly steps: (prompt: readonly Message[], call: number) => Iterable<Step>;
  readonly id?: string;
  readonly contextTokens?: number;
  /** What a load does, once until the engine is unloaded; by default nothing. */
  readonly load?: (options: LoadOptions) => Promise<void>;
}

let made = 0;

export function createScriptedEngine(script: Script): ScriptedEngine {
  const queue = createQueue();
  const prompts: (readonly Message[])[] = [];
  const asked: GenerateOptions[] = [];
  const events: ScriptedEngine['events'][number][] = [];
  let unloading = new AbortController();
  let busy = 0;
  let loading: Promise<void> | undefined;

  const load = async (options: LoadOptions = {}) => {
    if (!loading) events.push('load');
    loading ??= script.load?.(options) ?? Promise.resolve();
    await untilAborted(loading, options.signal);
  };

  async function* generate(prompt: readonly Message[], options: GenerateOptions): AsyncGenerator<Chunk> {
    const leave = await queue.enter(options.signal);
    const signal = AbortSignal.any([options.signal, unloading.signal]);
    busy++;
    events.push('begin');
    try {
      await load({ signal });
      prompts.push(prompt);
      asked.push(options);
      for (const step of script.steps(prompt, prompts.length - 1)) {
        if (signal.aborted) throw new Fault('cancelled');
        if (typeof step === 'string') yield { text: step };
        else if ('hang' in step) await untilAborted(new Promise<never>(() => {}), signal);
        else if ('error' in step) throw step.error;
        else if ('waitMs' in step) await untilAborted(script.clock.wait(step.waitMs, signal), signal);
        else yield step;
      }
      events.push('end');
    } catch (error) {
      events.push(signal.aborted ? 'stopped' : 'failed');
      throw error;
    } finally {
      busy--;
      leave();
    }
  }

  return {
    id: script.id ?? `scripted:${made++}`,
    place: 'local',
    contextTokens: script.contextTokens ?? 4_096,
    prompts,
    options: asked,
    events,
    get busy() {
      return busy;
    },
    generate,
    load,
    async unload() {
      events.push('unload');
      loading = undefined;
      unloading.abort();
      unloading = new AbortController();
    },
    ownFiles: () => [],
  };
}

/** What a whole answer's last chunk looks like. */
export function lastChunk(
  finish: 'stop' | 'length' = 'stop',
  usage: Usage = { promptTokens: 20, completionTokens: 5 },
): Chunk {
  return { text: '', finish, usage };
}

/** `unit` over and over, `everyMs` apart, for ever. */
export function* forEver(unit: string, everyMs: number): Generator<Step> {
  for (;;) {
    yield unit;
    yield { waitMs: everyMs };
  }
}
