/** The large model as an engine: asks this site's own server, in OpenAI's format, and reads its stream. */
import { createParser } from 'eventsource-parser';
import type { Chunk, Engine, GenerateOptions, Usage } from '../../kernel/engine';
import { Fault, faultOf } from '../../kernel/fault';
import type { Message } from '../../kernel/message';
import { priceIn, type Price } from '../../kernel/wire';
import { askServer, faultOfError, type ServerOptions, type WireError } from './ask-server';

/** Longer than the server waits for its upstream, so that its word on that arrives. */
const SILENCE_MS = 60_000;

export interface CloudOptions extends ServerOptions {
  /** The names by which the server knows its pair. */
  readonly model: 'flagship' | 'small';
  /** The vendor's. */
  readonly name: string;
  readonly maxTokens: number;
  readonly newId: () => string;
}

interface WireChunk {
  readonly error?: WireError;
  readonly choices?: readonly { delta?: { content?: string | null }; finish_reason?: string | null }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  } | null;
}

/** Faults: `budget_exhausted`, `rate_limited`, `cloud_refused`, `cloud_failed`, `cloud_incomplete`, and those of the request. */
export function createCloudEngine(options: CloudOptions): Engine {
  return {
    id: `cloud:${options.name}`,
    place: 'cloud',
    async *generate(prompt, given) {
      const silence = new AbortController();
      const signal = AbortSignal.any([given.signal, silence.signal]);
      try {
        const response = await post(prompt, given, options, signal);
        yield* chunksOf(response, silence, priceIn(response.headers));
      } catch (error) {
        if (given.signal.aborted) throw new Fault('cancelled');
        if (silence.signal.aborted) throw new Fault('cloud_failed', 'no word for a minute');
        throw faultOf(error, 'cloud_failed');
      } finally {
        // Whoever leaves the loop early ends the request.
        silence.abort();
      }
    },
  };
}

async function post(
  prompt: readonly Message[],
  { maxTokens, temperature }: GenerateOptions,
  options: CloudOptions,
  signal: AbortSignal,
): Promise<Response> {
  const { model, newId, maxTokens: most } = options;
  const body = {
    model,
    messages: prompt,
    stream: true,
    stream_options: { include_usage: true },
    max_tokens: Math.min(maxTokens ?? most, most),
    ...(temperature === undefined ? {} : { temperature }),
  };
  return askServer(options, { path: 'v1/chat/completions', body, idempotencyKey: newId() }, signal);
}

/** The first chunk carries the price, the last one usage and finish, whatever order they came in. */
async function* chunksOf(
  response: Response,
  silence: AbortController,
  price: Price | undefined,
): AsyncGenerator<Chunk> {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(data) });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!reader) throw new Fault('cloud_failed', 'an answer without a body');
  let usage: Usage | undefined;
  let finish: Chunk['finish'];
  let isDone = false;
  let isBegun = false;
  const brokenOff = (error: unknown) => {
    throw isBegun ? new Fault('cloud_incomplete', undefined, { cause: error }) : error;
  };
  for (;;) {
    const timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const { done, value } = await reader
      .read()
      .catch(brokenOff)
      .finally(() => clearTimeout(timer));
    if (value !== undefined) parser.feed(value);
    if (done) parser.reset({ consume: true });
    for (const data of events.splice(0)) {
      if (data === '[DONE]') {
        isDone = true;
        continue;
      }
      const { choices, error, usage: told } = JSON.parse(data) as WireChunk;
      if (error) throw isBegun ? new Fault('cloud_incomplete', error.message) : faultOfError(error);
      if (told) usage = usageOf(told);
      const [choice] = choices ?? [];
      if (choice?.finish_reason) finish = choice.finish_reason === 'length' ? 'length' : 'stop';
      if (choice?.delta?.content) {
        yield { text: choice.delta.content, ...(price && !isBegun ? { price } : {}) };
        isBegun = true;
      }
    }
    if (done) break;
  }
  if (!isDone) throw new Fault('cloud_incomplete');
  yield { text: '', finish: finish ?? 'stop', ...(usage ? { usage } : {}) };
}

function usageOf(told: NonNullable<WireChunk['usage']>): Usage {
  return {
    promptTokens: told.prompt_tokens,
    cachedTokens: told.prompt_tokens_details?.cached_tokens ?? 0,
    completionTokens: told.completion_tokens,
  };
}
