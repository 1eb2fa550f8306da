/** The upstream of the bench: OpenAI's wire format at no cost of its own, each streamed chunk carrying the time it was sent. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const CHUNKS = 200;
const CHUNK_EVERY_MS = 5;
const HEAD = { id: 'chatcmpl-bench', created: 1_800_000_000, model: 'gpt-4o' };
const USAGE = { prompt_tokens: 12, completion_tokens: CHUNKS, total_tokens: 12 + CHUNKS };
const PLAIN = JSON.stringify({
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 2, total_tokens: 14 },
});

const eventOf = (delta: object, finish: string | null) =>
  `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const END = `${eventOf({}, 'stop')}data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`;

const server = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    if (!body.includes('"stream":true')) {
      response.setHeader('Content-Type', 'application/json').end(PLAIN);
      return;
    }
    response.setHeader('Content-Type', 'text/event-stream');
    let sent = 0;
    const timer = setInterval(() => {
      response.write(eventOf({ content: String(performance.timeOrigin + performance.now()) }, null));
      if (++sent < CHUNKS) return;
      clearInterval(timer);
      response.end(END);
    }, CHUNK_EVERY_MS);
    response.on('close', () => clearInterval(timer));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`port ${(server.address() as AddressInfo).port}`));
