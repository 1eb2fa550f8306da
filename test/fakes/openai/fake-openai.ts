/** A fake OpenAI on a port of its own: the real wire format, every way to fail, and its own books. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { answerOf, type FakeRequest } from './fake-answer';
import type { FakeBehaviour } from './fake-behaviour';
import { createBooks, type FakeBook } from './fake-books';
import { createFakeBatches, type FakeBatches } from './fake-batches';
import * as wire from './fake-chunks';

export interface FakeOpenaiOptions {
  readonly key?: string;
  readonly port?: number;
  /** What it does when nothing is scripted. */
  readonly behaviour?: FakeBehaviour;
  /** What it serves; where absent, whatever is asked for, and its list is empty. */
  readonly models?: readonly FakeModel[];
  /** By which models go; milliseconds since 1970. */
  readonly now?: () => number;
}

export interface FakeModel {
  readonly id: string;
  /** From that UTC day on it is gone: 404, and not in the list. */
  readonly shutdown?: string;
  /** Whether the list tells the day, as OpenAI's does. */
  readonly isDateTold?: boolean;
}

export interface FakeOpenai {
  /** For `OPENAI_BASE_URL`; ends in `/v1`. */
  readonly url: string;
  readonly key: string;
  /** Files and batches, with books of their own. */
  readonly batches: FakeBatches;
  books(): readonly FakeBook[];
  /** Requests, streaming or not, that are not over yet. */
  openStreams(): number;
  /** What the next requests meet, one each, in order; after those, the usual. */
  script(...next: readonly FakeBehaviour[]): void;
  /** What every request meets for which nothing is scripted, from now on. */
  behave(usual: FakeBehaviour): void;
  close(): Promise<void>;
}

