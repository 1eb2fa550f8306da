/** Fits how much the large model has before the small one, from what the heads say of both. */
import { DIFFERENCE, gainFrom, type GainCoefficients } from '../gain-model';
import { minimise } from './minimise';

const ROUNDS = 200;

/** Least squares of the gain that was seen, over what the heads said of questions unseen. */
export function fitBothHeads(
  seen: readonly { readonly s: number; readonly l: number; readonly gain: number }[],
): GainCoefficients {
  if (seen.length === 0) return DIFFERENCE;
  const squares = (x: Float64Array, gradient: Float64Array) => {
    gradient.fill(0);
    let loss = 0;
    for (const { s, l, gain } of seen) {
      const error = gainFrom(coefficientsOf(x), s, l) - gain;
      loss += error ** 2 / 2;
      for (const [at, one] of [1, s, l, s * l].entries())
        gradient[at] = (gradient[at] as number) + error * one;
    }
    return loss;
  };
  const [none, small, large, both] = coefficientsOf(minimise(squares, Float64Array.from(DIFFERENCE), ROUNDS));
  return [round(none), round(small), round(large), round(both)];
}

function coefficientsOf(x: Float64Array): GainCoefficients {
  return [x[0] as number, x[1] as number, x[2] as number, x[3] as number];
}

function round(one: number): number {
  return Number(one.toFixed(4));
}
