/** Weights over a fake host, which waits for nothing between two tries. */
import type { KeyValue } from '../../src/kernel/key-value';
import type { ModelFile } from '../../src/kernel/model-file';
import { createWeights, type FetchOptions, type WeightsDeps } from '../../src/weights/weights';
import { createFileHost, type HostBehaviour } from './file-host';
import './with-resolvers';

export const URL_OF_FILE = 'https://hub.example/model.gguf';

export function host(behaviour: HostBehaviour, keyValue: KeyValue, deps: Partial<WeightsDeps> = {}) {
  const network = createFileHost(behaviour);
  const waits: number[] = [];
  const weights = createWeights({
    keyValue,
    request: network.request,
    random: () => 0.5,
    wait: async (ms) => void waits.push(ms),
    now: () => 1_000,
    ...deps,
  });
  const open = (options: Partial<FetchOptions> = {}, file: Partial<ModelFile> = {}) =>
    weights.open(
      { url: URL_OF_FILE, sizeBytes: behaviour.bytes.length, format: 'gguf', ...file },
      { signal: new AbortController().signal, onProgress: () => {}, ...options },
    );
  return { network, weights, open, waits };
}
