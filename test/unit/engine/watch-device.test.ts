/** Facts about hearing of a lost device, on an adapter that behaves as the specification says. */
import { afterEach, expect, test, vi } from 'vitest';
import '../../fakes/with-resolvers';
import { watchDevices } from '../../../src/engine/local/webllm/worker/watch-device';

afterEach(() => vi.unstubAllGlobals());

test('whoever asks for a device gets it as before, and its loss is told once', async () => {
  const { promise: lost, resolve: lose } = Promise.withResolvers<unknown>();
  const device = { lost };
  const asked: unknown[] = [];
  class Adapter {
    async requestDevice(descriptor?: unknown) {
      asked.push([this, descriptor]);
      return device;
    }
  }
  vi.stubGlobal('GPUAdapter', Adapter);
  const onLost = vi.fn();
  watchDevices(onLost);
  const adapter = new Adapter();
  expect(await adapter.requestDevice({ label: 'model' })).toBe(device);
  expect(asked).toEqual([[adapter, { label: 'model' }]]);
  expect(onLost).not.toHaveBeenCalled();
  lose({ reason: 'unknown' });
  await lost;
  expect(onLost).toHaveBeenCalledTimes(1);
});

test('where there is no WebGPU nothing is watched', () => {
  expect(() => watchDevices(() => undefined)).not.toThrow();
});
