/** Why a completion was refused or failed, in OpenAI's error shape, with no word of the message or of the upstream in it. */
import type { Context } from 'hono';

export interface CompletionProblem {
  readonly status: 400 | 409 | 413 | 429 | 502 | 503 | 504;
  readonly code: string;
  readonly message: string;
  /** The path of the field that is wrong. */
  readonly param?: string;
  /** Whole seconds after which it is worth asking again. */
  readonly retryAfterSeconds?: number;
}

export class CompletionError extends Error {
  override readonly name = 'CompletionError';
  readonly problem: CompletionProblem;

  constructor(problem: CompletionProblem, options?: ErrorOptions) {
    super(problem.message, options);
    this.problem = problem;
  }
}

/** A request that its sender has to change. */
export function invalid(code: string, message: string, param?: string): CompletionError {
  return new CompletionError({ status: 400, code, message, ...(param === undefined ? {} : { param }) });
}

/** Where the store is away, full or damaged. */
export function ledgerUnavailable(): CompletionError {
  return new CompletionError({
    status: 503,
    code: 'ledger_unavailable',
    message: 'The server cannot write its books, so it spends nothing. Its operator has to look.',
  });
}

export function sendCompletionError(c: Context, problem: CompletionProblem): Response {
  c.header('Cache-Control', 'no-store');
  c.set('refusal', problem.code);
  const seconds = problem.retryAfterSeconds;
  if (seconds !== undefined) c.header('Retry-After', String(seconds));
  // OpenAI's own clients try again by themselves. What is worth trying was tried here; a budget does not come back so soon.
  if (problem.code !== 'idempotency_in_flight') c.header('X-Should-Retry', 'false');
  return c.json(errorBodyOf(problem), problem.status);
}

export function errorBodyOf({ status, code, message, param }: CompletionProblem): object {
  return { error: { message, type: typeOf(status), code, param: param ?? null } };
}

function typeOf(status: CompletionProblem['status']): string {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}
