/** A stretch of a text that holds personal data: `[start, end)` in UTF-16 units. */
import type { PersonalKind } from '../kernel/departure';

export interface Span {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
}
