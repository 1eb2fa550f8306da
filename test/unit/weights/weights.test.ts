/** Facts about kept model files that hold whatever a network does to them. */
import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { CHUNK_BYTES } from '../../../src/weights/chunk-store';
import { ggufOf, type HostBehaviour } from '../../fakes/file-host';
import { host, URL_OF_FILE } from '../../fakes/kept-weights';

const isLong = process.env['LONG'] === '1';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const isSame = async (file: Blob, bytes: Uint8Array) =>
  Buffer.from(await file.arrayBuffer()).equals(Buffer.from(bytes));
/** A file of a little over three chunks. */
const large = ggufOf(3 * CHUNK_BYTES + 1_234_567);
const hashes = Array.from({ length: 4 }, (_, at) =>
  sha256(large.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES)),
);

test('however the network cuts it, the file that is kept is the file that was sent', async () => {
  const parts = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 4, max: 60_000 }), parts, async (sizeBytes, partBytes) => {
      const bytes = ggufOf(sizeBytes);
      const { open } = host({ bytes, partBytes }, createMemoryKeyValue());
      expect(await isSame(await open(), bytes)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

test('however long it is, a file of another length is refused and nothing of it is kept', async () => {
  const lengths = fc.record({ sent: fc.nat(3_000), promised: fc.integer({ min: 1, max: 3_000 }) });
  await fc.assert(
    fc.asyncProperty(lengths, async ({ sent, promised }) => {
      fc.pre(sent !== promised);
      const keyValue = createMemoryKeyValue();
      const { open } = host({ bytes: ggufOf(sent), partBytes: [100] }, keyValue);
      await expect(open({}, { sizeBytes: promised })).rejects.toMatchObject({ code: 'model_file' });
      expect(await keyValue.keys('')).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

describe.each([
  ['knows ranges', true],
  ['ignores ranges', false],
])('from a hub that %s', (_what, isRanged) => {
  test('and cuts anywhere, a file arrives whole, with at most a chunk or a file more for each cut', async () => {
    const cuts = fc.array(fc.nat(large.length), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cuts, async (at) => {
        const behaviour = { bytes: large, isRanged, partBytes: [1 << 20], cutAt: (n: number) => at[n] };
        const { network, open } = host(behaviour, createMemoryKeyValue());
        expect(await isSame(await open(), large)).toBe(true);
        const more = isRanged ? CHUNK_BYTES : large.length;
        expect(network.sentBytes).toBeLessThanOrEqual(large.length + at.length * more);
      }),
      { numRuns: isLong ? 40 : 5, seed: 11 },
    );
  }, 120_000);

  test('and breaks off for good, what came is taken up by the next visit', async () => {
    const keyValue = createMemoryKeyValue();
    let sent = 0;
    const first = host(
      {
        bytes: large,
        isRanged,
        partBytes: [1 << 20],
        beforePart: () => {
          if ((sent += 1 << 20) > 2.5 * CHUNK_BYTES) throw new TypeError('network error');
        },
      },
      keyValue,
    );
    await expect(first.open()).rejects.toMatchObject({ code: 'unreachable' });
    const kept = (await first.weights.stateOf(URL_OF_FILE))?.doneBytes ?? 0;
    expect(kept).toBeGreaterThanOrEqual(isRanged ? 0 : CHUNK_BYTES);
    const second = host({ bytes: large, isRanged, partBytes: [1 << 20] }, keyValue);
    const seen: number[] = [];
    expect(await isSame(await second.open({ onProgress: (done) => seen.push(done) }), large)).toBe(true);
    expect(seen[0]).toBe(kept);
    if (isRanged) expect(second.network.sentBytes).toBe(large.length - kept);
  });
});

describe('a byte that flips', () => {
  const flipOnce = (): HostBehaviour => {
    let isFlipped = false;
    return {
      bytes: large,
      partBytes: [1 << 20],
      spoil: (part, at) => {
        if (isFlipped || at < 2 * CHUNK_BYTES) return;
        isFlipped = true;
        part[5]! ^= 1;
      },
    };
  };

  test('on its way costs one chunk where the catalogue knows the chunks', async () => {
    const { network, open, weights } = host(flipOnce(), createMemoryKeyValue());
    const digest = { algorithm: 'sha256', hex: sha256(large) } as const;
    expect(await isSame(await open({}, { chunkSha256: hashes, digest }), large)).toBe(true);
    expect(network.sentBytes).toBeLessThanOrEqual(large.length + CHUNK_BYTES);
    expect(await weights.stateOf(URL_OF_FILE)).toMatchObject({ isVerified: true });
  });

  test.each(['sha256', 'md5'] as const)(
    'on its way is found by the %s of the whole, and the file is fetched once more',
    async (algorithm) => {
      const { network, open } = host(flipOnce(), createMemoryKeyValue());
      const digest = { algorithm, hex: createHash(algorithm).update(large).digest('hex') };
      expect(await isSame(await open({}, { digest }), large)).toBe(true);
      expect(network.sentBytes).toBeLessThanOrEqual(2 * large.length);
    },
  );

  test('every time is a fault, and nothing of it is kept', async () => {
    const keyValue = createMemoryKeyValue();
    const { open } = host(
      { bytes: large, spoil: (part) => void (part[0]! ^= 1), partBytes: [1 << 20] },
      keyValue,
    );
    await expect(open({}, { chunkSha256: hashes, format: undefined as never })).rejects.toMatchObject({
      code: 'integrity',
    });
    expect(await keyValue.keys('')).toEqual([]);
  });

  test('where it is kept is found at the next visit, and that chunk alone is fetched again', async () => {
    const keyValue = createMemoryKeyValue();
    await host({ bytes: large, partBytes: [1 << 20] }, keyValue).open();
    const [, second] = await keyValue.keys('chunk:');
    const chunk = new Uint8Array(await (await keyValue.get<Blob>(second!))!.arrayBuffer());
    chunk[100]! ^= 4;
    await keyValue.set(second!, new Blob([chunk]));
    const { network, open } = host({ bytes: large, partBytes: [1 << 20] }, keyValue);
    expect(await isSame(await open(), large)).toBe(true);
    expect(network.spans).toEqual([[CHUNK_BYTES, 2 * CHUNK_BYTES - 1]]);
    expect(network.sentBytes).toBe(CHUNK_BYTES);
  });

  test('where it is kept, of a file that is another one by now, starts clean', async () => {
    const keyValue = createMemoryKeyValue();
    await host({ bytes: large, partBytes: [1 << 20] }, keyValue).open();
    const [, second] = await keyValue.keys('chunk:');
    await keyValue.remove([second!]);
    const other = large.map((byte, at) => (at > 4 ? byte ^ 255 : byte));
    const { open } = host({ bytes: other, partBytes: [1 << 20] }, keyValue);
    expect(await isSame(await open(), other)).toBe(true);
  });
});

describe('a place that fails', () => {
  test.each([500, 503, 429, 408])('with %i is asked five times more, each time later', async (status) => {
    const { network, open, waits } = host({ bytes: large, status }, createMemoryKeyValue());
    await expect(open()).rejects.toMatchObject({ code: 'shard_http' });
    expect(network.requests).toHaveLength(6);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits).toHaveLength(5);
  });

  test.each([401, 403, 404, 416])('with %i is not asked again', async (status) => {
    const { network, open } = host({ bytes: large, status }, createMemoryKeyValue());
    await expect(open()).rejects.toMatchObject({
      code: status === 404 ? 'shard_http_404' : expect.any(String),
    });
    expect(network.requests).toHaveLength(1);
  });

  test('is followed by its mirror', async () => {
    const asked: string[] = [];
    const good = host({ bytes: large, partBytes: [1 << 20] }, createMemoryKeyValue());
    const { open } = host({ bytes: large }, createMemoryKeyValue(), {
      request: (url, init) => {
        asked.push(new URL(url).host);
        return String(url) === URL_OF_FILE
          ? Promise.resolve(new Response('no', { status: 403 }))
          : good.network.request(url, init);
      },
    });
    const mirrors = ['https://mirror.example/model.gguf'];
    expect(await isSame(await open({}, { mirrors }), large)).toBe(true);
    expect(asked.slice(0, 2)).toEqual(['hub.example', 'mirror.example']);
  });
});

test('a file that a person has is held to its digest and kept, with no request', async () => {
  const { network, weights, open } = host({ bytes: large }, createMemoryKeyValue());
  const file = { url: URL_OF_FILE, digest: { algorithm: 'sha256', hex: sha256(large) } } as const;
  const options = { signal: new AbortController().signal, onProgress: () => {} };
  const wrong = weights.put(file, new Blob([large.slice(1)]), options);
  await expect(wrong).rejects.toMatchObject({ code: 'integrity' });
  expect(await weights.has(URL_OF_FILE)).toBe(false);
  await weights.put(file, new Blob([large]), options);
  expect(await weights.stateOf(URL_OF_FILE)).toMatchObject({ isVerified: true, doneBytes: large.length });
  expect(await isSame(await open(), large)).toBe(true);
  expect(network.requests).toEqual([]);
});

test('a file of which nobody said how long it is is taken as long as it is', async () => {
  const bytes = ggufOf(5_000);
  const { weights } = host({ bytes }, createMemoryKeyValue());
  const options = { signal: new AbortController().signal, onProgress: () => {} };
  expect(await isSame(await weights.open({ url: URL_OF_FILE }, options), bytes)).toBe(true);
  expect(await weights.has(URL_OF_FILE)).toBe(true);
});
