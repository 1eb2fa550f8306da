/** Facts about the models of made-up weights with which the device is measured. */
import { expect, test } from 'vitest';
import { probeModel } from '../../../src/engine/local/passport/probe-model';

const SHAPE = {
  layers: 2,
  width: 256,
  hidden: 512,
  heads: 4,
  kvHeads: 2,
  vocabulary: 512,
  contextTokens: 128,
};
/** Of the embedding and of both layers. */
const WEIGHTS = 512 * 256 + 2 * (256 * 256 * 2 + 256 * 128 * 2 + 3 * 256 * 512);
const NORM_BYTES = 5 * 256 * 4;

test.each([
  ['F16', 2],
  ['Q8_0', 34 / 32],
  ['Q4_K_M', 144 / 256],
] as const)('packed as %s it has the bytes of its weights, and a head', (packing, bytesPerWeight) => {
  const { size } = probeModel(SHAPE, packing);
  const least = WEIGHTS * bytesPerWeight + NORM_BYTES;
  expect(size).toBeGreaterThan(least);
  // The head names 512 tokens; Q4_K_M has some matrices in six bits.
  expect(size).toBeLessThan(packing === 'Q4_K_M' ? least * 1.35 : least + 20_000);
});

test('two are the same byte for byte, and begin as every GGUF does', async () => {
  const [one, two] = await Promise.all(
    [1, 2].map(async () => new Uint8Array(await probeModel(SHAPE, 'Q4_K_M').arrayBuffer())),
  );
  expect(Buffer.from(one!).equals(two!)).toBe(true);
  expect(new TextDecoder().decode(one!.slice(0, 4))).toBe('GGUF');
});
