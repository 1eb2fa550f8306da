/** Facts about how a client is told what is wrong: OpenAI's shape for programs, a page for people. */
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { sendProblem, type ProblemCode, type ProblemDetails } from '../../../src/server/problem';

async function told(path: string, code: ProblemCode, details?: ProblemDetails): Promise<Response> {
  const app = new Hono();
  app.get('*', (c) => sendProblem(c, code, details));
  return app.request(path);
}

test('a program gets OpenAI’s error shape, and nothing keeps it', async () => {
  const response = await told('/v1/chat/completions', 'unauthorized');
  expect(response.status).toBe(401);
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.json()).toEqual({
    error: {
      message: expect.stringContaining('Authorization: Bearer') as unknown,
      type: 'authentication_error',
      code: 'unauthorized',
      param: null,
    },
  });
});

test('the seconds to wait are in the header and in the message', async () => {
  const response = await told('/v1/x', 'rate_limited', { retryAfterS: 17 });
  expect([response.status, response.headers.get('retry-after')]).toEqual([429, '17']);
  expect(await response.text()).toContain('Ask again in 17 s.');
});

test('where there is nothing to wait for, no header says so', async () => {
  expect((await told('/v1/x', 'rate_limited')).headers.has('retry-after')).toBe(false);
});

test('a message and a field’s path can be given, and what goes beside the error cannot replace it', async () => {
  const details = { message: 'No such day.', param: 'day', beside: { challenge: 'c', error: 'mine' } };
  expect(await (await told('/api/spend', 'not_found', details)).json()).toEqual({
    challenge: 'c',
    error: { message: 'No such day.', type: 'invalid_request_error', code: 'not_found', param: 'day' },
  });
});

test('a person gets a page, in which a message is text and no markup', async () => {
  const response = await told('/nowhere', 'not_found', { message: 'No <script>alert(1)</script> & co.' });
  expect(response.headers.get('content-type')).toContain('text/html');
  const page = await response.text();
  expect(page).not.toContain('<script');
  expect(page).toContain('<h1>No &lt;script>alert(1)&lt;/script> &amp; co.</h1>');
});
