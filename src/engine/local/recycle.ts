/** Says when a worker has lived long enough: its memory creeps, or cannot be measured and it has answered often. */

/** Where memory cannot be measured. llama.cpp and web-llm give little back before their worker ends. */
const MOST_ANSWERS = 200;
const MEASURE_EVERY = 10;
/** Above what it took after its first answer. */
const MOST_GROWTH = 0.5;
const MOST_GROWTH_BYTES = 256 * 1024 * 1024;

export interface Recycler {
  /** A new worker was started. */
  begin(): void;
  /** After each answer: whether the worker should make room for a new one. */
  isDue(): Promise<boolean>;
}

/** `measure`: bytes of the page with its workers; undefined where the browser does not tell. */
export function createRecycler(measure: () => Promise<number | undefined>): Recycler {
  let answers = 0;
  let firstBytes: number | undefined;
  return {
    begin() {
      answers = 0;
      firstBytes = undefined;
    },
    async isDue() {
      const answer = ++answers;
      if (answer > MOST_ANSWERS) return true;
      if (answer % MEASURE_EVERY !== 1) return false;
      const bytes = await measure().catch(() => undefined);
      if (bytes === undefined) return false;
      // Another worker may have begun meanwhile.
      if (answers < answer) return false;
      firstBytes ??= bytes;
      return bytes > firstBytes + Math.max(MOST_GROWTH_BYTES, MOST_GROWTH * firstBytes);
    },
  };
}

/** Only Chromium, and only an isolated page: https://developer.mozilla.org/docs/Web/API/Performance/measureUserAgentSpecificMemory */
export async function measurePage(): Promise<number | undefined> {
  const { measureUserAgentSpecificMemory: measure } = performance as {
    measureUserAgentSpecificMemory?: () => Promise<{ readonly bytes: number }>;
  };
  if (!measure || !globalThis.crossOriginIsolated) return undefined;
  return (await measure.call(performance)).bytes;
}
