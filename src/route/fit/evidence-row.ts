/** Turns a draft that was collected into a row that `fit:router` and `eval:router` take; pure. */
import type { TokenLogprob } from '../../kernel/engine';
import { createConfidence } from '../confidence';
import { draftNumbersOf } from '../draft-features';
import { shortAnswerOf } from '../short-answer';

/** A line of a file of questions. */
export interface Question {
  readonly id: string;
  readonly prompt: string;
  /** Any of these is right; absent where nobody knows. */
  readonly answers: readonly string[] | undefined;
  /** Whatever else the line had, for the row. */
  readonly rest: Readonly<Record<string, unknown>>;
}

export interface CollectedDraft {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly isHandOver: boolean;
  readonly isCut: boolean;
  readonly completionTokens: number;
  readonly firstTextMs: number;
  readonly durationMs: number;
}

/** Reads one line: `{prompt or question, answer or answers, id, …}`. Throws an Error that says what is wrong with it. */
export function questionOf(line: string, at: number): Question {
  const raw: unknown = JSON.parse(line);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw new Error('an object is wanted');
  const { id, prompt, question, answer, answers, ...rest } = raw as Record<string, unknown>;
  const asked = prompt ?? question;
  if (typeof asked !== 'string' || asked.trim() === '')
    throw new Error('“prompt” or “question” is wanted, as text');
  const right = [answers ?? answer].flat().filter((one) => one !== undefined && one !== null);
  if (right.some((one) => typeof one !== 'string' && typeof one !== 'number'))
    throw new Error('“answer” is text, a number, or a list of them');
  return {
    id: typeof id === 'string' || typeof id === 'number' ? `${id}` : `question:${at}`,
    prompt: asked,
    answers: right.length > 0 ? right.map(String) : undefined,
    rest,
  };
}

/** The row: `q`, `post` and `w` as in the labelled rows, and `second` where another sample was taken; all by the model's name. */
export function evidenceRowOf(
  { id, prompt, answers, rest }: Question,
  model: string,
  draft: CollectedDraft,
  second?: CollectedDraft,
): Record<string, unknown> {
  const right = answers && isRight(answers, draft);
  const confidence = createConfidence();
  confidence.add(draft.logprobs);
  const { firstToken: first } = confidence.facts();
  const whole = first?.whole;
  const own = shortAnswerOf(draft.text);
  const again = second && shortAnswerOf(second.text);
  return {
    dataset: 'drafts',
    split: 'train',
    ...rest,
    id,
    prompt,
    weak: model,
    ...(right === undefined ? {} : { weak_correct: right, q: { [model]: right } }),
    post: { [model]: draftNumbersOf(draft.text) },
    ...(first
      ? {
          w: {
            [model]: [
              right ?? null,
              ...[
                first.logprob,
                first.margin,
                first.entropy,
                ...(whole ? [whole.mean, whole.tenth, whole.worst] : []),
              ].map(short),
            ],
          },
        }
      : {}),
    ...(own !== undefined && again !== undefined ? { second: { [model]: own === again ? 1 : 0 } } : {}),
    draft: draft.text,
    hand_over: draft.isHandOver,
    cut: draft.isCut,
    tokens: draft.completionTokens,
    first_text_ms: Math.round(draft.firstTextMs),
    ms: Math.round(draft.durationMs),
  };
}

/**
 * One that hands over is not right. A right answer is what the draft comes to; else a number is the last one in it, and words occur in it
 * as words. A single letter never does: it occurs by chance.
 */
export function isRight(answers: readonly string[], { text, isHandOver }: CollectedDraft): 0 | 1 {
  if (isHandOver) return 0;
  const own = shortAnswerOf(text);
  const last = numberOf(text.match(/-?\d[\d,]*(?:\.\d+)?/g)?.at(-1));
  const words = ` ${wordsOf(text)} `;
  const isSaid = (answer: string) => {
    if (own !== undefined && own === shortAnswerOf(answer)) return true;
    if (/^\W*[A-J]\W*$/i.test(answer)) return false;
    if (/^\s*-?[\d.,]+\s*$/.test(answer)) return last !== undefined && last === numberOf(answer);
    return words.includes(` ${wordsOf(answer)} `);
  };
  return answers.some(isSaid) ? 1 : 0;
}

function numberOf(written: string | undefined): number | undefined {
  return written === undefined ? undefined : Number(written.replaceAll(',', ''));
}

function wordsOf(text: string): string {
  return (text.toLowerCase().match(/[\p{L}\p{M}\d]+/gu) ?? []).join(' ');
}

function short(one: number): number {
  return Number(one.toFixed(4));
}
