/** Facts about which models a device is offered. */
import { expect, test } from 'vitest';
import { probeGpu } from '../../../src/engine/local/gpu-probe';
import { fitCard, refusalOf } from '../../../src/engine/local/webllm/fit';
import type { ModelCard } from '../../../src/kernel/config';
import type { Gpu } from '../../../src/kernel/gpu';
import { cardOf } from '../../fakes/model-offers';

const MB = 1e6;
const gpu: Gpu = { kind: 'gpu', hasF16: true, bufferBytes: 1024 ** 3, isPhone: false };
const card: ModelCard = cardOf('m', {
  engine: 'webllm',
  url: 'https://hub.example/m-f16/',
  needsF16: true,
  bufferBytes: 197 * MB,
  memoryBytes: 2_264 * MB,
  f32: { url: 'https://hub.example/m-f32/', sizeBytes: 120 * MB, memoryBytes: 2_952 * MB },
});

function navigatorOf(adapter: object | null | undefined, userAgent = 'X11') {
  const found = adapter === undefined ? undefined : { requestAdapter: async () => adapter };
  return { gpu: found, userAgent } as unknown as Navigator;
}
const adapterOf = (more: object = {}) => ({
  info: { vendor: 'intel', architecture: 'gen-12', device: '', description: '', isFallbackAdapter: false },
  features: new Set(['shader-f16']),
  limits: { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 },
  ...more,
});

test('a browser without WebGPU, or without an adapter, has none', async () => {
  expect(await probeGpu(navigatorOf(undefined))).toEqual({ kind: 'none' });
  expect(await probeGpu(navigatorOf(null))).toEqual({ kind: 'none' });
});

test.each([
  { vendor: 'google', architecture: 'swiftshader' },
  { vendor: 'mesa', description: 'llvmpipe (LLVM 15)' },
  { vendor: 'intel', isFallbackAdapter: true },
])('an imitation is known for one: %o', async (info) => {
  expect(await probeGpu(navigatorOf(adapterOf({ info })))).toEqual({ kind: 'software' });
});

test('a real one is told by what a model needs of it', async () => {
  expect(await probeGpu(navigatorOf(adapterOf(), 'Android Mobile'))).toEqual({
    kind: 'gpu',
    hasF16: true,
    bufferBytes: 2 ** 27,
    isPhone: true,
  });
});

test('a model for the graphics processor is offered only where there is one', () => {
  expect(fitCard(card, { kind: 'none' })).toBeUndefined();
  expect(fitCard(card, { kind: 'software' })).toBeUndefined();
  expect(fitCard(cardOf('cpu'), { kind: 'none' })).toBeDefined();
});

test('without 16-bit arithmetic the 32-bit form takes its place', () => {
  const fitted = fitCard(card, { ...gpu, hasF16: false })!;
  expect(fitted).toMatchObject({ url: 'https://hub.example/m-f32/', sizeBytes: 120 * MB });
  expect(refusalOf(fitted, { ...gpu, hasF16: false })).toBeUndefined();
  expect(fitCard(card, gpu)).toBe(card);
});

test('what does not fit is refused before the first byte, with the limit’s name', () => {
  expect(refusalOf(card, gpu)).toBeUndefined();
  expect(refusalOf(card, { ...gpu, bufferBytes: 2 ** 27 })).toMatchObject({
    code: 'gpu_limit',
    detail: 'maxStorageBufferBindingSize 134 MB, needed 197 MB',
  });
  expect(refusalOf(card, { ...gpu, isPhone: true })).toMatchObject({ code: 'gpu_limit' });
  const { f32: _f32, ...only16 } = card;
  expect(refusalOf(only16, { ...gpu, hasF16: false })).toMatchObject({ detail: 'shader-f16 is missing' });
});
