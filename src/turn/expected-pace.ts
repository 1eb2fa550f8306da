/** How long an engine may say nothing before it counts as stalled: by how fast it was when it last answered. */
import type { Chunk, Usage } from '../kernel/engine';

/** While nothing is known of an engine: its first answer compiles and warms up. */
const UNKNOWN_MS = 60_000;
/** Never sooner: a page has other work too. */
const LEAST_MS = 5_000;
const FACTOR = 3;

/** How fast an engine was, or is expected to be. */
export interface Pace {
  readonly msPerPromptToken: number;
  readonly msPerToken: number;
  /** It says its answer in one piece. */
  readonly isWhole: boolean;
}

/** Of one answer: tell it every chunk and when it came; times in milliseconds. */
export interface PaceWatch {
  /** How long the next chunk may take. */
  limitMs(): number;
  add(chunk: Chunk, nowMs: number): void;
  /** What is known now; undefined before the first whole answer. */
  readonly pace: Pace | undefined;
}

export interface PaceOptions {
  /** As far as can be told before the engine has counted. */
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly startMs: number;
  /** Of answers before. */
  readonly pace: Pace | undefined;
}

export function watchPace({ promptTokens, maxTokens, startMs, pace }: PaceOptions): PaceWatch {
  let firstMs: number | undefined;
  let lastMs = startMs;
  let texts = 0;
  let learnt = pace;
  const learn = (usage: Usage) => {
    if (firstMs === undefined || usage.completionTokens < 1) return;
    const isWhole = texts === 1 && usage.completionTokens > 1;
    const decodeMs = isWhole ? firstMs : lastMs - startMs - firstMs;
    learnt = {
      msPerPromptToken: firstMs / Math.max(1, usage.promptTokens),
      msPerToken: decodeMs / usage.completionTokens,
      isWhole,
    };
  };
  return {
    get pace() {
      return learnt;
    },
    limitMs() {
      if (!pace) return UNKNOWN_MS;
      const answerMs = pace.isWhole ? maxTokens * pace.msPerToken : pace.msPerToken;
      const expectedMs = firstMs === undefined ? promptTokens * pace.msPerPromptToken + answerMs : answerMs;
      return Math.min(UNKNOWN_MS, Math.max(LEAST_MS, FACTOR * expectedMs));
    },
    add({ text, usage }, nowMs) {
      if (text) {
        texts++;
        firstMs ??= nowMs - startMs;
        lastMs = nowMs;
      }
      if (usage) learn(usage);
    },
  };
}
