/** Gate A: before anything is generated, whether the small model should try, from the question in its context; pure. */
import type { Evidence } from '../kernel/route';
import { shareOf } from './dial';
import type { GainModel } from './gain-model';
import { featuresOf } from './question-features';
import { turnFactsOf, type Turn } from './turn-facts';

export interface Judgement {
  /** `local`: easy. `draft`: the small model tries, and gate B looks at what came. `cloud`: not worth a try. */
  readonly decision: 'local' | 'draft' | 'cloud';
  readonly evidence: Evidence;
}

export interface BeforeOptions {
  /** From 0, save, to 1, best. */
  readonly dial: number;
  /** Absent until it is loaded, and for a model that says itself in no time whether it can answer: then what was chosen by hand decides. */
  readonly gain?: GainModel | undefined;
}

/** How far above the dial's price the expected gain must be before a draft is not worth its time: gate B seldom finds more than this. */
const DRAFT_MARGIN = 0.2;

/** A higher dial is never less ready for the cloud. */
export function judgeBefore(turn: Turn, { dial, gain }: BeforeOptions): Judgement {
  const { text, isReply, isSmallTalk, signals, hardness } = turnFactsOf(turn);
  if (isSmallTalk) return { decision: 'local', evidence: { signals: ['small-talk'] } };
  const names = isReply ? ['reply', ...signals] : signals;
  const isHard = hardness > cloudFromOf(dial);
  if (!gain) return { decision: isHard ? 'cloud' : 'draft', evidence: { signals: names } };
  const chances = gain.chancesOf(featuresOf(text));
  const price = gain.gainAtShare(shareOf(dial));
  const isWorthIt = dial > 0 && chances.gain > price + DRAFT_MARGIN;
  return {
    decision: isHard || isWorthIt ? 'cloud' : 'draft',
    evidence: { signals: names, price, ...chances },
  };
}

/** How hard a question must look before the small model does not even try: never at 0, two signals in the middle. */
function cloudFromOf(dial: number): number {
  return dial <= 0 ? 1 : 0.9 - 0.7 * dial;
}
