/** Facts about how a file is asked for in pieces, and put together again. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CHUNK_BYTES } from '../../../src/weights/chunk-store';
import { createPace } from '../../../src/weights/fetch-pace';
import { createPieces } from '../../../src/weights/pieces';

/** A Blob that only says how large it is. */
const blobOf = (bytes: number) => new Blob([new Uint8Array(bytes)]);

test('however large the pieces are and in whatever order they come, each missing chunk is whole once', () => {
  const sizes = fc.array(fc.integer({ min: 1 << 20, max: CHUNK_BYTES }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(sizes, fc.infiniteStream(fc.nat()), (maxBytes, chances) => {
      const sizeBytes = 2 * CHUNK_BYTES + 100;
      const pieces = createPieces(sizeBytes, [0, 2]);
      const taken = [];
      for (let at = 0; ; at++) {
        const piece = pieces.take(maxBytes[at % maxBytes.length]!);
        if (!piece) break;
        taken.push(piece);
      }
      const whole: [number, number][] = [];
      while (taken.length > 0) {
        const [piece] = taken.splice(chances.next().value! % taken.length, 1);
        const chunk = pieces.put(piece!, blobOf(piece!.to - piece!.from));
        if (chunk) whole.push([chunk.index, chunk.content.size]);
      }
      expect(whole.toSorted(([a], [b]) => a - b)).toEqual([
        [0, CHUNK_BYTES],
        [2, 100],
      ]);
      expect(pieces.partBytes).toBe(0);
    }),
    { numRuns: 10 },
  );
});

test('a piece that did not come is handed out again, and a damaged chunk from its start', () => {
  const pieces = createPieces(CHUNK_BYTES, [0]);
  const piece = pieces.take(1_000)!;
  pieces.giveBack(piece);
  expect(pieces.take(400)).toEqual({ from: 0, to: 400 });
  expect(pieces.take(Infinity)).toEqual({ from: 400, to: 1_000 });
  expect(pieces.take(Infinity)).toEqual({ from: 1_000, to: CHUNK_BYTES });
  expect(pieces.take(Infinity)).toBeUndefined();
  pieces.redo(0);
  expect(pieces.take(Infinity)).toEqual({ from: 0, to: CHUNK_BYTES });
});

test('a range is about a second’s worth, at most a chunk, and smaller after one that broke', () => {
  const pace = createPace();
  const first = pace.rangeBytes;
  pace.took(first, 1);
  expect(pace.rangeBytes).toBe(4 * first);
  pace.took(200_000, 2_000);
  expect(pace.rangeBytes).toBe(100_000);
  for (let time = 0; time < 9; time++) pace.took(pace.rangeBytes, 10);
  expect(pace.rangeBytes).toBe(CHUNK_BYTES);
  pace.broke();
  expect(pace.rangeBytes).toBe(CHUNK_BYTES / 4);
  for (let time = 0; time < 9; time++) pace.broke();
  expect(pace.rangeBytes).toBe(64 * 1024);
});
