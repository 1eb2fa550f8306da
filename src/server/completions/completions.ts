/** `POST /v1/chat/completions`: checked, paid for in advance, forwarded, relayed, settled. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { CallerVariables } from '../access/caller';
import type { Ledger } from '../ledger/ledger';
import type { Log } from '../log';
import { answerPlain } from './answer-plain';
import { answerStream, EVENT_STREAM } from './answer-stream';
import { createCallEnd, type Call } from './call';
import { CompletionError, sendCompletionError } from './completion-error';
import { countPromptTokens, loadTokenizer } from './count-tokens';
import { forwardBodyOf, maxTokensOf } from './forward-body';
import { openHold } from './hold';
import { createReplays, type Claim, type Replays, type Reply } from './idempotency';
import { priceOf, type Pair } from './models-on-offer';
import { readRequest } from './read-request';
import type { ChatRequest } from './request-schema';
import type { Upstream } from './upstream';

export interface CompletionsOptions {
  readonly ledger: Ledger;
  /** This process's memory, where nothing else is said. */
  readonly replays?: Replays;
  readonly upstream: Upstream;
  readonly pair: Pair;
  /** The most tokens of an answer; a request for more is cut to it. */
  readonly maxTokens: number;
  /** Of the prompt; a longer one is refused before it is paid for. */
  readonly maxPromptTokens?: number;
  /** However slowly it goes on, a call ends then. */
  readonly maxCallMs?: number;
  readonly now: () => number;
  /** Unique among all servers that share the ledger. */
  readonly newId: () => string;
  readonly log: Log;
}

/** What gpt-4o reads (https://platform.openai.com/docs/models/gpt-4o). */
const MAX_PROMPT_TOKENS = 128_000;
const MAX_CALL_MS = 600_000;

type FirstClaim = Extract<Claim, { kind: 'first' }>;

export function createCompletions(
  options: CompletionsOptions,
): (c: Context<CallerVariables>) => Promise<Response> {
  const { pair, now } = options;
  const replays = options.replays ?? createReplays({ now });
  // Ahead, so that the first visitor does not wait for it.
  void loadTokenizer();

  return async (c) => {
    try {
      const { request, bytes } = await readRequest(c);
      const price = priceOf(pair, request.model);
      const claim = await replays.claim(c.req.header('idempotency-key'), c.get('caller'), bytes);
      if (claim.kind === 'replay') return replay(c, claim.reply);
      return await answer(c, options, { request, price, claim });
    } catch (error) {
      if (error instanceof CompletionError) return sendCompletionError(c, error.problem);
      throw error;
    }
  };
}

interface Asked {
  readonly request: ChatRequest;
  readonly price: Pair['flagship'];
  readonly claim: FirstClaim;
}

async function answer(
  c: Context<CallerVariables>,
  options: CompletionsOptions,
  { request, price, claim }: Asked,
): Promise<Response> {
  const { upstream, maxTokens: mostTokens } = options;
  const maxTokens = maxTokensOf(request, mostTokens);
  const call = await open(c, options, { request, price, claim }, maxTokens);
  const body = forwardBodyOf(request, price.model, maxTokens);
  const send = () => upstream.send(body, call.end.signal);
  c.header('X-Request-Id', call.id);
  if (!request.stream) return reply(c, await answerPlain(call, send));
  const passesUsage = request.stream_options?.include_usage === true;
  const stream = await answerStream(call, send, passesUsage);
  return c.body(stream, 200, { 'Content-Type': EVENT_STREAM, ...NOT_STORED });
}

/** Counts, and holds the worst that the call can cost: nothing is sent before that. */
async function open(
  c: Context<CallerVariables>,
  options: CompletionsOptions,
  { request, price, claim }: Asked,
  maxTokens: number,
): Promise<Call> {
  const { ledger, log, now, newId, maxPromptTokens = MAX_PROMPT_TOKENS } = options;
  const end = createCallEnd(c.req.raw.signal, options.maxCallMs ?? MAX_CALL_MS);
  try {
    const promptTokens = await countPromptTokens(request, price.model, maxPromptTokens);
    const id = newId();
    const account = c.get('caller');
    const hold = await openHold({
      ledger,
      log,
      now,
      id,
      account,
      price,
      promptTokens,
      maxTokens,
      idempotencyHash: claim.hash,
    });
    return { id, hold, claim, log, end };
  } catch (error) {
    end.dispose();
    await claim.drop();
    throw error;
  }
}

/** Proxies on the way must neither keep an answer nor gather a stream before they pass it on. */
const NOT_STORED = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' };

function replay(c: Context, kept: Reply): Response {
  c.header('X-Request-Id', kept.requestId);
  c.header('Idempotent-Replayed', 'true');
  return reply(c, kept);
}

function reply(c: Context, { status, contentType, body }: Reply): Response {
  const headers = { 'Content-Type': contentType, ...NOT_STORED };
  return c.body(body as Uint8Array<ArrayBuffer>, status as ContentfulStatusCode, headers);
}
