/** The bodies of OpenAI's wire format: the chunks of a stream, a plain completion, an error. */
import type { FakeAnswer, FakeRequest } from './fake-answer';

export interface FakeUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

const CREATED_S = 1_790_000_000;

export function sseOf(payload: object | '[DONE]'): string {
  return `data: ${typeof payload === 'string' ? payload : JSON.stringify(payload)}\n\n`;
}

export function roleChunkOf(request: FakeRequest, id: string): object {
  return chunkOf(request, id, [
    {
      index: 0,
      delta: { role: 'assistant', content: '', refusal: null },
      logprobs: null,
      finish_reason: null,
    },
  ]);
}

export function pieceChunkOf(request: FakeRequest, id: string, piece: string): object {
  const logprobs = request.logprobs ? { content: [logprobOf(piece)], refusal: null } : null;
  return chunkOf(request, id, [{ index: 0, delta: { content: piece }, logprobs, finish_reason: null }]);
}

export function finishChunkOf(request: FakeRequest, id: string, finish: FakeAnswer['finish']): object {
  return chunkOf(request, id, [{ index: 0, delta: {}, logprobs: null, finish_reason: finish }]);
}

export function usageChunkOf(request: FakeRequest, id: string, usage: FakeUsage): object {
  return { ...chunkOf(request, id, []), usage: usageOf(usage) };
}

export function completionOf(request: FakeRequest, id: string, answer: FakeAnswer, usage: FakeUsage): object {
  const content = answer.pieces.join('');
  const logprobs = request.logprobs ? { content: answer.pieces.map(logprobOf), refusal: null } : null;
  const message = { role: 'assistant', content, refusal: null, annotations: [] };
  return {
    id,
    object: 'chat.completion',
    created: CREATED_S,
    model: request.model,
    choices: [{ index: 0, message, logprobs, finish_reason: answer.finish }],
    usage: usageOf(usage),
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
  };
}

export function errorBodyOf(message: string, code: string | null): string {
  return JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code } });
}

function chunkOf(request: FakeRequest, id: string, choices: readonly object[]): object {
  return {
    id,
    object: 'chat.completion.chunk',
    created: CREATED_S,
    model: request.model,
    service_tier: 'default',
    system_fingerprint: 'fp_fake',
    choices,
    // The real one has `usage: null` on every chunk when usage was asked for, and else no such field.
    ...(request.stream_options?.include_usage ? { usage: null } : {}),
  };
}

function usageOf({ promptTokens, completionTokens }: FakeUsage): object {
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

function logprobOf(token: string): object {
  return { token, logprob: -0.1, bytes: [...Buffer.from(token)], top_logprobs: [] };
}
