/** What pages are told of the pair as it is today: prices, limits, and what is about to leave. */
import type { Escalation } from '../../kernel/wire';
import { priceOf } from '../completions/models-on-offer';
import { WARN_DAYS, type Rotation } from './rotation';

/** `false` where all that could answer has left the vendor's API. */
export function offerOf(rotation: Rotation, maxTokens: number): Escalation {
  const { flagship, small } = rotation.pair();
  if (!flagship) return false;
  const retiring = rotation.status().flatMap(({ facts, shutdown, successor, daysLeft = Infinity }) => {
    if (!facts || !shutdown || daysLeft > WARN_DAYS) return [];
    return [{ model: facts.model, shutdown, ...(successor ? { successor: successor.model } : {}) }];
  });
  return {
    flagship: priceOf(flagship),
    ...(small ? { small: priceOf(small) } : {}),
    maxTokens,
    ...(retiring.length > 0 ? { retiring } : {}),
  };
}
