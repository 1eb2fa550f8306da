/** Which form of a model suits a graphics processor, and which model is too large for it. */
import type { ModelCard } from '../../../kernel/config';
import { Fault } from '../../../kernel/fault';
import type { Gpu } from '../../../kernel/gpu';

/** A page on a phone is ended by the system when it takes much more. */
const PHONE_BYTES = 1e9;

/**
 * The card in the form that this device can run: where it has no 16-bit arithmetic, the 32-bit one, which wants more memory and is slower.
 * `undefined` where there is no graphics processor at all: then it is not offered.
 */
export function fitCard(card: ModelCard, gpu: Gpu): ModelCard | undefined {
  if (card.engine !== 'webllm') return card;
  if (gpu.kind !== 'gpu') return undefined;
  if (gpu.hasF16 || !card.f32) return card;
  const { mirrors: _of16, libMirrors: _libOf16, ...common } = card;
  return { ...common, ...card.f32, needsF16: false };
}

/** Why this device cannot run it. Told before the first byte is fetched. */
export function refusalOf(card: ModelCard, gpu: Gpu): Fault | undefined {
  if (card.engine !== 'webllm' || gpu.kind !== 'gpu') return undefined;
  const { bufferBytes = 0, memoryBytes = 0, needsF16 } = card;
  if (needsF16 && !gpu.hasF16) return new Fault('gpu_limit', 'shader-f16 is missing');
  if (bufferBytes > gpu.bufferBytes)
    return new Fault(
      'gpu_limit',
      `maxStorageBufferBindingSize ${mbOf(gpu.bufferBytes)}, needed ${mbOf(bufferBytes)}`,
    );
  if (gpu.isPhone && memoryBytes > PHONE_BYTES)
    return new Fault('gpu_limit', `on a phone at most ${mbOf(PHONE_BYTES)}, needed ${mbOf(memoryBytes)}`);
  return undefined;
}

const mbOf = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
