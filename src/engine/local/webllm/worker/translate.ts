/** Translates between our engine's words and web-llm's. */
import type { ChatCompletionChunk, ChatCompletionRequestStreaming } from '@mlc-ai/web-llm';
import type { Chunk, TokenLogprob, Usage } from '../../../../kernel/engine';
import { Fault, faultOf, isFault, type FaultCode } from '../../../../kernel/fault';
import type { Message } from '../../../../kernel/message';
import type { AskOptions } from '../messages';

/** As many as web-llm tells: gate B reads the margin and the entropy of the first token from them. */
const MOST_ALTERNATIVES = 5;

export function requestOf(
  messages: readonly Message[],
  { maxTokens, temperature, topP, topLogprobs, jsonSchema }: AskOptions,
  canThink: boolean,
): ChatCompletionRequestStreaming {
  return {
    messages: messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    stream_options: { include_usage: true },
    logprobs: true,
    top_logprobs: Math.min(MOST_ALTERNATIVES, topLogprobs ?? Infinity),
    // Only to a model that would think aloud: before any other's answer web-llm would write the empty thought all the same.
    ...(canThink ? { extra_body: { enable_thinking: false } } : {}),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    // A string, not an object: https://github.com/mlc-ai/web-llm/blob/main/src/openai_api_protocols/chat_completion.ts
    ...(jsonSchema === undefined
      ? {}
      : { response_format: { type: 'json_object', schema: JSON.stringify(jsonSchema) } }),
  };
}

export function chunkOf({ choices: [choice] }: ChatCompletionChunk): Chunk {
  const finish = choice?.finish_reason;
  const logprobs = choice?.logprobs?.content?.map(({ token, logprob, top_logprobs: top }): TokenLogprob => ({
    token,
    logprob,
    alternatives: top.map((chance) => ({ token: chance.token, logprob: chance.logprob })),
  }));
  return {
    text: withoutThought(choice?.delta.content ?? ''),
    ...(logprobs?.length ? { logprobs } : {}),
    ...(finish ? { finish: finish === 'length' ? 'length' : 'stop' } : {}),
  };
}

/** What web-llm writes before the answer of a model that was told not to think. */
const EMPTY_THOUGHT = '<think>\n\n</think>\n\n';

function withoutThought(text: string): string {
  return text.startsWith(EMPTY_THOUGHT) ? text.slice(EMPTY_THOUGHT.length) : text;
}

/** Of a chat that goes on web-llm counts only what is new; this adds what went before. */
export function createUsageCounter(): (
  messages: readonly Message[],
  answer: string,
  counted: ChatCompletionChunk['usage'],
) => Usage | undefined {
  let before: { readonly said: string; readonly tokens: number } | undefined;
  const saidOf = (messages: readonly Message[]) =>
    JSON.stringify(messages.map(({ role, content }) => [role, content]));
  return (messages, answer, counted) => {
    if (!counted) return undefined;
    const goesOn = before !== undefined && before.said === saidOf(messages.slice(0, -1));
    // As many as before, or more: then web-llm began anew, for a reason of its own, and has counted all.
    const isAll = !goesOn || counted.prompt_tokens >= (before?.tokens ?? 0);
    const promptTokens = counted.prompt_tokens + (isAll ? 0 : (before?.tokens ?? 0));
    const completionTokens = counted.completion_tokens;
    const said = saidOf([...messages, { role: 'assistant', content: answer }]);
    before = { said, tokens: promptTokens + completionTokens };
    return { promptTokens, completionTokens };
  };
}

/** What web-llm, the library or the browser threw, by its name and words: its classes do not cross a worker. */
export function webllmFaultOf(error: unknown, otherwise: FaultCode): Fault {
  if (isFault(error)) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const [, code] = CAUSES.find(([pattern]) => pattern.test(words)) ?? [];
  return code ? new Fault(code, words, { cause: error }) : faultOf(error, otherwise);
}

const CAUSES: readonly (readonly [RegExp, FaultCode])[] = [
  [/ContextWindowSizeExceeded|exceeds? context window|context window size/i, 'context_overflow'],
  [/ShaderF16Support|FeatureSupport|maxStorageBufferBindingSize|maxBufferSize/, 'gpu_limit'],
  [/WebGPUNotAvailable|WebGPUNotFound|no available adapters|find an appropriate GPU adapter/i, 'no_webgpu'],
  [
    /LinkError|CompileError|Import #|imported function|import object field|Cannot find function/i,
    'model_lib',
  ],
  [/DeviceLost|device (?:was|is) lost/i, 'device_lost'],
  [/out of memory|allocation failed|RangeError: Array buffer/i, 'out_of_memory'],
];
