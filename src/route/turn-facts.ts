/** What a question is as it stands in its conversation: what a short reply resolves to, its kind of task, and in which script; pure. */
import type { DeviceFacts } from '../kernel/passport';

export interface Turn {
  readonly question: string;
  /** What was said before it, oldest first. */
  readonly earlier: readonly { readonly role: 'user' | 'assistant'; readonly text: string }[];
  readonly device?: DeviceFacts;
}

export interface TurnFacts {
  /** The question, or what a short reply stands for. */
  readonly text: string;
  /** A short reply that means what was said before it. */
  readonly isReply: boolean;
  readonly isSmallTalk: boolean;
  /** Names of the signs of hard work. */
  readonly signals: readonly string[];
  /** Their weights together: 0 none, 1 plainly too much for a small model. Chosen by hand. */
  readonly hardness: number;
  readonly script: Script;
}

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Bengali',
  'Thai',
  'Hangul',
  'Hiragana',
  'Han',
] as const;
export type Script = (typeof SCRIPTS)[number];

/** Weights add up. Chosen by hand: no labelled rows tell of essays, programs and long tasks. */
const SIGNALS: readonly (readonly [name: string, weight: number, pattern: RegExp])[] = [
  ['code', 0.25, /```|=>|;\s*$|\b(function|class|def|import|select .+ from)\b|[{}]{1}[^{}]*[;=]/im],
  [
    'write-code',
    0.35,
    /\b(implement|refactor|debug|unit tests?|regex|algorithm|sql query|dockerfile|(write|build|create|code|make) (me )?(an? )?[\w -]{0,30}\b(function|program|script|app|api|component|class|query|parser|bot|website|game))\b/i,
  ],
  [
    'write-long',
    0.3,
    /\b(essay|article|story|report|cover letter|speech|business plan|lesson plan|proposal|blog post|newsletter|\d{3,} words)\b/i,
  ],
  [
    'reason',
    0.3,
    /\b(prove|proof|derive|derivation|step by step|trade-?offs?|compare|contrast|analy[sz]e|evaluate|critique|justify|pros and cons|root cause|implications)\b/i,
  ],
  [
    'maths',
    0.3,
    /\b(integrals?|integrate|derivatives?|differential|equations?|theorem|lemma|matrix|matrices|probability|eigen\w+|irrational|converge[sd]?|induction|modulo|polynomial|topolog\w+|manifold|stochastic)\b|[∫∑∂√]|\\(int|sum|frac)\b/i,
  ],
  [
    'expert',
    0.35,
    /\b(mechanism|kinetics?|enthalpy|stereochemistry|nucleophilic|sn[12]|catalytic|thermodynamics?|quantum|hamiltonian|perturbation|molecular|pharmacokinetics?|differential diagnosis|jurisdiction|case law|liability|monetary policy|econometric\w*|bayesian|regression|distributed system|consensus|concurrency|deadlock|race condition|time complexity|np-hard)\b/i,
  ],
  [
    'constraints',
    0.2,
    /\b(at least|at most|exactly|without using|must not|no more than|each of which|such that|subject to)\b/i,
  ],
  [
    'several-parts',
    0.2,
    /(^|\n)\s*(\d+[.)]|[-*•])\s.+\n\s*(\d+[.)]|[-*•])\s|\b(first|then|finally|also)\b.*\b(then|finally|also)\b/i,
  ],
  ['translate-text', 0.15, /\b(translate|rewrite|proofread|summari[sz]e)\b/i],
];
/** What asks for a long answer. */
const LONG_ANSWERS = new Set(['write-code', 'write-long']);
/** Slower than this an answer of a page takes minutes; people read some 5 tokens a second. */
const SLOW_TOKENS_PER_SECOND = 3;
const SLOW_WEIGHT = 0.3;
/** Of English; before an engine has counted. The part of a window that an answer needs. */
const TOKENS_PER_CHARACTER = 0.3;
const ANSWER_SHARE = 1 / 3;
/** A question that does not fit is not for this model; one whose history does not fit may miss something. */
const CROWDED_WEIGHT = { question: 1, history: 0.2 } as const;
const LONG_CHARACTERS = 600;
const VERY_LONG_CHARACTERS = 2_000;
const LONG_WEIGHT = 0.2;

/** Nothing of its own: it means what was asked before it. Some of it in the languages that visitors write most. */
const REPLY = new RegExp(
  `^(${[
    "yes|yeah|yep|yup|no|nope|nah|ok(ay)?|sure|please|yes please|go on|go ahead|continue|more|tell me more|why|why not|how|how so|how come|and( then| now| you)?|so|then|and\\b.{0,25}|what about .{0,25}|how about .{0,25}|again|once more|try again|do it|do that|the (first|second|third|last|other) one|[abcd1-9]|both|neither|really|are you sure|in (french|german|spanish|english|italian|one sentence|short|detail|more detail)|shorter|longer|simpler|explain( it| that)?|an example|for example|example|what else|next|what do you mean|i don'?t (get|understand) it|make it (shorter|longer|simpler|better)|with(out)? .{0,20}|can you .{0,12}(it|that)( .{0,20})?",
    'ja|nein|bitte|und|und dann|warum|wieso|weiter|oui|non|pourquoi|et alors|encore|s[ií]|no|por qu[eé]|m[aá]s|contin[uú]a|perch[eé]|ancora|da|нет|да|почему|дальше|ещё|はい|いいえ|なぜ|続けて|是|不|为什么|继续|네|아니요|왜|계속|نعم|لا|لماذا|हाँ|नहीं|क्यों|evet|hayır|neden|tak|nie|dlaczego|sim|não',
  ].join('|')})[\\s?!.…。？]*$`,
  'iu',
);
const SMALL_TALK =
  /^((hi|hello|hey|hiya|howdy)( there)?|(good|great|nice)( (job|work|one))?|thanks?( you)?( (so|very) much| a lot)?|ty|bye|goodbye|see you|good (morning|evening|night|afternoon)|cool|awesome|perfect|lol|how are you( doing)?( today)?|how'?s it going|who are you|what'?s up)[\s!.?]*$/i;

export function turnFactsOf({ question, earlier, device = {} }: Turn): TurnFacts {
  const own = question.trim();
  const isSmallTalk = SMALL_TALK.test(own);
  const meant = !isSmallTalk && REPLY.test(own) ? lastOwnQuestionOf(earlier) : undefined;
  const text = meant ?? own;
  const seen = [
    ...SIGNALS.filter(([, , pattern]) => pattern.test(text)).map(([name, weight]) => ({ name, weight })),
    ...lengthSignsOf(text),
  ];
  const signs = [...seen, ...deviceSignsOf(device, own, earlier, seen)];
  return {
    text,
    isReply: meant !== undefined,
    isSmallTalk,
    signals: signs.map(({ name }) => name),
    hardness: Math.min(
      1,
      signs.reduce((sum, { weight }) => sum + weight, 0),
    ),
    script: scriptOf(text),
  };
}

interface Sign {
  readonly name: string;
  readonly weight: number;
}

function lengthSignsOf({ length }: string): Sign[] {
  return [
    ...(length > LONG_CHARACTERS ? [{ name: 'long', weight: LONG_WEIGHT }] : []),
    ...(length > VERY_LONG_CHARACTERS ? [{ name: 'very-long', weight: LONG_WEIGHT }] : []),
  ];
}

/** What the device says against a try here: it would take too long, or does not fit. */
function deviceSignsOf(
  { tokensPerSecond, contextTokens }: DeviceFacts,
  question: string,
  earlier: Turn['earlier'],
  seen: readonly Sign[],
): Sign[] {
  const signs: Sign[] = [];
  const isLong = seen.some(({ name }) => LONG_ANSWERS.has(name));
  if (isLong && tokensPerSecond !== undefined && tokensPerSecond < SLOW_TOKENS_PER_SECOND)
    signs.push({ name: 'slow-device', weight: SLOW_WEIGHT });
  if (contextTokens === undefined) return signs;
  const room = (contextTokens * (1 - ANSWER_SHARE)) / TOKENS_PER_CHARACTER;
  const said = earlier.reduce((sum, { text }) => sum + text.length, question.length);
  if (question.length > room) signs.push({ name: 'too-long-for-it', weight: CROWDED_WEIGHT.question });
  else if (said > room) signs.push({ name: 'history-cut', weight: CROWDED_WEIGHT.history });
  return signs;
}

/** The script that most letters are of; Japanese counts as Hiragana however many Han it has. */
export function scriptOf(text: string): Script {
  // Most texts have no letter of another script, and end here.
  if (!/[\u0250-\u1fff\u2300-\uffff]/.test(text)) return 'Latin';
  if (/[\u3040-\u30ff]/.test(text)) return 'Hiragana';
  let best: Script = 'Latin';
  let most = 0;
  for (const script of SCRIPTS) {
    const count = text.match(new RegExp(`\\p{Script=${script}}`, 'gu'))?.length ?? 0;
    if (count > most) [best, most] = [script, count];
  }
  return best;
}

/** The newest question that means something by itself. */
function lastOwnQuestionOf(earlier: Turn['earlier']): string | undefined {
  return earlier.findLast(
    ({ role, text }) => role === 'user' && !REPLY.test(text.trim()) && !SMALL_TALK.test(text.trim()),
  )?.text;
}
