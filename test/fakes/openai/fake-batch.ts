/** One batch at the fake vendor: what is wrong with its lines, and what comes of each of them. */
import { answerOf, promptTokensOf, type FakeRequest } from './fake-answer';
import type { BatchBill, BatchCourse } from './batch-course';
import { completionOf } from './fake-chunks';

export interface FakeBatch {
  readonly id: string;
  readonly course: BatchCourse;
  readonly input: readonly string[];
  status:
    | 'validating'
    | 'in_progress'
    | 'finalizing'
    | 'completed'
    | 'expired'
    | 'failed'
    | 'cancelling'
    | 'cancelled';
  /** Since it came into its state. */
  looks: number;
  /** What else it says of itself. */
  readonly wire: Record<string, unknown>;
}

interface Line {
  readonly custom_id: string;
  readonly method: string;
  readonly url: string;
  readonly body: FakeRequest;
}

/** What OpenAI's validation finds. */
export function checkBatch({ input }: FakeBatch): object[] {
  const lines = input.map(lineOf);
  const problem = (line: number | null, code: string, message: string) => ({
    code,
    message,
    param: null,
    line,
  });
  if (lines.length === 0) return [problem(null, 'empty_file', 'The input file is empty.')];
  return lines.flatMap((line, at) => {
    if (!line) return [problem(at + 1, 'invalid_json_line', 'This line is not parseable as valid JSON.')];
    if (line.method !== 'POST' || line.url !== '/v1/chat/completions') {
      return [problem(at + 1, 'invalid_url', 'The URL does not match the batch’s endpoint.')];
    }
    if (lines.findIndex((other) => other?.custom_id === line.custom_id) < at) {
      return [problem(at + 1, 'duplicate_custom_id', 'The custom_id is used before.')];
    }
    if (line.body.stream) return [problem(at + 1, 'invalid_request', 'Streaming is not possible.')];
    if (line.body.model !== lines[0]?.body.model) {
      return [problem(at + 1, 'mismatched_model', 'All lines must ask the same model.')];
    }
    return [];
  });
}

export function workOffBatch({ id, input, status, course }: FakeBatch) {
  const outputs: string[] = [];
  const errors: string[] = [];
  const billed: BatchBill[] = [];
  const { isAnswered = () => true, text } = course;
  for (const [at, raw] of input.entries()) {
    const line = lineOf(raw);
    if (!line) continue;
    const head = { id: `batch_req_${id}_${at}`, custom_id: line.custom_id };
    if (!isAnswered(at)) {
      errors.push(JSON.stringify({ ...head, ...errorOf(status) }));
      continue;
    }
    const answer = answerOf(line.body, text);
    const usage = {
      promptTokens: promptTokensOf(line.body.messages),
      completionTokens: answer.pieces.length,
    };
    billed.push({ batchId: id, customId: line.custom_id, model: line.body.model, ...usage });
    const body = completionOf(line.body, `chatcmpl-${id}-${at}`, answer, usage);
    const response = { status_code: 200, request_id: `req_${at}`, body };
    // In no order that could be relied on.
    outputs.unshift(JSON.stringify({ ...head, response, error: null }));
  }
  return { outputs, errors, billed };
}

function errorOf(status: FakeBatch['status']): object {
  if (status === 'completed') {
    const error = {
      message: 'It echoes the question.',
      type: 'invalid_request_error',
      param: null,
      code: null,
    };
    return { response: { status_code: 400, request_id: 'req_0', body: { error } }, error: null };
  }
  const code = status === 'expired' ? 'batch_expired' : 'batch_cancelled';
  return { response: null, error: { code, message: 'This request could not be executed in time.' } };
}

function lineOf(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}
