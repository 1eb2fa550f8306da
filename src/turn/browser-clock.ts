/** The clock of a page: its time, its frames, its timers. */
import type { Clock } from './pace';

/** A hidden tab has no frames; this long after asking, the next update comes all the same. */
const HIDDEN_FRAME_MS = 250;

export const browserClock: Clock = {
  now: () => Date.now(),
  frame: (signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, signal.aborted ? 0 : HIDDEN_FRAME_MS);
      const frame = requestAnimationFrame(done);
      signal.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        cancelAnimationFrame(frame);
        signal.removeEventListener('abort', done);
        resolve();
      }
    }),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, signal.aborted ? 0 : ms);
      signal.addEventListener('abort', done, { once: true });
      function done() {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
    }),
};
