/** How well a router's scores order questions: RouteLLM's APGR and CPT, the share of calls that reaches a quality, AUROC, and calibration. */

/** One question: what the small and the large model made of it, and how readily the router would send it to the large one. */
export interface Outcome {
  readonly weak: number;
  readonly strong: number;
  readonly score: number;
}

export interface Point {
  readonly share: number;
  readonly accuracy: number;
}

/** lm-sys/RouteLLM, `evals/evaluate.py`: ten bins of equal size. */
const BINS = 10;

/**
 * The curve of RouteLLM: at each of eleven quantiles of the score, the share sent to the large model and the accuracy of the whole;
 * with the accuracies of always small and always large, and the average performance gap recovered between them: 0 and 1, random 0.5.
 */
export function pointsOf(outcomes: readonly Outcome[]) {
  const sorted = [...outcomes].sort((a, b) => b.score - a.score);
  const ascending = sorted.map(({ score }) => score).toReversed();
  const count = sorted.length;
  /** Right answers where so many of the highest scores go to the large model. */
  const rights = new Float64Array(count + 1);
  rights[0] = sorted.reduce((sum, { weak }) => sum + weak, 0);
  for (const [at, { weak, strong }] of sorted.entries())
    rights[at + 1] = (rights[at] as number) + strong - weak;
  let calls = 0;
  const points = Array.from({ length: BINS + 1 }, (_, turn): Point => {
    const bin = BINS - turn;
    const threshold = quantileOf(ascending, bin / BINS);
    const goes = (score: number) => (bin === BINS ? score > threshold : score >= threshold);
    while (calls < count && goes((sorted[calls] as Outcome).score)) calls++;
    return { share: calls / count, accuracy: (rights[calls] as number) / count };
  });
  const weak = rights[0] / count;
  const strong = (rights[count] as number) / count;
  let area = 0;
  for (const [at, point] of points.entries()) {
    const before = points[at - 1];
    if (before) area += ((point.accuracy + before.accuracy) / 2) * (point.share - before.share);
  }
  const width = (points.at(-1) as Point).share - (points[0] as Point).share;
  return { points, weak, strong, apgr: (area - weak * width) / ((strong - weak) * width) };
}

/** Linear between the two nearest of `sorted`, as numpy does. */
function quantileOf(sorted: readonly number[], part: number): number {
  const at = part * (sorted.length - 1);
  const low = sorted[Math.floor(at)] as number;
  const high = sorted[Math.ceil(at)] as number;
  return low + (high - low) * (at - Math.floor(at));
}

export function apgrOf(outcomes: readonly Outcome[]): number {
  return pointsOf(outcomes).apgr;
}

/** The shares of calls at which these parts of the gap between small and large are closed. */
export function cptsOf(
  points: readonly Point[],
  weak: number,
  strong: number,
  parts: readonly number[],
): number[] {
  return parts.map((part) => shareAt(points, weak + part * (strong - weak)));
}

function shareAt(points: readonly Point[], accuracy: number): number {
  for (const [at, point] of points.entries()) {
    if (point.accuracy < accuracy) continue;
    const before = points[at - 1];
    if (!before || point.accuracy === before.accuracy) return point.share;
    const part = (accuracy - before.accuracy) / (point.accuracy - before.accuracy);
    return before.share + part * (point.share - before.share);
  }
  return 1;
}

/** The least shares of calls that reach these parts of the accuracy of asking only the large model. */
export function callsFor(outcomes: readonly Outcome[], parts: readonly number[]): number[] {
  const strong = meanOf(outcomes.map((one) => one.strong));
  const sorted = [...outcomes].sort((a, b) => b.score - a.score);
  return parts.map((part) => {
    // A sum of many shares is off by a last digit.
    const wanted = (part * strong - 1e-9) * outcomes.length;
    let right = outcomes.reduce((sum, one) => sum + one.weak, 0);
    if (right >= wanted) return 0;
    for (const [at, { weak, strong: large }] of sorted.entries()) {
      right += large - weak;
      if (right >= wanted) return (at + 1) / outcomes.length;
    }
    return 1;
  });
}

/** A router that knows who is right. */
export function oracleOf(outcomes: readonly Outcome[]): Outcome[] {
  return outcomes.map((one) => ({ ...one, score: one.strong - one.weak }));
}

/** Headroom captured: of what the oracle gains over random, this router's part. */
export function headroomOf(outcomes: readonly Outcome[]): number {
  return (apgrOf(outcomes) - 0.5) / (apgrOf(oracleOf(outcomes)) - 0.5);
}

/** The share of pairs of a wrong and a right small answer in which the wrong one has the higher score; ties count half. */
export function aurocOf(outcomes: readonly { readonly weak: number; readonly score: number }[]): number {
  const sorted = [...outcomes].sort((a, b) => a.score - b.score);
  let ranks = 0;
  let wrong = 0;
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (sorted[end]?.score === sorted[at]?.score) end++;
    for (const one of sorted.slice(at, end)) {
      if (one.weak >= 0.5) continue;
      wrong++;
      ranks += (at + 1 + end) / 2;
    }
    at = end;
  }
  return (ranks - (wrong * (wrong + 1)) / 2) / (wrong * (sorted.length - wrong));
}

/** Expected calibration error over ten bins of equal width. */
export function calibrationErrorOf(pairs: readonly { readonly p: number; readonly is: number }[]): number {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, p: 0, is: 0 }));
  for (const { p, is } of pairs) {
    const bin = bins[Math.min(BINS - 1, Math.floor(p * BINS))] as (typeof bins)[number];
    bin.count++;
    bin.p += p;
    bin.is += is;
  }
  return bins.reduce((sum, { p, is }) => sum + Math.abs(p - is), 0) / pairs.length;
}

export function meanOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
