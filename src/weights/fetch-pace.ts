/** How much to ask for at once: about a second’s worth, so that progress is seen and a cut costs little. */
import { CHUNK_BYTES } from './chunk-store';

const AIM_MS = 1_000;
const FIRST_BYTES = 256 * 1024;
const LEAST_BYTES = 64 * 1024;
/** How much more the next may be than the last: one that came quickly says little of a larger one. */
const GROWTH = 4;

export interface Pace {
  /** Of the next range; never more than a chunk. */
  readonly rangeBytes: number;
  /** A range of so many bytes took so long. */
  took(bytes: number, ms: number): void;
  /** One broke off: smaller ones have a better chance. */
  broke(): void;
}

export function createPace(): Pace {
  let rangeBytes = FIRST_BYTES;
  const set = (bytes: number) =>
    (rangeBytes = Math.round(Math.min(CHUNK_BYTES, Math.max(LEAST_BYTES, bytes))));
  return {
    get rangeBytes() {
      return rangeBytes;
    },
    took: (bytes, ms) => void set(Math.min((bytes * AIM_MS) / Math.max(1, ms), bytes * GROWTH)),
    broke: () => void set(rangeBytes / GROWTH),
  };
}
