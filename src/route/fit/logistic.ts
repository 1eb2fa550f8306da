/** Fits a logistic regression on sparse rows, with an own intercept for each group (a model's ability). */
import { minimise } from './minimise';

export interface SparseRow {
  readonly at: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  /** What was seen, by group: 0 wrong, 1 right. */
  readonly seen: readonly { readonly group: number; readonly right: number }[];
  readonly weight: number;
  /** Logits that are known already. */
  readonly offset?: number;
}

export interface Logistic {
  readonly weights: Float64Array;
  readonly intercepts: Float64Array;
}

export interface FitOptions {
  readonly dimensions: number;
  readonly groups: number;
  /** Half of it times the sum of squared weights is the penalty, in units of one row's loss; intercepts pay a hundredth. */
  readonly penalty: number;
  readonly rounds?: number;
}

const ROUNDS = 60;

export function fitLogistic(rows: readonly SparseRow[], options: FitOptions): Logistic {
  const { dimensions, groups, penalty, rounds = ROUNDS } = options;
  const solution = minimise(
    (x, gradient) => {
      let loss = 0;
      for (let at = 0; at < x.length; at++) {
        const own = at < dimensions ? penalty : penalty / 100;
        loss += (own / 2) * (x[at] as number) ** 2;
        gradient[at] = own * (x[at] as number);
      }
      for (const row of rows) {
        const z = sumOf(row, x) + (row.offset ?? 0);
        let slope = 0;
        for (const { group, right } of row.seen) {
          const logit = z + (x[dimensions + group] as number);
          const share = row.weight / row.seen.length;
          const error = share * (sigmoid(logit) - right);
          loss += share * (softplus(logit) - right * logit);
          gradient[dimensions + group] = (gradient[dimensions + group] as number) + error;
          slope += error;
        }
        for (let k = 0; k < row.at.length; k++) {
          const at = row.at[k] as number;
          gradient[at] = (gradient[at] as number) + slope * (row.values[k] as number);
        }
      }
      return loss;
    },
    new Float64Array(dimensions + groups),
    rounds,
  );
  return { weights: solution.slice(0, dimensions), intercepts: solution.slice(dimensions) };
}

export function sumOf(row: Pick<SparseRow, 'at' | 'values'>, weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < row.at.length; k++)
    sum += (weights[row.at[k] as number] as number) * (row.values[k] as number);
  return sum;
}

export function sigmoid(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}

export function logitOf(p: number): number {
  const safe = Math.min(1 - 1e-6, Math.max(1e-6, p));
  return Math.log(safe / (1 - safe));
}

function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}
