/** In the browser: the app's own WebGPU engine and weights, step by step, on a model of choice. */
import { probeGpu } from '../../src/engine/local/gpu-probe';
import { createMlcFolder } from '../../src/engine/local/webllm/mlc-folder';
import { createWebllmEngine } from '../../src/engine/local/webllm/webllm';
import type { LocalEngine, TokenLogprob, Usage } from '../../src/kernel/engine';
import { faultOf } from '../../src/kernel/fault';
import type { Message } from '../../src/kernel/message';
import { openWeights } from '../page-weights';

export interface ModelUnderTest {
  readonly url: string;
  readonly libUrl: string;
  readonly sizeBytes: number;
  readonly contextTokens: number;
}

export interface Reply {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly usage: Usage | undefined;
  readonly finish: string;
  readonly durationMs: number;
}

let engine: LocalEngine | undefined;

export const probe = () => probeGpu(navigator);

/** Flips one byte of the second shard as it is kept, and gives the shard's URL. */
export async function damage({ url }: ModelUnderTest): Promise<string> {
  const { keyValue } = await openWeights('webgpu-test');
  const shard = new URL('params_shard_1.bin', url).href;
  const [key] = await keyValue.keys(`chunk:${shard}`);
  if (!key) throw new Error('The model has no second shard.');
  const bytes = new Uint8Array(await (await keyValue.get<Blob>(key))!.arrayBuffer());
  bytes[1_000]! ^= 1;
  await keyValue.set(key, new Blob([bytes]));
  return shard;
}

/** Milliseconds until it was loaded, and what it said meanwhile. */
export async function load(model: ModelUnderTest): Promise<{ durationMs: number; steps: string[] }> {
  const { weights } = await openWeights('webgpu-test');
  const folder = { ...model, mirrors: [], libMirrors: [] };
  engine = createWebllmEngine({
    id: 'webllm:under-test',
    modelId: 'under-test',
    modelUrl: model.url,
    libUrl: model.libUrl,
    contextTokens: model.contextTokens,
    canThink: false,
    // An imitation of a graphics processor takes its time.
    silentStartMs: 300_000,
    files: createMlcFolder(folder, weights),
  });
  const steps = new Set<string>();
  const started = performance.now();
  await engine.load({
    onProgress: (progress) =>
      steps.add(progress.step === 'start' && progress.share !== undefined ? 'shaders' : progress.step),
  });
  return { durationMs: performance.now() - started, steps: [...steps] };
}

/** `stopAfter`: tokens until it is stopped. */
export async function ask(content: string, maxTokens: number, stopAfter = Infinity): Promise<Reply> {
  if (!engine) throw new Error('No engine is loaded.');
  const prompt: Message[] = [{ role: 'user', content }];
  const stop = new AbortController();
  const started = performance.now();
  const logprobs: TokenLogprob[] = [];
  let text = '';
  let usage: Usage | undefined;
  let finish = 'none';
  try {
    for await (const chunk of engine.generate(prompt, { signal: stop.signal, maxTokens, temperature: 0 })) {
      text += chunk.text;
      logprobs.push(...(chunk.logprobs ?? []));
      usage = chunk.usage ?? usage;
      finish = chunk.finish ?? finish;
      if (logprobs.length >= stopAfter) stop.abort();
    }
  } catch (error) {
    finish = faultOf(error, 'engine_failed').code;
  }
  return { text, logprobs, usage, finish, durationMs: performance.now() - started };
}

export async function unload(): Promise<void> {
  await engine?.unload();
}
