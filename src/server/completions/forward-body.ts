/** What is sent to the vendor for a request: what was asked, under the model's real name and our limit, worded as the model takes it. */
import type { ModelFacts, Takes } from '../pairs/model-facts';
import { invalid } from './completion-error';
import type { ChatRequest } from './request-schema';

export function maxTokensOf(request: ChatRequest, mostTokens: number): number {
  return Math.min(request.max_completion_tokens ?? request.max_tokens ?? mostTokens, mostTokens);
}

/** A stream is asked for its usage wherever that can be asked for: money is settled by it. Throws `CompletionError` for a picture that it does not take. */
export function forwardBodyOf(request: ChatRequest, { model, takes }: ModelFacts, maxTokens: number): string {
  const { temperature, top_p, stop, response_format, seed, logprobs, top_logprobs } = request;
  const isSampled = takes.sampling !== 'fixed';
  return JSON.stringify({
    model,
    messages: messagesFor(request.messages, takes),
    temperature: isSampled ? temperatureFor(temperature, takes) : undefined,
    top_p: isSampled ? top_p : undefined,
    stop,
    response_format,
    ...(takes.seedField ? { [takes.seedField]: seed } : {}),
    ...(takes.logprobs ? { logprobs, top_logprobs } : {}),
    reasoning_effort: takes.reasoningEffort,
    [takes.maxTokensField]: maxTokens,
    ...(request.stream ? { stream: true } : {}),
    ...(request.stream && takes.streamOptions ? { stream_options: { include_usage: true } } : {}),
  });
}

function messagesFor(messages: ChatRequest['messages'], takes: Takes): ChatRequest['messages'] {
  return messages.map((message, at) => {
    const { content } = message;
    const picture = typeof content === 'string' ? -1 : content.findIndex(({ type }) => type !== 'text');
    if (picture >= 0 && !takes.images) {
      const param = `messages.${at}.content.${picture}`;
      throw invalid('image_not_supported', 'This model takes no pictures.', param);
    }
    if (message.role !== 'developer' || takes.developerRole) return message;
    return { ...message, role: 'system' };
  });
}

function temperatureFor(temperature: number | undefined, { sampling }: Takes): number | undefined {
  return temperature !== undefined && sampling === 'up-to-1' ? Math.min(temperature, 1) : temperature;
}
