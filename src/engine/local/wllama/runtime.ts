/** One llama.cpp in its worker: started from a file, asked for completions, thrown away. */
import {
  Wllama,
  type ChatCompletionChunk,
  type ChatCompletionResponse,
  type ChatCompletionParams,
} from '@wllama/wllama/esm/index.js';
import type { Chunk, GenerateOptions, TokenChance, TokenLogprob } from '../../../kernel/engine';
import { Fault, faultOf, type FaultCode } from '../../../kernel/fault';
import type { Message } from '../../../kernel/message';
import type { Request } from '../../../kernel/network';
import { untilAborted } from '../../../kernel/queue';
import type { Runtime } from '../local-engine';
import { readStream } from '../read-stream';
import { fetchProgram } from './program';
import { titleGrammarOf } from './title-grammar';

export interface RuntimeOptions {
  readonly contextTokens: number;
  readonly threads: number;
  readonly temperature?: number;
  readonly handOverToken?: number;
  readonly request: Request;
}

/** Faults: `worker_load`, `model_file`, `out_of_memory`, `engine_load`, `cancelled`. */
export async function startRuntime(
  file: Blob,
  options: RuntimeOptions,
  signal: AbortSignal,
): Promise<Runtime> {
  const { contextTokens, threads, request } = options;
  const program = await fetchProgram(request, signal);
  const { promise: gone, resolve: markGone } = Promise.withResolvers<Fault>();
  // llama.cpp says why it failed in its log and nowhere else; wllama hands its worker's `error` event to the logger too.
  let lastError = '';
  const logger = {
    debug: ignore,
    log: ignore,
    warn: ignore,
    error: (said: unknown) => {
      if (said instanceof ErrorEvent) exit(new Fault('worker_gone', said.message));
      // A script that could not be loaded or parsed fires a bare event.
      else if (said instanceof Event) exit(new Fault('worker_load'));
      else lastError = String(said);
    },
  };
  const wllama = new Wllama({ default: program.wasmUrl }, { logger });
  // Its default would come from another host.
  wllama.setCompat(
    program.compatCode ? { wasm: program.wasmUrl, worker: { code: program.compatCode } } : null,
  );

  const exit = (why: Fault) => {
    markGone(why);
    void wllama.exit();
  };
  // wllama's promises never settle once its worker is gone.
  const orGone = <T>(work: Promise<T>) =>
    Promise.race([
      work,
      gone.then((fault) => {
        throw fault;
      }),
    ]);

  try {
    const loading = wllama.loadModel([file], {
      n_gpu_layers: 0,
      n_ctx: contextTokens,
      n_threads: threads,
      n_parallel: 1,
      // A stop takes effect between batches: small ones keep prefill interruptible.
      n_batch: 128,
    });
    await untilAborted(orGone(loading), signal);
    // A file that llama.cpp refuses does not make wllama's promise reject.
    if (!wllama.getLoadedContextInfo().n_vocab) throw new Error(lastError || 'llama.cpp refused the file');
  } catch (error) {
    const fault = faultOf(error, loadFaultCodeOf(`${String(error)} ${lastError}`));
    exit(fault);
    throw fault;
  } finally {
    URL.revokeObjectURL(program.wasmUrl);
  }

  return {
    gone,
    ownFiles: [...program.files, import.meta.url].map((url) => new URL(url, document.baseURI).href),
    exit,
    complete(prompt, asked) {
      lastError = '';
      const stop = new AbortController();
      const toChunk = createChunkReader(asked, options);
      const settled = Promise.withResolvers<void>();
      const stream = new ReadableStream<Chunk>({
        start(controller) {
          const params = { ...paramsOf(prompt, asked, options), abortSignal: stop.signal };
          const take = (data: Reply) => {
            if (!stop.signal.aborted) controller.enqueue(toChunk(data));
          };
          // While it streams llama.cpp keeps the hidden tokens to itself, and with them how sure the model was of its steps.
          const work =
            options.handOverToken === undefined
              ? wllama.createChatCompletion({ ...params, stream: true, onData: take })
              : wllama.createChatCompletion({ ...params, stream: false }).then(take);
          orGone(work)
            .then(
              () => stop.signal.aborted || controller.close(),
              (error: unknown) => {
                // A C++ exception reaches us with a meaningless message; the log has the true one.
                const words = lastError || String(error);
                controller.error(faultOf(error, completionFaultCodeOf(`${String(error)} ${words}`)));
              },
            )
            .finally(settled.resolve);
        },
      });
      return { chunks: readStream(stream, asked.signal, () => stop.abort()), settled: settled.promise };
    },
  };
}

