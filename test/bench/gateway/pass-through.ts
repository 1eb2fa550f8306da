/** The least that a gateway on the same libraries can do: hono and undici, no key check, no ledger, no limits. */
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Agent, request } from 'undici';

const upstream = process.env['UPSTREAM'] ?? '';
const dispatcher = new Agent({ connections: 256 });
const app = new Hono();
app.post('/v1/chat/completions', async (c) => {
  const answer = await request(`${upstream}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
    body: await c.req.text(),
    dispatcher,
    signal: c.req.raw.signal,
  });
  return new Response(Readable.toWeb(answer.body) as ReadableStream, {
    headers: { 'content-type': String(answer.headers['content-type']) },
  });
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`port ${port}`));
