/** Cuts a byte stream into server-sent events, each with its own bytes to the last, however it was split on the way. */

const LF = 0x0a;
const CR = 0x0d;

/** Takes the next bytes; gives every event that is complete, its closing empty line included. */
export interface EventFrames {
  push(part: Uint8Array): Uint8Array[];
  /** Bytes of the event that is not complete. */
  pendingBytes(): number;
}

export function createEventFrames(): EventFrames {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  /** Whether the line so far is empty, and whether the last byte was the CR of a possible CRLF. */
  let isLineEmpty = true;
  let isAfterCr = false;
  let hasContent = false;

  return {
    pendingBytes: () => pendingBytes,
    push(part) {
      const frames: Uint8Array[] = [];
      let start = 0;
      for (let at = 0; at < part.length; at++) {
        const byte = part[at];
        if (byte !== LF && byte !== CR) {
          // Up to the next line end nothing can happen.
          isLineEmpty = false;
          isAfterCr = false;
          hasContent = true;
          continue;
        }
        if (byte === LF && isAfterCr) {
          isAfterCr = false;
          continue;
        }
        isAfterCr = byte === CR;
        if (!isLineEmpty || !hasContent) {
          isLineEmpty = true;
          continue;
        }
        // The LF of a CRLF belongs to this event, where it is there already; else it opens the next, harmlessly.
        if (isAfterCr && part[at + 1] === LF) at++;
        isAfterCr = isAfterCr && part[at] === CR;
        frames.push(joined(pending, part.subarray(start, at + 1)));
        pending = [];
        pendingBytes = 0;
        hasContent = false;
        start = at + 1;
      }
      if (start < part.length) {
        pending.push(part.subarray(start));
        pendingBytes += part.length - start;
      }
      return frames;
    },
  };
}

function joined(pending: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  return pending.length === 0 ? last : Buffer.concat([...pending, last]);
}
