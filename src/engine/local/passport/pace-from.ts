/** What one run of a model of known size says of any model on this processor; pure. */
import type { CpuPace, Packing } from '../../../kernel/passport';

/** When the run began, and when each token of its answer came, in milliseconds. */
export interface Sample {
  /** Of a model packed as Q8_0. */
  readonly megabytes: number;
  readonly promptTokens: number;
  readonly startedAt: number;
  readonly times: readonly number[];
}

/** Fewer say nothing: the first ones are slower, while the browser compiles what they use. */
const FEWEST_TOKENS = 6;
/**
 * What a million bytes cost against those of Q8_0: what is packed tighter takes more work to unpack and less to read. Measured once, on models
 * of 48 to 158 MB, beyond what a processor keeps beside itself: `test/bench/passport.ts` prints them anew.
 */
const RATIOS: Readonly<Record<Packing, number>> = { Q8_0: 1, Q4_K_M: 0.74, F16: 0.65 };
/** So many million bytes of Q8_0 take as long as all that does not depend on a model's size: in the engine … */
const ENGINE_MB = 1;
/** … and with the page, which shows each token before it asks for the next. Measured as the ratios were. */
const PAGE_MB = 12;

/** Undefined where it was not run long enough. */
export function paceFrom(
  { megabytes, promptTokens, startedAt, times }: Sample,
  threads: number,
): CpuPace | undefined {
  const gaps = times.slice(1).map((time, at) => time - (times[at] ?? time));
  if (gaps.length < FEWEST_TOKENS) return undefined;
  // The middle one of the later half: that leaves out the warming up, and what came between.
  const late = gaps.slice(gaps.length >> 1).toSorted((a, b) => a - b);
  const cost = (late[late.length >> 1] ?? Number.NaN) / (megabytes + ENGINE_MB);
  const promptMs = (times[0] ?? startedAt) - startedAt;
  return {
    threads,
    msPerMb: { Q8_0: cost, Q4_K_M: cost * RATIOS.Q4_K_M, F16: cost * RATIOS.F16 },
    overheadMs: cost * PAGE_MB,
    promptMsPerMb: promptMs / Math.max(1, promptTokens) / megabytes,
  };
}
