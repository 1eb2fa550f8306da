/** Tells which sums are kept for the test and so must never be written in a trained dialogue. */

export type SumKind = 'add' | 'subtract' | 'multiply' | 'percent';

/**
 * Takes the operands in either order for adding, subtracting and multiplying, and as `percentage, number` for percent.
 * Sums of two one-digit numbers are never kept, since there are too few of them to learn from less.
 */
export function isHeldOutSum(kind: SumKind, first: number, second: number): boolean {
  const larger = Math.max(first, second);
  const smaller = Math.min(first, second);
  if (kind === 'percent') {
    return (first + Math.floor(second / 10)) % 9 === 4;
  }
  if (larger < 10) {
    return false;
  }
  if (kind === 'multiply') {
    return larger >= 13 && (larger * 7 + smaller) % 11 === 3;
  }
  return (larger * 31 + smaller * 17 + smaller * 7) % 13 === 5;
}
