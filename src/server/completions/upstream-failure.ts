/** What went wrong with the vendor: whether it may be billed, whether to try again, and what the client is told. */
import type { CompletionProblem } from './completion-error';

export type FailureKind =
  /** The client left, or the call was given up here. */
  | 'aborted'
  /** No connection, or it was closed before any answer. */
  | 'unreachable'
  | 'timeout'
  /** The response broke off. */
  | 'incomplete'
  | 'too-large'
  /** What came is not OpenAI's format. */
  | 'invalid'
  | 'auth'
  | 'rate-limited'
  | 'quota'
  | 'failed'
  | 'rejected'
  | 'no-model'
  /** Not asked: it kept failing a moment ago. */
  | 'circuit-open';

/** `free`: the vendor billed nothing. `billed`: it had the prompt, and may have begun. */
export type Billing = 'free' | 'billed';

export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure';
  readonly kind: FailureKind;
  readonly billing: Billing;
  /** What the vendor's Retry-After said. */
  readonly retryAfterSeconds: number | undefined;
  /** An error code of OpenAI's that is safe to pass on. */
  readonly upstreamCode: string | undefined;

  constructor(kind: FailureKind, billing: Billing, detail: { seconds?: number; code?: string } = {}) {
    super(kind);
    this.kind = kind;
    this.billing = billing;
    this.retryAfterSeconds = detail.seconds;
    this.upstreamCode = detail.code;
  }
}

const MAX_RETRIES = 2;
const MAX_WAIT_SECONDS = 5;

/** OpenAI's codes that tell a client what to change in its request; none of them is free text. */
const CODES_PASSED_ON = new Set([
  'content_filter',
  'content_policy_violation',
  'context_length_exceeded',
  'image_parse_error',
  'invalid_image',
  'invalid_image_format',
  'unsupported_parameter',
  'unsupported_value',
]);

/** Said with 400 instead of 404: OpenAI's own code, and what Mistral says (`"type":"invalid_model","code":"1500"`). */
const MODEL_GONE = new Set(['model_not_found', 'invalid_model', '1500']);

const PROBLEMS: Readonly<Record<FailureKind, CompletionProblem>> = {
  aborted: { status: 504, code: 'upstream_timeout', message: 'The model took too long; the call was ended.' },
  unreachable: {
    status: 502,
    code: 'upstream_unreachable',
    message: 'The model’s vendor cannot be reached.',
  },
  timeout: { status: 504, code: 'upstream_timeout', message: 'The model’s vendor stopped answering.' },
  incomplete: { status: 502, code: 'upstream_incomplete', message: 'The answer broke off before its end.' },
  'too-large': { status: 502, code: 'upstream_too_large', message: 'The answer is larger than is relayed.' },
  invalid: { status: 502, code: 'upstream_invalid', message: 'The model’s vendor sent what is no answer.' },
  auth: {
    status: 502,
    code: 'upstream_auth',
    message: 'The model’s vendor does not accept this server. Its operator has to look.',
  },
  'rate-limited': {
    status: 429,
    code: 'upstream_rate_limited',
    message: 'The model’s vendor takes no more requests for now.',
  },
  quota: {
    status: 503,
    code: 'upstream_quota',
    message: 'This server’s account at the model’s vendor is used up. Its operator has to look.',
  },
  failed: {
    status: 502,
    code: 'upstream_failed',
    message: 'The model’s vendor failed while it was answering.',
  },
  rejected: { status: 400, code: 'upstream_rejected', message: 'The model’s vendor refused this request.' },
  'no-model': {
    status: 503,
    code: 'model_retired',
    message: 'The model’s vendor has taken it away. The operator has to choose another.',
  },
  'circuit-open': {
    status: 503,
    code: 'upstream_circuit_open',
    message: 'The model’s vendor keeps failing, so it is not asked for a while.',
  },
};

export function problemOf({ kind, retryAfterSeconds, upstreamCode }: UpstreamFailure): CompletionProblem {
  const problem = PROBLEMS[kind];
  if (retryAfterSeconds !== undefined) {
    const again = kind === 'rate-limited' ? 'It does again' : 'Ask again';
    const message = `${problem.message} ${again} in ${retryAfterSeconds} s.`;
    return { ...problem, message, retryAfterSeconds };
  }
  return upstreamCode === undefined ? problem : { ...problem, code: upstreamCode };
}

export function problemOfStatus(
  status: number,
  code: string | undefined,
  retryAfter: string,
): UpstreamFailure {
  if (status === 401 || status === 403) return new UpstreamFailure('auth', 'free');
  if (status === 404 || status === 410) return new UpstreamFailure('no-model', 'free');
  if (status === 429) {
    if (code === 'insufficient_quota') return new UpstreamFailure('quota', 'free');
    const seconds = secondsOf(retryAfter);
    return new UpstreamFailure('rate-limited', 'free', seconds === undefined ? {} : { seconds });
  }
  if (status === 400 && code !== undefined && MODEL_GONE.has(code)) {
    return new UpstreamFailure('no-model', 'free');
  }
  if ([400, 413, 415, 422].includes(status)) {
    return new UpstreamFailure('rejected', 'free', code && CODES_PASSED_ON.has(code) ? { code } : {});
  }
  return new UpstreamFailure('failed', 'free');
}

/** What undici threw. Where the response had begun, or we gave up waiting for it, the prompt may be billed. */
export function failureOf(
  error: unknown,
  signal: AbortSignal,
  when: 'unanswered' | 'answering',
): UpstreamFailure {
  if (error instanceof UpstreamFailure) return error;
  if (signal.aborted) return new UpstreamFailure('aborted', 'billed');
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_HEADERS_TIMEOUT') {
    return new UpstreamFailure('timeout', 'billed');
  }
  return when === 'answering'
    ? new UpstreamFailure('incomplete', 'billed')
    : new UpstreamFailure('unreachable', 'free');
}

/** Milliseconds to wait before another try, or undefined for none; `failures` came before this one. */
export function retryOf(
  { kind, retryAfterSeconds }: UpstreamFailure,
  failures: number,
  baseMs: number,
  random: () => number,
): number | undefined {
  const backOffMs = baseMs * 2 ** failures * (0.5 + random());
  if (kind === 'rate-limited') {
    if (failures > 0 || (retryAfterSeconds ?? 0) > MAX_WAIT_SECONDS) return undefined;
    // The jitter comes on top: not before the vendor's own time, and not all at once.
    return (retryAfterSeconds ?? 1) * 1_000 + random() * baseMs;
  }
  return (kind === 'failed' || kind === 'unreachable') && failures < MAX_RETRIES ? backOffMs : undefined;
}

/** OpenAI sends seconds; a date would need the vendor’s clock. */
function secondsOf(retryAfter: string): number | undefined {
  if (/^\d{1,9}(\.\d+)?$/.test(retryAfter)) return Math.ceil(Number(retryAfter));
  return undefined;
}
