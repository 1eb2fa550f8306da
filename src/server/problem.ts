/** What a client is told when its request cannot be answered: OpenAI's error shape for programs, a page for people. */
import type { Context } from 'hono';

interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 428 | 429 | 500 | 503;
  readonly type: 'invalid_request_error' | 'authentication_error' | 'rate_limit_error' | 'server_error';
  readonly message: string;
}

/** By `code`, as clients see it. */
const PROBLEMS = {
  not_found: { status: 404, type: 'invalid_request_error', message: 'There is nothing at this address.' },
  method_not_allowed: {
    status: 405,
    type: 'invalid_request_error',
    message: 'This address does not take that method.',
  },
  unauthorized: {
    status: 401,
    type: 'authentication_error',
    message: 'This needs “Authorization: Bearer …” with a token that is known here.',
  },
  origin_not_allowed: {
    status: 403,
    type: 'authentication_error',
    message: 'Pages on this origin may not ask here. Its operator can name it in ALLOWED_ORIGINS.',
  },
  token_expired: {
    status: 403,
    type: 'authentication_error',
    message: 'The token has expired. POST /api/session gives a new one.',
  },
  token_invalid: {
    status: 403,
    type: 'authentication_error',
    message: 'The token is not one of this server’s. POST /api/session gives a new one.',
  },
  token_elsewhere: {
    status: 403,
    type: 'authentication_error',
    message: 'The token was given to another page or address. POST /api/session gives a new one.',
  },
  body_too_large: { status: 413, type: 'invalid_request_error', message: 'The request is too large.' },
  proof_of_work_required: {
    status: 428,
    type: 'invalid_request_error',
    message: 'Many visitors are here. Solve the challenge and ask again.',
  },
  rate_limited: {
    status: 429,
    type: 'rate_limit_error',
    message: 'Too many requests.',
  },
  invalid_caps: {
    status: 400,
    type: 'invalid_request_error',
    message: 'Caps are three whole amounts of nano-dollars: day, site and visitor.',
  },
  invalid_counts: {
    status: 400,
    type: 'invalid_request_error',
    message: 'Counts are two whole numbers up to 100: device and cloud.',
  },
  caps_not_kept: {
    status: 503,
    type: 'server_error',
    message: 'The caps could not be written, so they stay as they were. The server’s log says more.',
  },
  ledger_unavailable: {
    status: 503,
    type: 'server_error',
    message: 'The server cannot reach its books, so it spends nothing. Its operator has to look.',
  },
  internal_error: {
    status: 500,
    type: 'server_error',
    message: 'The server failed while it was answering. Its log says more.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;

export interface ProblemDetails {
  /** Instead of the code's own. */
  readonly message?: string;
  /** The path of the field that is wrong. */
  readonly param?: string;
  /** Whole seconds after which it is worth asking again; the message says them too. */
  readonly retryAfterS?: number;
  /** What the client needs to go on; in the JSON, beside `error`. */
  readonly beside?: object;
}

/** JSON under /api and /v1, where programs ask; elsewhere a small page that says the same. */
export function sendProblem(c: Context, code: ProblemCode, details: ProblemDetails = {}): Response {
  const { status, type, message: usual } = PROBLEMS[code];
  const { message: plain = usual, param = null, retryAfterS, beside } = details;
  const message = retryAfterS === undefined ? plain : `${plain} Ask again in ${retryAfterS} s.`;
  if (retryAfterS !== undefined) c.header('Retry-After', String(retryAfterS));
  c.header('Cache-Control', 'no-store');
  c.set('refusal', code);
  if (/^\/(api|v1)(\/|$)/.test(c.req.path)) {
    return c.json({ ...beside, error: { message, type, code, param } }, status);
  }
  return c.html(pageOf(status, message), status);
}

function pageOf(status: number, text: string): string {
  const message = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${status}: ${message}</title>
<h1>${message}</h1>
<p><a href="/">To the chat</a></p>
</html>
`;
}
