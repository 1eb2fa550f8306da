/** The browser's model, ready: a session that keeps it in memory, and one more for each answer. */
import type { Chunk, GenerateOptions } from '../../../kernel/engine';
import { Fault, type FaultCode } from '../../../kernel/fault';
import type { Message } from '../../../kernel/message';
import { untilAborted } from '../../../kernel/queue';
import type { Runtime } from '../local-engine';
import { readStream } from '../read-stream';
import { faultOfApi } from './api-fault';
import {
  windowOf,
  type CoreOptions,
  type CreateOptions,
  type PromptApi,
  type SamplingMode,
  type Session,
} from './prompt-api';
import { createTokenCounter } from './token-count';

export interface BuiltinRuntimeOptions {
  readonly api: PromptApi;
  readonly core: CoreOptions;
  /** At most so many of the window's tokens are used. */
  readonly contextTokens: number;
  /** Told how many there are. */
  readonly onWindow: (contextTokens: number) => void;
}

/** Faults: `no_builtin`, `engine_load`, `cancelled`. */
export async function startBuiltin(options: BuiltinRuntimeOptions, signal: AbortSignal): Promise<Runtime> {
  const { api, core } = options;
  const { promise: gone, resolve: markGone } = Promise.withResolvers<Fault>();
  const ending = new AbortController();
  const base = await api.create({ ...core, signal }).catch((error: unknown) => {
    throw faultOfApi(error, 'start', signal);
  });
  const windowTokens = Math.min(options.contextTokens, windowOf(base) ?? Infinity);
  options.onWindow(windowTokens);
  const exit = (why: Fault) => {
    ending.abort();
    base.destroy();
    markGone(why);
  };

  return {
    gone,
    ownFiles: [import.meta.url],
    exit,
    complete(prompt, asked) {
      const settled = Promise.withResolvers<void>();
      const left = new AbortController();
      const stopped = AbortSignal.any([asked.signal, ending.signal, left.signal]);
      const answer = async function* () {
        let session: Session | undefined;
        try {
          const options = await askedOptions(api, core, prompt, asked, stopped);
          session = await untilAborted(api.create(options), stopped).catch((error: unknown) => {
            throw faultOfApi(error, 'start', stopped);
          });
          yield* write(session, prompt, asked, windowTokens, stopped);
        } catch (error) {
          const fault = faultOfApi(error, 'answer', stopped);
          // The next request begins anew.
          if (LOST.has(fault.code)) exit(fault);
          throw fault;
        } finally {
          left.abort();
          session?.destroy();
          settled.resolve();
        }
      };
      return { chunks: answer(), settled: settled.promise };
    },
  };
}

/** Its model may be gone with it. */
const LOST = new Set<FaultCode>(['worker_gone', 'engine_failed', 'engine_load', 'no_builtin']);

/** All but the last message go into the session: what it begins with is never dropped from it. */
async function askedOptions(
  api: PromptApi,
  core: CoreOptions,
  prompt: readonly Message[],
  { temperature }: GenerateOptions,
  signal: AbortSignal,
): Promise<CreateOptions> {
  const initialPrompts = prompt.slice(0, -1).map(plain);
  return { ...core, ...(await samplingOf(api, temperature)), initialPrompts, signal };
}

const plain = ({ role, content }: Message): Message => ({ role, content });

/** Pages choose a mode; only extensions and trials, which have `params`, may name numbers, and must not name both. */
async function samplingOf(api: PromptApi, temperature: number | undefined): Promise<Partial<CreateOptions>> {
  if (temperature === undefined) return {};
  const params = await api.params?.().catch(() => null);
  if (params)
    return {
      temperature: Math.min(temperature, params.maxTemperature),
      topK: temperature === 0 ? 1 : params.defaultTopK,
    };
  return { samplingMode: modeOf(temperature) };
}

function modeOf(temperature: number): SamplingMode {
  if (temperature === 0) return 'most-predictable';
  if (temperature <= 0.4) return 'predictable';
  return temperature <= 1 ? 'balanced' : 'creative';
}

async function* write(
  session: Session,
  prompt: readonly Message[],
  { maxTokens = Infinity, jsonSchema }: GenerateOptions,
  windowTokens: number,
  signal: AbortSignal,
): AsyncGenerator<Chunk> {
  const last = plain(prompt.at(-1) ?? { role: 'user', content: '' });
  const options = { signal, ...(jsonSchema ? { responseConstraint: jsonSchema } : {}) };
  const counter = createTokenCounter(session);
  const promptTokens = await untilAborted(counter.prompt(prompt.slice(0, -1), last, options), signal);
  if (promptTokens >= windowTokens)
    throw new Fault('context_overflow', `${promptTokens} of ${windowTokens} tokens`);

  const mostTokens = Math.min(maxTokens, windowTokens - promptTokens);
  let text = '';
  let finish: 'stop' | 'length' = 'stop';
  // The API knows no limit. A token has a character at the least, so until there are so many more none can be passed.
  let lookAt = mostTokens;
  try {
    for await (const piece of readStream(session.promptStreaming([last], options), signal, () => undefined)) {
      const longer = text + piece;
      if (longer.length > lookAt) {
        const tokens = await untilAborted(counter.answer(longer), signal);
        if (tokens > mostTokens) {
          finish = 'length';
          break;
        }
        lookAt = longer.length + mostTokens - tokens;
      }
      text = longer;
      yield { text: piece };
    }
  } catch (error) {
    // It grew beyond the window while it was written.
    if (!text || faultOfApi(error, 'answer', signal).code !== 'context_overflow') throw error;
    finish = 'length';
  }
  const completionTokens = await untilAborted(counter.answer(text), signal);
  yield {
    text: '',
    finish,
    usage: { promptTokens, completionTokens, ...(counter.isEstimated ? { isEstimated: true } : {}) },
  };
}
