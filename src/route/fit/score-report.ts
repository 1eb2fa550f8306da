/** Scores one router on one set of questions, with what 95 % of resamples lie between. */
import { createChance } from './peers';
import { aurocOf, callsFor, cptsOf, oracleOf, pointsOf, type Outcome } from './scores';

export const METRICS = ['APGR', 'CPT50', 'CPT80', 'c95', 'c99', 'HC', 'AUROC'] as const;
export type Metric = (typeof METRICS)[number];

/** What could not be judged, for want of labels or of errors, is absent. */
export interface Line {
  readonly set: string;
  readonly router: string;
  readonly n: number;
  readonly scores: Readonly<Partial<Record<Metric, number>>>;
  readonly intervals: Readonly<Partial<Record<Metric, readonly [number, number]>>>;
}

/** One question of which perhaps only one answer was judged. */
export interface Judged {
  readonly weak: number | undefined;
  readonly strong: number | undefined;
  readonly score: number;
}

const RESAMPLES = 200;

export function lineOf(set: string, router: string, judged: readonly Judged[]): Line {
  const scores = metricsOf(judged);
  const chance = createChance(1);
  const samples = Array.from({ length: RESAMPLES }, () =>
    metricsOf(judged.map(() => judged[Math.floor(chance() * judged.length)] as Judged)),
  );
  const known = METRICS.filter((name) => scores[name] !== undefined);
  const intervals = known.map((name) => {
    const sorted = samples.flatMap((one) => one[name] ?? []).sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.round(part * (sorted.length - 1))] as number;
    return [name, [at(0.025), at(0.975)]] as const;
  });
  return { set, router, n: judged.length, scores, intervals: Object.fromEntries(intervals) };
}

function metricsOf(judged: readonly Judged[]): Line['scores'] {
  const small = judged.flatMap(({ weak, score }) => (weak === undefined ? [] : [{ weak, score }]));
  const pairs = judged.flatMap(({ weak, strong, score }): Outcome[] =>
    weak === undefined || strong === undefined ? [] : [{ weak, strong, score }],
  );
  const auroc = aurocOf(small);
  return { ...pairMetricsOf(pairs), ...(Number.isFinite(auroc) ? { AUROC: auroc } : {}) };
}

function pairMetricsOf(pairs: readonly Outcome[]): Line['scores'] {
  const gap = pairs.reduce((sum, { weak, strong }) => sum + strong - weak, 0);
  // Where the large model is no better there is nothing to recover.
  if (gap <= 0) return {};
  const { apgr, weak, strong, points } = pointsOf(pairs);
  const most = pointsOf(oracleOf(pairs)).apgr;
  const [CPT50, CPT80] = cptsOf(points, weak, strong, [0.5, 0.8]);
  const [c95, c99] = callsFor(pairs, [0.95, 0.99]);
  return {
    APGR: apgr,
    CPT50: CPT50 as number,
    CPT80: CPT80 as number,
    c95: c95 as number,
    c99: c99 as number,
    HC: (apgr - 0.5) / (most - 0.5),
  };
}

/** A table in Markdown; each score with its interval. */
export function tableOf(lines: readonly Line[]): string {
  const head = `| set | router | n | ${METRICS.join(' | ')} |\n|${'---|'.repeat(METRICS.length + 3)}`;
  const rows = lines.map(({ set, router, n, scores, intervals }) => {
    const cells = METRICS.map((name) => {
      const score = scores[name];
      const [low, high] = intervals[name] ?? [];
      if (score === undefined) return '–';
      return low === undefined ? three(score) : `${three(score)} (${three(low)} to ${three(high as number)})`;
    });
    return `| ${set} | ${router} | ${n} | ${cells.join(' | ')} |`;
  });
  return [head, ...rows].join('\n');
}

export function three(value: number): string {
  return value.toFixed(3);
}
