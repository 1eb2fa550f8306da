/** The lines of a batch's files: questions as they are sent, and what became of each, read with the mistrust that money deserves. */
import * as v from 'valibot';
import { laterCostNanoUsdOf, type BilledUsage } from '../../meter/price';
import { countAnswerTokens } from '../completions/answer-plain';
import { billedUsageOf } from '../completions/billed-usage';
import type { Outcome, Settlement } from '../ledger/ledger';
import type { UpstreamBatch } from './batch-api';
import type { Ending, LaterProblem, Question } from './question';

/** JSONL: one question a line, those that somebody still waits for. */
export function linesOf(questions: readonly Question[]): string {
  return questions
    .filter(({ state, body }) => state === 'waiting' && body !== undefined)
    .map(
      ({ callId, body }) =>
        // The body is JSON already, and stays what it was to the byte.
        `{"custom_id":${JSON.stringify(callId)},"method":"POST","url":"/v1/chat/completions","body":${body}}\n`,
    )
    .join('');
}

const LineSchema = v.object({
  custom_id: v.string(),
  response: v.nullish(v.object({ status_code: v.number(), body: v.unknown() })),
  error: v.nullish(v.object({ code: v.nullish(v.string()) })),
});
const CompletionSchema = v.looseObject({
  choices: v.pipe(v.array(v.looseObject({ message: v.looseObject({}) })), v.minLength(1)),
  usage: v.optional(v.unknown()),
});

export type ResultLine = v.InferOutput<typeof LineSchema>;

/** Undefined for what is no such line: the question that it was about gets its word from the batch. */
export function resultLineOf(text: string): ResultLine | undefined {
  try {
    const result = v.safeParse(LineSchema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** What became of a question whose batch has ended; without a line the vendor never got to it. */
export async function endingOf(
  question: Question,
  line: ResultLine | undefined,
  status: UpstreamBatch['status'],
  nowMs: number,
): Promise<Ending> {
  const { callId } = question;
  if (line?.response?.status_code === 200) return answeredEnding(question, line.response.body, nowMs);
  return { callId, end: { state: 'failed', problem: problemOf(line, status) } };
}

/** For a question of which nobody will ever know: the vendor had it, and may bill it. */
export function lostEnding(question: Question, nowMs: number): Ending {
  const usage = { promptTokens: question.promptTokens, cachedTokens: 0, completionTokens: 0 };
  const settlement = settlementOf(question, 'incomplete', usage, true, nowMs);
  return { callId: question.callId, end: { state: 'failed', problem: 'later_lost' }, settlement };
}

async function answeredEnding(question: Question, body: unknown, nowMs: number): Promise<Ending> {
  const { callId, promptTokens, maxTokens } = question;
  const completion = v.safeParse(CompletionSchema, body);
  const usage = billedUsageOf((body as { usage?: unknown } | null)?.usage);
  if (!completion.success) {
    const settlement = usage
      ? settlementOf(question, 'incomplete', usage, false, nowMs)
      : lostEnding(question, nowMs).settlement;
    return {
      callId,
      end: { state: 'failed', problem: 'upstream_invalid' },
      ...(settlement ? { settlement } : {}),
    };
  }
  const counted = usage ?? {
    promptTokens,
    cachedTokens: 0,
    completionTokens: Math.min(await countAnswerTokens(completion.output.choices), maxTokens),
  };
  return {
    callId,
    end: { state: 'answered', answer: JSON.stringify(completion.output) },
    settlement: settlementOf(question, 'done', counted, usage === undefined, nowMs),
  };
}

function settlementOf(
  { price, askedAtMs }: Question,
  outcome: Outcome,
  usage: BilledUsage,
  isEstimated: boolean,
  nowMs: number,
): Settlement {
  const costNanoUsd = laterCostNanoUsdOf(price, usage);
  return { outcome, isEstimated, ...usage, costNanoUsd, latencyMs: nowMs - askedAtMs };
}

function problemOf(line: ResultLine | undefined, status: UpstreamBatch['status']): LaterProblem {
  const code = line?.error?.code;
  if (code === 'batch_expired' || (!line && status === 'expired')) return 'later_expired';
  if (code === 'batch_cancelled' || (!line && status === 'cancelled')) return 'later_cancelled';
  const answered = line?.response?.status_code ?? 0;
  if (answered >= 400 && answered < 500 && answered !== 429) return 'upstream_rejected';
  return line ? 'upstream_failed' : 'later_failed';
}
