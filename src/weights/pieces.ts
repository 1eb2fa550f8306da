/** Hands out what is missing of a file piece by piece, and puts the pieces of each chunk together again. */
import { CHUNK_BYTES, chunkLength } from './chunk-store';

/** Bytes of the file, the last one not included; within one chunk. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

export interface Pieces {
  /** The next piece, of at most `maxBytes`; `undefined` when all are handed out. */
  take(maxBytes: number): Piece | undefined;
  /** For one that did not come: it is handed out again, whole or in smaller ones. */
  giveBack(piece: Piece): void;
  /** The chunk, where this was the last piece of it. */
  put(piece: Piece, content: Blob): Chunk | undefined;
  /** Hands the whole chunk out again. */
  redo(index: number): void;
  /** Bytes of chunks of which not all has come. */
  readonly partBytes: number;
}

export interface Chunk {
  readonly index: number;
  readonly content: Blob;
}

export function createPieces(sizeBytes: number, missing: Iterable<number>): Pieces {
  const pieceOf = (index: number): Piece => {
    const from = index * CHUNK_BYTES;
    return { from, to: from + chunkLength(sizeBytes, index) };
  };
  const waiting = [...missing].map(pieceOf);
  /** What came of chunks that are not whole, by where it begins. */
  const parts = new Map<number, Map<number, Blob>>();

  return {
    take(maxBytes) {
      const piece = waiting.shift();
      if (!piece || piece.to - piece.from <= maxBytes) return piece;
      const to = piece.from + maxBytes;
      waiting.unshift({ from: to, to: piece.to });
      return { from: piece.from, to };
    },
    giveBack: (piece) => void waiting.unshift(piece),
    put({ from }, content) {
      const index = Math.floor(from / CHUNK_BYTES);
      const came = parts.get(index) ?? new Map<number, Blob>();
      parts.set(index, came.set(from, content));
      if (sizeOf(came) < chunkLength(sizeBytes, index)) return undefined;
      parts.delete(index);
      const inOrder = [...came].toSorted(([a], [b]) => a - b).map(([, part]) => part);
      return { index, content: new Blob(inOrder) };
    },
    redo: (index) => void waiting.unshift(pieceOf(index)),
    get partBytes() {
      return [...parts.values()].reduce((sum, came) => sum + sizeOf(came), 0);
    },
  };
}

function sizeOf(came: ReadonlyMap<number, Blob>): number {
  return [...came.values()].reduce((sum, { size }) => sum + size, 0);
}
