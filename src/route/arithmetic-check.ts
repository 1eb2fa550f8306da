/** Whether the sums that a draft writes out are right; pure. */

const NUMBER = String.raw`[-−]?\d+(?:,\d{3})*(?:\.\d+)?`;
/** `a op b = c` that stands alone: what belongs to a longer sum is not judged. */
const EQUATION = new RegExp(
  String.raw`(?<![\d.,)+*/×÷^=−-]\s?)(${NUMBER})\s?([-+−×*÷/])\s?(${NUMBER})\s?=\s?(${NUMBER})(?!\s?[-+−×*÷/^%\d]|\.\d)`,
  'g',
);
const PERCENT = new RegExp(
  String.raw`(${NUMBER})\s?% of (${NUMBER}) (?:is|=) (${NUMBER})(?!\s?[-+−×*÷/^%\d]|\.\d)`,
  'g',
);

/** The first equation that does not hold, as it is written; rounding in its last digit is no error. */
export function wrongSumIn(text: string): string | undefined {
  for (const [equation, left, sign, right, result] of text.matchAll(EQUATION)) {
    const is = resultOf(valueOf(left), sign as string, valueOf(right));
    if (!isNear(is, result as string, sign === '/' || sign === '÷' ? 1 : 0.5)) return equation;
  }
  for (const [equation, share, whole, result] of text.matchAll(PERCENT)) {
    if (!isNear((valueOf(share) * valueOf(whole)) / 100, result as string, 0.5)) return equation;
  }
  return undefined;
}

function resultOf(left: number, sign: string, right: number): number {
  if (sign === '+') return left + right;
  if (sign === '-' || sign === '−') return left - right;
  return sign === '/' || sign === '÷' ? left / right : left * right;
}

/** Within `digits` of the last digit that is written: half of one is rounding, a whole one a quotient that was cut. Whole sums are exact. */
function isNear(is: number, written: string, digits: number): boolean {
  if (!Number.isFinite(is)) return false;
  const last = 10 ** -(written.split('.')[1]?.length ?? 0);
  const tolerance = Number.isInteger(is) ? 0 : digits * last;
  return Math.abs(is - valueOf(written)) <= tolerance + 1e-9 * Math.max(1, Math.abs(is));
}

function valueOf(text: string | undefined): number {
  return Number((text ?? '').replace(/,/g, '').replace('−', '-'));
}
