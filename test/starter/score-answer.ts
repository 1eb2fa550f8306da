/** Judges answers of the starter, and how well its confidence tells the right ones from the rest. */
import type { TokenLogprob } from '../../src/kernel/engine';
import { SURE as GATE } from '../../src/route/after';

/** The confidence above which gate B keeps an answer, at the middle of the dial. */
const SURE = GATE.verdictAndWorst;
/** The ids of the hidden tokens with which the model begins: an answer, or a hand-over. */
const ANSWER_TOKEN = 6;
const HAND_OVER_TOKEN = 7;

export interface Scored {
  readonly skill: string;
  readonly question: string;
  readonly expected: string;
  readonly got: string;
  readonly isHandOver: boolean;
  readonly isInScope: boolean;
  readonly isRight: boolean;
  /** Log-probability that this is an answer and that its least likely token is right; higher is surer. */
  readonly confidence: number;
}

/** `right`: one of these has to occur in the answer as words, case aside; undefined: it has to be handed over. */
export function isRight(
  right: readonly string[] | undefined,
  reply: { readonly text: string; readonly isHandOver: boolean },
): boolean {
  if (right === undefined || reply.isHandOver) return right === undefined && reply.isHandOver;
  const words = ` ${wordsOf(reply.text)} `;
  return right.some((phrase) => words.includes(` ${wordsOf(phrase)} `));
}

export function isHandOver(logprobs: readonly TokenLogprob[]): boolean {
  return logprobs[0]?.id === HAND_OVER_TOKEN;
}

/** The verdict's own log-probability for "answer", plus that of the least likely token after it. */
export function confidenceOf(logprobs: readonly TokenLogprob[]): number {
  const [verdict, ...rest] = logprobs;
  if (!verdict) return -Infinity;
  const answer = [verdict, ...verdict.alternatives].find(({ id }) => id === ANSWER_TOKEN)?.logprob ?? -20;
  const worst = rest.reduce((least, { logprob }) => Math.min(least, logprob), 0);
  return isHandOver(logprobs) ? answer : answer + worst;
}

/** The share of pairs of a positive and a negative in which the positive has the higher score; ties count half. */
export function aurocOf(positives: readonly number[], negatives: readonly number[]): number {
  const all = [...positives, ...negatives].sort((a, b) => a - b);
  const ranks = new Map<number, number>();
  for (let at = 0; at < all.length;) {
    const value = all[at] as number;
    let end = at;
    while (all[end] === value) end++;
    ranks.set(value, (at + 1 + end) / 2);
    at = end;
  }
  const sum = positives.reduce((total, value) => total + (ranks.get(value) ?? 0), 0);
  const { length } = positives;
  return (sum - (length * (length + 1)) / 2) / (length * negatives.length);
}

/** A table per skill, then up to ten failures of each. */
export function tableOf(scored: readonly Scored[]): string {
  const skills = [...new Set(scored.map(({ skill }) => skill))];
  const of = (skill: string) => scored.filter((one) => one.skill === skill);
  const rows = skills.map((skill) => {
    const own = of(skill);
    const right = own.filter((one) => one.isRight).length;
    return `| ${skill} | ${own.length} | ${right} | ${percentOf(right, own.length)} |`;
  });
  const failures = skills.flatMap((skill) =>
    of(skill)
      .filter((one) => !one.isRight)
      .slice(0, 10)
      .map(
        ({ question, expected, got, confidence }) =>
          `- ${skill}: “${question}” → “${got}” (expected ${expected}; ${confidence.toFixed(2)})`,
      ),
  );
  return ['| skill | n | right | share |', '|---|---|---|---|', ...rows, '', ...failures].join('\n');
}

/** Over questions in scope and out of it. `SURE`: an answer below it is not shown as it is, but escalated where that can be. */
export function summaryOf(scored: readonly Scored[]): string {
  const inScope = scored.filter((one) => one.isInScope);
  const out = scored.filter((one) => !one.isInScope);
  const sure = scored.filter((one) => one.isInScope && one.isRight).map(({ confidence }) => confidence);
  const rest = scored.filter((one) => !(one.isInScope && one.isRight)).map(({ confidence }) => confidence);
  const shareOf = (part: readonly Scored[], is: (one: Scored) => boolean) =>
    `${percentOf(part.filter(is).length, part.length)} of ${part.length}`;
  const isWrongAndSure = (one: Scored) => !one.isRight && !one.isHandOver && one.confidence > SURE;
  return [
    `- In scope and right: ${shareOf(inScope, (one) => one.isRight)}.`,
    `- Out of scope and handed over: ${shareOf(out, (one) => one.isRight)}.`,
    `- Answered wrongly with a confidence above ${SURE} (what gate B takes for sure): ${shareOf(out, isWrongAndSure)} out of scope, ${shareOf(inScope, isWrongAndSure)} in scope.`,
    `- AUROC of “in scope and right” against the rest: ${aurocOf(sure, rest).toFixed(3)}.`,
  ].join('\n');
}

function percentOf(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

function wordsOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/(?<=\d),(?=\d{3})/g, '')
    .replace(/[^\p{L}\p{N}.:+-]+/gu, ' ')
    .replace(/[.:]+(?= |$)/g, '')
    .trim();
}
