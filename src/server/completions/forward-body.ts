/** What is sent to the vendor for a request: what was asked, under the model's real name and our limit. */
import type { ChatRequest } from './request-schema';

/** OpenAI's reasoning models refuse `max_tokens`; what else speaks its format may ignore the newer name, and with it the limit. */
const WANTS_NEW_NAME = /^(o\d|gpt-[5-9])/;

export function maxTokensOf(request: ChatRequest, mostTokens: number): number {
  return Math.min(request.max_completion_tokens ?? request.max_tokens ?? mostTokens, mostTokens);
}

/** A stream is always asked for its usage: money is settled by it. */
export function forwardBodyOf(request: ChatRequest, model: string, maxTokens: number): string {
  const { messages, temperature, top_p, stop, response_format, seed, logprobs, top_logprobs } = request;
  return JSON.stringify({
    model,
    messages,
    temperature,
    top_p,
    stop,
    response_format,
    seed,
    logprobs,
    top_logprobs,
    [WANTS_NEW_NAME.test(model) ? 'max_completion_tokens' : 'max_tokens']: maxTokens,
    ...(request.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
}
