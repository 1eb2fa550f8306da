/** What a client is told when its request cannot be answered: OpenAI's error shape for programs, a page for people. */
import type { Context } from 'hono';

interface Problem {
  readonly status: 404 | 405 | 500;
  readonly type: 'invalid_request_error' | 'server_error';
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
  internal_error: {
    status: 500,
    type: 'server_error',
    message: 'The server failed while it was answering. Its log says more.',
  },
} as const satisfies Record<string, Problem>;

export type ProblemCode = keyof typeof PROBLEMS;

/** JSON under /api and /v1, where programs ask; elsewhere a small page that says the same. */
export function sendProblem(c: Context, code: ProblemCode): Response {
  const { status, type, message } = PROBLEMS[code];
  c.header('Cache-Control', 'no-store');
  if (/^\/(api|v1)(\/|$)/.test(c.req.path)) {
    return c.json({ error: { message, type, code, param: null } }, status);
  }
  return c.html(pageOf(status, message), status);
}

function pageOf(status: number, message: string): string {
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