/** What llama.cpp's server takes beyond OpenAI's fields: the types of wllama do not know all of it. */
function paramsOf(
  prompt: readonly Message[],
  { maxTokens, temperature, topLogprobs, isTitle }: GenerateOptions,
  own: RuntimeOptions,
): ChatCompletionParams {
  const warmth = temperature ?? own.temperature;
  // Only with logprobs does llama.cpp tell a token's id, and that is how a hidden token shows.
  const logprobs = topLogprobs ?? (own.handOverToken === undefined ? undefined : 1);
  const params = {
    messages: prompt.map(({ role, content }) => ({ role, content })),
    ...(own.handOverToken === undefined
      ? { stream_options: { include_usage: true }, return_progress: true }
      : {}),
    cache_prompt: true,
    // Qwen3 thinks aloud for hundreds of tokens unless its template is told not to; others ignore it.
    chat_template_kwargs: { enable_thinking: false },
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(isTitle ? { grammar: titleGrammarOf(prompt.at(-1)?.content ?? '') } : {}),
    ...(warmth === undefined ? {} : { temperature: warmth }),
    ...(logprobs === undefined ? {} : { logprobs: true, top_logprobs: logprobs }),
  };
  return params;
}

type Reply = ChatCompletionChunk | ChatCompletionResponse;

function createChunkReader(
  { topLogprobs }: GenerateOptions,
  { handOverToken }: RuntimeOptions,
): (data: Reply) => Chunk {
  const isAsked = topLogprobs !== undefined || handOverToken !== undefined;
  let isBegun = false;
  return (data) => {
    const { logprobs, ...chunk } = chunkOf(data);
    const first = isBegun ? undefined : logprobs?.[0];
    isBegun ||= first !== undefined;
    return {
      ...chunk,
      ...(first?.id !== undefined && first.id === handOverToken ? { isHandOver: true } : {}),
      ...(logprobs && isAsked ? { logprobs } : {}),
    };
  };
}

function chunkOf(data: Reply): Chunk {
  const choice = data.choices[0];
  const finish = choice?.finish_reason;
  const said = choice && ('delta' in choice ? choice.delta : choice.message);
  const logprobs = choice?.logprobs?.content?.map(logprobOf);
  return {
    text: typeof said?.content === 'string' ? said.content : '',
    ...(logprobs?.length ? { logprobs } : {}),
    ...(finish ? { finish: finish === 'length' ? 'length' : 'stop' } : {}),
    ...(data.usage
      ? {
          usage: {
            promptTokens: data.usage.prompt_tokens,
            completionTokens: data.usage.completion_tokens,
          },
        }
      : {}),
  };
}

/** llama.cpp adds the token's id to what OpenAI's format has. */
interface RawLogprob {
  readonly id?: number;
  readonly token: string;
  readonly logprob: number;
  readonly top_logprobs?: readonly RawLogprob[];
}

function logprobOf(raw: RawLogprob): TokenLogprob {
  return { ...chanceOf(raw), alternatives: (raw.top_logprobs ?? []).map(chanceOf) };
}

function chanceOf({ id, token, logprob }: RawLogprob): TokenChance {
  return { token, logprob, ...(id === undefined ? {} : { id }) };
}

function loadFaultCodeOf(words: string): FaultCode {
  if (/memory|alloc/i.test(words)) return 'out_of_memory';
  if (/fetch|wasm|import/i.test(words)) return 'worker_load';
  return 'model_file';
}

function completionFaultCodeOf(words: string): FaultCode {
  if (/context size|context length|exceed_context/i.test(words)) return 'context_overflow';
  if (/out of memory|alloc/i.test(words)) return 'out_of_memory';
  return 'engine_failed';
}

function ignore(): void {}
