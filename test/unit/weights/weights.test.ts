/** Facts about kept model files that hold whatever parts the network cuts them into. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { createWeights } from '../../../src/weights/weights';
import { createFileHost, ggufOf } from '../../fakes/file-host';

const URL_OF_FILE = 'https://hub.example/model.gguf';
const options = () => ({ signal: new AbortController().signal, onProgress: () => {} });

test('however the network cuts it, the file that is kept is the file that was sent', async () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 60_000 }), parts, async (sizeBytes, partBytes) => {
      const bytes = ggufOf(sizeBytes);
      const { request } = createFileHost({ bytes, partBytes });
      const file = await createWeights(createMemoryKeyValue(), request).open(
        URL_OF_FILE,
        sizeBytes,
        options(),
      );
      expect(Buffer.from(await file.arrayBuffer()).equals(Buffer.from(bytes))).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('however long it is, a file of another length is refused and nothing of it is kept', async () => {
  const lengths = fc.record({ sent: fc.nat(3_000), promised: fc.nat(3_000) });
  await fc.assert(
    fc.asyncProperty(lengths, async ({ sent, promised }) => {
      fc.pre(sent !== promised);
      const keyValue = createMemoryKeyValue();
      const { request } = createFileHost({ bytes: ggufOf(sent), partBytes: [100] });
      const opening = createWeights(keyValue, request).open(URL_OF_FILE, promised, options());
      await expect(opening).rejects.toMatchObject({ code: 'model_file' });
      expect(await keyValue.keys('')).toEqual([]);
    }),
    { numRuns: 50 },
  );
});
