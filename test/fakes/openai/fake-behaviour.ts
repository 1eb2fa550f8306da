/** How the fake upstream can behave, well or badly, for one request. */

export type FakeBehaviour =
  /**
   * Answers; `text` in place of what follows from the prompt (`isEcho`: the question itself), `delayMs` before each chunk (or
   * once, for a plain answer).
   */
  | { readonly kind: 'answer'; readonly text?: string; readonly isEcho?: boolean; readonly delayMs?: number }
  /** 401 with a body that echoes the key it was sent, as vendors do. */
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds?: number }
  /** Any other status, with an error body that echoes the request. */
  | { readonly kind: 'status'; readonly status: number; readonly code?: string }
  /** Says nothing at all. */
  | { readonly kind: 'silent' }
  /** Sends headers (and, for a stream, so many chunks), then nothing. */
  | { readonly kind: 'stall'; readonly afterChunks?: number }
  /** Breaks the connection after so many chunks. */
  | { readonly kind: 'cut'; readonly afterChunks: number }
  /** Ends the stream in good order, but without `[DONE]`. */
  | { readonly kind: 'undone'; readonly afterChunks: number }
  /** An error event in the middle of the stream. */
  | { readonly kind: 'error-event'; readonly afterChunks: number }
  /** 200, and then no JSON. */
  | { readonly kind: 'garbage' }
  /** 200, and one chunk (or body) of that size. */
  | { readonly kind: 'huge'; readonly sizeBytes: number }
  /** Closes the connection before it answers. */
  | { readonly kind: 'hang-up' };
