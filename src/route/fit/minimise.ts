/** Finds the minimum of a smooth function: L-BFGS, Nocedal & Wright, Numerical Optimization, algorithm 7.4; the same bytes on every run. */

/** The value at `x`; writes the gradient there into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** Steps that are remembered. */
const MEMORY = 8;
const STEP_SHRINK = 0.5;
/** Armijo's condition for a step that is long enough. */
const SUFFICIENT = 1e-4;

/** Changes `x` into the minimum, or into what `rounds` came to. */
export function minimise(objective: Objective, x: Float64Array, rounds: number): Float64Array {
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const past: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const direction = directionOf(gradient, past);
    const slope = dot(direction, gradient);
    if (slope > -1e-9) break;
    let step = past.length === 0 ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
    let next = x;
    let nextValue = Infinity;
    const nextGradient = new Float64Array(x.length);
    for (let tries = 0; tries < 30; tries++, step *= STEP_SHRINK) {
      next = x.map((one, at) => one + step * (direction[at] as number));
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * step * slope) break;
    }
    if (!(nextValue < value)) break;
    const s = next.map((one, at) => one - (x[at] as number));
    const y = nextGradient.map((one, at) => one - (gradient[at] as number));
    const curvature = dot(s, y);
    if (curvature > 1e-12) past.push({ s, y, rho: 1 / curvature });
    if (past.length > MEMORY) past.shift();
    x.set(next);
    gradient = nextGradient;
    value = nextValue;
  }
  return x;
}

function directionOf(
  gradient: Float64Array,
  past: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const q = gradient.map((one) => -one);
  const alphas: number[] = [];
  for (const { s, y, rho } of past.toReversed()) {
    const alpha = rho * dot(s, q);
    alphas.unshift(alpha);
    addTo(q, y, -alpha);
  }
  const last = past.at(-1);
  if (last) {
    const scale = dot(last.s, last.y) / dot(last.y, last.y);
    for (let at = 0; at < q.length; at++) q[at] = (q[at] as number) * scale;
  }
  for (const [at, { s, y, rho }] of past.entries()) addTo(q, s, (alphas[at] as number) - rho * dot(y, q));
  return q;
}

function addTo(target: Float64Array, other: Float64Array, times: number): void {
  for (let at = 0; at < target.length; at++)
    target[at] = (target[at] as number) + times * (other[at] as number);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] as number) * (b[at] as number);
  return sum;
}
