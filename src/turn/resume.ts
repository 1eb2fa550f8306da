/** Goes on with an answer whose engine failed: on the engine that was mended, or on the next one. */
import { faultOf, type Fault } from '../kernel/fault';
import type { Healing } from '../kernel/healing';
import { untilAborted } from '../kernel/queue';
import type { Answerer } from './turn';

/** Each mends something else; a turn that needs more will not end well. */
const MOST_HEALINGS = 8;

export interface Resuming {
  readonly answerer: () => Promise<Answerer>;
  readonly signal: AbortSignal;
  /** Answers from the beginning; `healed` is what was put right before. */
  readonly attempt: (answerer: Answerer, healed: readonly Healing[]) => Promise<void>;
}

/** Ends when an attempt did. Faults: that of the last attempt, where nothing was left to mend. */
export async function untilAnswered({ answerer, signal, attempt }: Resuming): Promise<void> {
  const healed: Healing[] = [];
  for (;;) {
    const who = await untilAborted(answerer(), signal);
    try {
      return await attempt(who, healed);
    } catch (error) {
      const fault: Fault = faultOf(error, 'engine_failed');
      if (signal.aborted || healed.length === MOST_HEALINGS) throw fault;
      const healing = who.heal && (await untilAborted(who.heal(fault), signal));
      if (!healing) throw fault;
      healed.push(healing);
    }
  }
}