export async function startFakeOpenai(options: FakeOpenaiOptions = {}): Promise<FakeOpenai> {
  const key = options.key ?? 'sk-fake-0123456789-never-in-any-answer';
  const ledger = createBooks();
  const batches = createFakeBatches(key);
  const scripted: FakeBehaviour[] = [];
  let usual: FakeBehaviour = options.behaviour ?? { kind: 'answer' };
  let count = 0;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (await batches.answer(request, response)) return;
    const body = await readText(request);
    if (request.method === 'GET' && request.url === '/v1/models') return list(response);
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
      return sendError(response, 404, 'Unknown request URL.', 'unknown_url');
    }
    const asked = JSON.parse(body) as FakeRequest;
    const book = ledger.open(asked);
    response.on('close', () => ledger.close(book, response.writableFinished ? 'done' : 'left'));
    const sent = request.headers.authorization ?? '';
    if (sent !== `Bearer ${key}`) return refuse(response, book, sent);
    if (options.models && !living().some(({ id }) => id === asked.model)) {
      book.status = 404;
      book.end = 'failed';
      const words = `The model \`${asked.model}\` does not exist or you do not have access to it.`;
      return sendError(response, 404, words, 'model_not_found');
    }
    const call: Call = { asked, id: `chatcmpl-${++count}`, book, response, accept: ledger.accept };
    await act(call, scripted.shift() ?? usual, sent);
  }

  function living(): readonly FakeModel[] {
    const today = new Date((options.now ?? Date.now)()).toISOString().slice(0, 10);
    return (options.models ?? []).filter(({ shutdown }) => shutdown === undefined || today < shutdown);
  }

  function list(response: ServerResponse): void {
    const data = living().map(({ id, shutdown, isDateTold }) => ({
      id,
      object: 'model',
      created: 1_715_367_049,
      owned_by: 'system',
      ...(isDateTold ? { shutdown_date: shutdown ?? null } : {}),
    }));
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ object: 'list', data }));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    key,
    batches,
    books: ledger.books,
    openStreams: ledger.openStreams,
    script: (...next) => void scripted.push(...next),
    behave: (next) => void (usual = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Call {
  readonly asked: FakeRequest;
  readonly id: string;
  readonly book: FakeBook;
  readonly response: ServerResponse;
  accept(book: FakeBook, request: FakeRequest): void;
}

async function act(call: Call, behaviour: FakeBehaviour, sentKey: string): Promise<void> {
  const { response, book, asked } = call;
  switch (behaviour.kind) {
    case 'unauthorized':
      return refuse(response, book, sentKey);
    case 'rate-limited': {
      const seconds = behaviour.retryAfterSeconds;
      if (seconds !== undefined) response.setHeader('Retry-After', String(seconds));
      book.status = 429;
      book.end = 'failed';
      return sendError(response, 429, 'Rate limit reached.', 'rate_limit_exceeded');
    }
    case 'status':
      book.status = behaviour.status;
      book.end = 'failed';
      return sendError(response, behaviour.status, JSON.stringify(asked), behaviour.code ?? null);
    case 'hang-up':
      book.end = 'failed';
      return void response.destroy();
    case 'silent':
      return call.accept(book, asked);
    case 'garbage':
      open(call);
      return void response.end(
        asked.stream ? 'data: {"choices": [oops\n\n<html>\n\n' : '<html>not JSON</html>',
      );
    case 'huge':
      open(call);
      return void response.end(`data: {"x":"${'x'.repeat(behaviour.sizeBytes)}"}\n\n`);
    default:
      call.accept(book, asked);
      return asked.stream ? stream(call, behaviour) : answer(call, behaviour);
  }
}

type Answering = Extract<FakeBehaviour, { kind: 'answer' | 'stall' | 'cut' | 'undone' | 'error-event' }>;

function givenText({ messages }: FakeRequest, behaviour: Answering): string | undefined {
  if (behaviour.kind !== 'answer') return undefined;
  const question = messages.at(-1)?.content;
  return behaviour.isEcho && typeof question === 'string' ? question : behaviour.text;
}

async function answer(call: Call, behaviour: Answering): Promise<void> {
  const { response, book, asked, id } = call;
  if (behaviour.kind === 'stall') return open(call).flushHeaders();
  const reply = answerOf(asked, givenText(asked, behaviour));
  const usage = { promptTokens: book.promptTokens, completionTokens: reply.pieces.length };
  const text = JSON.stringify(wire.completionOf(asked, id, reply, usage), null, 2);
  if (behaviour.kind === 'answer') {
    if (!(await passed(behaviour.delayMs, response))) return;
    open(call);
    book.completionTokens = reply.pieces.length;
    return void response.end(text);
  }
  open(call).setHeader('Content-Length', Buffer.byteLength(text));
  // Only once what was written is out: a socket that is destroyed forgets it.
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

async function stream(call: Call, behaviour: Answering): Promise<void> {
  const { response, book, asked, id } = call;
  const reply = answerOf(asked, givenText(asked, behaviour));
  const delayMs = behaviour.kind === 'answer' ? behaviour.delayMs : undefined;
  const last = behaviour.kind === 'answer' ? Infinity : (behaviour.afterChunks ?? 0);
  open(call).flushHeaders();
  if (last > 0) response.write(wire.sseOf(wire.roleChunkOf(asked, id)));
  for (const piece of reply.pieces.slice(0, last)) {
    if (!(await passed(delayMs, response))) return;
    book.completionTokens += 1;
    response.write(wire.sseOf(wire.pieceChunkOf(asked, id, piece)));
  }
  if (behaviour.kind === 'stall') return;
  if (behaviour.kind === 'cut') {
    return void response.write('data: {"id":"half a chu', () => response.destroy());
  }
  if (behaviour.kind === 'undone') return void response.end();
  if (behaviour.kind === 'error-event') {
    return void response.end(`data: ${wire.errorBodyOf(`broke: ${JSON.stringify(asked)}`, null)}\n\n`);
  }
  response.write(wire.sseOf(wire.finishChunkOf(asked, id, reply.finish)));
  if (asked.stream_options?.include_usage) response.write(wire.sseOf(wire.usageChunkOf(asked, id, book)));
  response.end(wire.sseOf('[DONE]'));
}

function open({ response, book, asked, accept }: Call): ServerResponse {
  accept(book, asked);
  book.status = 200;
  response.statusCode = 200;
  return response.setHeader(
    'Content-Type',
    asked.stream ? 'text/event-stream; charset=utf-8' : 'application/json',
  );
}

/** Whether the client was still there after the wait. */
async function passed(delayMs: number | undefined, response: ServerResponse): Promise<boolean> {
  if (delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, delayMs));
  return !response.destroyed;
}

function refuse(response: ServerResponse, book: FakeBook, sent: string): void {
  book.status = 401;
  book.end = 'failed';
  const key = sent.replace('Bearer ', '');
  sendError(response, 401, `Incorrect API key provided: ${key}.`, 'invalid_api_key');
}

function sendError(response: ServerResponse, status: number, message: string, code: string | null): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(wire.errorBodyOf(message, code));
}
