/** `POST /v1/chat/completions`: checked, paid for in advance, forwarded, relayed, settled. */
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { PRICE_HEADER } from '../../kernel/wire';
import type { CallerVariables } from '../access/caller';
import type { Ledger } from '../ledger/ledger';
import type { Log } from '../log';
import type { Observer } from '../observer';
import type { ModelFacts } from '../pairs/model-facts';
import type { Rotation } from '../pairs/rotation';
import { answerPlain } from './answer-plain';
import { answerStream, EVENT_STREAM } from './answer-stream';
import { createCallEnd, priceTextOf, type Call } from './call';
import { CompletionError, sendCompletionError } from './completion-error';
import { countPromptTokens, loadTokenizer } from './count-tokens';
import { forwardBodyOf, maxTokensOf } from './forward-body';
import { openHold, type Hold } from './hold';
import { createReplays, type Claim, type Replays, type Reply } from './idempotency';
import { modelOf } from './models-on-offer';
import { readRequest } from './read-request';
import type { ChatRequest } from './request-schema';
import { sendFollowing } from './send-following';
import type { Upstream } from './upstream';

export interface CompletionsOptions {
  readonly ledger: Ledger;
  /** This process's memory, where nothing else is said. */
  readonly replays?: Replays;
  readonly upstream: Upstream;
  readonly rotation: Rotation;
  /** The most tokens of an answer; a request for more is cut to it. */
  readonly maxTokens: number;
  /** Of the prompt; a longer one is refused before it is paid for. */
  readonly maxPromptTokens?: number;
  /** However slowly it goes on, a call ends then. */
  readonly maxCallMs?: number;
  /** Aborts when the server ends: whoever is still waiting then is told. */
  readonly stopping?: AbortSignal;
  readonly observer?: Observer;
  readonly now: () => number;
  /** Unique among all servers that share the ledger. */
  readonly newId: () => string;
  readonly log: Log;
}

/** However much a model reads: where vendors ask more for long prompts, it is beyond this. */
const MAX_PROMPT_TOKENS = 128_000;
const MAX_CALL_MS = 600_000;

type FirstClaim = Extract<Claim, { kind: 'first' }>;

export function createCompletions(
  options: CompletionsOptions,
): (c: Context<CallerVariables>) => Promise<Response> {
  const { rotation, now } = options;
  const replays = options.replays ?? createReplays({ now });
  // Ahead, so that the first visitor does not wait for it.
  void loadTokenizer();

  return async (c) => {
    try {
      const { request, bytes } = await readRequest(c);
      const model = modelOf(rotation, request.model);
      const claim = await replays.claim(c.req.header('idempotency-key'), c.get('caller'), bytes);
      if (claim.kind === 'replay') return replay(c, claim.reply);
      return await answer(c, options, { request, model, claim });
    } catch (error) {
      if (error instanceof CompletionError) return sendCompletionError(c, error.problem);
      throw error;
    }
  };
}

interface Asked {
  readonly request: ChatRequest;
  readonly model: ModelFacts;
  readonly claim: FirstClaim;
}

async function answer(
  c: Context<CallerVariables>,
  options: CompletionsOptions,
  asked: Asked,
): Promise<Response> {
  const { upstream, rotation, maxTokens: mostTokens } = options;
  const { request } = asked;
  const maxTokens = maxTokensOf(request, mostTokens);
  const holdFor = (model: ModelFacts) => hold(c, options, { ...asked, model }, maxTokens);
  const call = await open(c, options, asked, maxTokens, holdFor);
  const send = () => sendFollowing(call, { upstream, rotation, request, maxTokens, holdFor });
  c.header('X-Request-Id', call.hold.id);
  if (!request.stream) {
    const answered = await answerPlain(call, send);
    c.header('X-Request-Id', answered.requestId);
    return reply(c, answered);
  }
  const passesUsage = request.stream_options?.include_usage === true;
  const stream = await answerStream(call, send, passesUsage);
  c.header('X-Request-Id', call.hold.id);
  c.header(PRICE_HEADER, priceTextOf(call));
  return c.body(stream, 200, { 'Content-Type': EVENT_STREAM, ...NOT_STORED });
}

async function open(
  c: Context<CallerVariables>,
  options: CompletionsOptions,
  { request, model, claim }: Asked,
  maxTokens: number,
  holdFor: (model: ModelFacts) => Promise<Hold>,
): Promise<Call> {
  const end = createCallEnd(c.req.raw.signal, options.maxCallMs ?? MAX_CALL_MS, options.stopping);
  try {
    // What the model does not take is refused before anything is held.
    forwardBodyOf(request, model, maxTokens);
    return { hold: await holdFor(model), claim, log: options.log, end };
  } catch (error) {
    end.dispose();
    await claim.drop();
    throw error;
  }
}

/** Counts, and holds the worst that the call can cost: nothing is sent before that. */
async function hold(
  c: Context<CallerVariables>,
  { ledger, log, now, newId, observer, maxPromptTokens = MAX_PROMPT_TOKENS }: CompletionsOptions,
  { request, model, claim }: Asked,
  maxTokens: number,
): Promise<Hold> {
  const most = Math.min(maxPromptTokens, model.contextTokens - maxTokens);
  const promptTokens = await countPromptTokens(request, model.model, most);
  return openHold({
    ledger,
    log,
    now,
    id: newId(),
    account: c.get('caller'),
    model,
    promptTokens,
    maxTokens,
    idempotencyHash: claim.hash,
    observer,
  });
}

/** Proxies on the way must neither keep an answer nor gather a stream before they pass it on. */
const NOT_STORED = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' };

function replay(c: Context, kept: Reply): Response {
  c.header('X-Request-Id', kept.requestId);
  c.header('Idempotent-Replayed', 'true');
  return reply(c, kept);
}

function reply(c: Context, { status, contentType, body, price }: Reply): Response {
  c.header(PRICE_HEADER, price);
  const headers = { 'Content-Type': contentType, ...NOT_STORED };
  return c.body(body as Uint8Array<ArrayBuffer>, status as ContentfulStatusCode, headers);
}
