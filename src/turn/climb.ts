/** Goes up the cloud's rungs: the middle model first where that may do, and the flagship where the middle's answer is plainly wanting. */
import type { Fault } from '../kernel/fault';
import type { EscalationReason, Evidence } from '../kernel/route';
import type { Left } from '../privacy/gate';
import { faultIn } from '../route/after';
import { firstRungOf, type RungFacts } from '../route/rung';
import type { Asking } from './answer';
import type { Answering } from './answering';
import { escalate, type Cloud } from './escalate';

export interface Climbing extends Pick<RungFacts, 'decision' | 'dial'> {
  readonly wanted: EscalationReason;
  readonly evidence?: Evidence;
  /** What was asked, a short reply resolved. */
  readonly question: string;
}

/**
 * As `escalate`. What the person let go for the middle model, edited or not, is what the flagship gets, and a departure of its own. What the
 * middle one cost stays on the receipt.
 */
export async function climb(
  answering: Answering,
  { question, decision, dial, ...reason }: Climbing,
  cloud: Cloud | undefined,
  asking: Asking,
  signal: AbortSignal,
): Promise<boolean> {
  const middle = cloud?.middle;
  if (!cloud || !middle || firstRungOf({ wanted: reason.wanted, decision, dial }) === 'flagship') {
    return escalate(answering, reason, cloud, asking, signal);
  }
  const { text: draft } = answering.message;
  let agreed: Left | undefined;
  // Only for the flagship: who can wait waits for the best.
  const { later: _, ...now } = cloud;
  const leave: Cloud['leave'] = async (leaving, stop) => {
    const left = await cloud.leave({ ...leaving, agreed }, stop);
    if (!('stayed' in left)) agreed = left;
    return left;
  };
  if (!(await escalate(answering, reason, { ...now, ...middle, leave }, asking, signal))) return false;
  // What was learned of it, its bill among it, is in the message from here on.
  answering.change({});
  const wanted = wantedOf(question, answering);
  if (!wanted) return true;

  const { billing: tried } = answering.message.answer ?? {};
  const keepTried = () => tried && answering.learn({ tried });
  try {
    const flagship = { ...cloud, leave };
    if (await escalate(answering, { ...reason, wanted, draft }, flagship, asking, signal)) keepTried();
  } catch (error) {
    keepTried();
    throw error as Fault;
  }
  return true;
}

/** What is plainly wrong with the middle model's answer. */
function wantedOf(question: string, { message }: Answering): EscalationReason | undefined {
  if (message.text.trim() === '' || message.answer?.cut === 'repetition') return 'broken';
  return faultIn({ question, text: message.text });
}
