/** Facts about the words between our engine and web-llm. */
import { expect, test } from 'vitest';
import {
  chunkOf,
  createUsageCounter,
  requestOf,
  webllmFaultOf,
} from '../../../src/engine/local/webllm/worker/translate';

const user = (content: string) => ({ role: 'user', content }) as const;
const usage = (prompt: number, completion: number) =>
  ({
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    extra: {},
  }) as never;

test('of a chat that goes on the whole prompt is counted, of another one only its own', () => {
  const count = createUsageCounter();
  const first = [user('a')];
  expect(count(first, 'b', usage(10, 5))).toEqual({ promptTokens: 10, completionTokens: 5 });
  const second = [...first, { role: 'assistant', content: 'b' } as const, user('c')];
  expect(count(second, 'd', usage(4, 2))).toEqual({ promptTokens: 19, completionTokens: 2 });
  const third = [...second, { role: 'assistant', content: 'changed' } as const, user('e')];
  expect(count(third, 'f', usage(30, 2))).toEqual({ promptTokens: 30, completionTokens: 2 });
});

test('a chat that web-llm began anew is not counted twice', () => {
  const count = createUsageCounter();
  count([user('a')], 'b', usage(10, 5));
  const second = [user('a'), { role: 'assistant', content: 'b' } as const, user('c')];
  expect(count(second, 'd', usage(19, 2))).toEqual({ promptTokens: 19, completionTokens: 2 });
});

test('a schema goes as text, logprobs are always asked for, and only a thinker is told not to think', () => {
  const request = requestOf([user('a')], { maxTokens: 5, topP: 0.9, jsonSchema: { type: 'object' } }, false);
  expect(request).toMatchObject({
    stream: true,
    logprobs: true,
    top_logprobs: 5,
    max_tokens: 5,
    top_p: 0.9,
    response_format: { type: 'json_object', schema: '{"type":"object"}' },
  });
  expect(request).not.toHaveProperty('extra_body');
  expect(requestOf([user('a')], {}, true)).toMatchObject({ extra_body: { enable_thinking: false } });
});

test('the empty thought that web-llm writes is not shown', () => {
  const part = (content: string) =>
    ({ choices: [{ delta: { content }, finish_reason: null, index: 0, logprobs: null }] }) as never;
  expect(chunkOf(part('<think>\n\n</think>\n\nHello')).text).toBe('Hello');
  expect(chunkOf(part('<think>why</think>')).text).toBe('<think>why</think>');
});

test.each([
  ['ContextWindowSizeExceededError', 'Prompt tokens exceed context window size', 'context_overflow'],
  ['ShaderF16SupportError', 'This model requires WebGPU extension shader-f16', 'gpu_limit'],
  ['WebGPUNotAvailableError', 'WebGPU is not supported', 'no_webgpu'],
  ['LinkError', 'WebAssembly.instantiate(): Import #3', 'model_lib'],
  ['DeviceLostError', 'The WebGPU device was lost', 'device_lost'],
  ['RangeError', 'Array buffer allocation failed', 'out_of_memory'],
  ['Error', 'something else', 'engine_failed'],
])('%s is told as %s → %s', (name, message, code) => {
  const error = Object.assign(new Error(message), { name });
  expect(webllmFaultOf(error, 'engine_failed').code).toBe(code);
});
