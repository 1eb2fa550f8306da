/** Which cloud model is asked first, where a site offers two: the middle one, unless gate A says that it is not for that; pure. */
import type { EscalationReason } from '../kernel/route';
import type { Judgement } from './before';

export interface RungFacts {
  readonly wanted: EscalationReason;
  /** Gate A's: `cloud` means that the question looks too hard for any small model. */
  readonly decision: Judgement['decision'];
  /** From 0, save, to 1, best. */
  readonly dial: number;
}

/** Who asks for the large model by name, or has moved the dial to Best, gets it at once. */
export function firstRungOf({ wanted, decision, dial }: RungFacts): 'middle' | 'flagship' {
  return wanted === 'asked' || decision === 'cloud' || dial >= 1 ? 'flagship' : 'middle';
}
