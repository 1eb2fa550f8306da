/** Gate A: before anything is generated, whether the small model should try, from facts of the turn in its context; pure. */

export interface TurnFacts {
  readonly question: string;
  /** What was said before it, oldest first. */
  readonly earlier: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
}

export interface Judgement {
  /** `local`: easy. `draft`: the small model tries, and gate B looks at what came. `cloud`: not worth a try. */
  readonly decision: 'local' | 'draft' | 'cloud';
  /** From 0 to 1. */
  readonly hardness: number;
  /** The names of the signals that were seen. */
  readonly signals: readonly string[];
}

/** Weights add up; without any signal a question is neither easy nor hard. Chosen by hand: a first cut. */
const SIGNALS: readonly (readonly [name: string, weight: number, pattern: RegExp])[] = [
  ['code', 0.25, /```|=>|;\s*$|\b(function|class|def|import|select .+ from)\b|[{}]{1}[^{}]*[;=]/im],
  ['write-code', 0.3, /\b(implement|refactor|debug|unit tests?|regex|algorithm|sql query|dockerfile)\b/i],
  [
    'write-long',
    0.3,
    /\b(essay|article|story|report|cover letter|speech|business plan|lesson plan|proposal)\b/i,
  ],
  [
    'reason',
    0.25,
    /\b(prove|proof|derive|step by step|trade-?offs?|compare|analy[sz]e|evaluate|critique|pros and cons)\b/i,
  ],
  ['maths', 0.25, /\b(integral|derivative|equation|theorem|matrix|probability|eigen\w+)\b/i],
  ['constraints', 0.2, /\b(at least|at most|exactly|without using|must not|no more than|each of which)\b/i],
  ['several-parts', 0.2, /(^|\n)\s*(\d+[.)]|[-*•])\s.+\n\s*(\d+[.)]|[-*•])\s/],
  ['translate-text', 0.15, /\b(translate|rewrite|proofread|summari[sz]e)\b/i],
];
const LONG_CHARACTERS = 600;
const VERY_LONG_CHARACTERS = 2_000;
/** Nothing of its own: it means what was asked before it. */
const BARE =
  /^(yes|yeah|yep|no|nope|ok(ay)?|sure|please|go on|continue|more|and\b.{0,25}|why|why not|how|how so|what about .{0,25}|again|do it|the (first|second|last) one)[\s?!.]*$/i;
const SMALL_TALK =
  /^(hi|hello|hey|thanks?( you)?( (so|very) much)?|ty|bye|good (morning|evening|night)|cool|great|nice|lol)[\s!.]*$/i;

/** `dial`: from 0, save, to 1, best. A higher dial is never less ready for the cloud. */
export function judgeBefore({ question, earlier }: TurnFacts, dial: number): Judgement {
  if (SMALL_TALK.test(question.trim())) return { decision: 'local', hardness: 0, signals: ['small-talk'] };
  const isBare = BARE.test(question.trim());
  const inherited = isBare ? lastOwnQuestionOf(earlier) : undefined;
  const text = inherited ?? question;
  const signals = SIGNALS.filter(([, , pattern]) => pattern.test(text)).map(([name, weight]) => ({
    name,
    weight,
  }));
  if (text.length > LONG_CHARACTERS) signals.push({ name: 'long', weight: 0.2 });
  if (text.length > VERY_LONG_CHARACTERS) signals.push({ name: 'very-long', weight: 0.2 });
  const hardness = Math.min(
    1,
    signals.reduce((sum, { weight }) => sum + weight, 0),
  );
  const names = signals.map(({ name }) => name);
  return {
    decision: hardness > cloudFromOf(dial) ? 'cloud' : 'draft',
    hardness,
    signals: inherited === undefined ? names : ['inherited', ...names],
  };
}

/** How hard a question must look before the small model does not even try: never at 0, two signals in the middle. */
function cloudFromOf(dial: number): number {
  return dial <= 0 ? 1 : 0.9 - 0.7 * dial;
}

/** The newest question that means something by itself. */
function lastOwnQuestionOf(earlier: TurnFacts['earlier']): string | undefined {
  return earlier.findLast(({ role, text }) => role === 'user' && !BARE.test(text.trim()))?.text;
}
