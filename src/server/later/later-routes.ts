/** `/api/later`: a question that may be answered within a day, at half the price; asked, looked for, and taken back. */
import type { Context } from 'hono';
import type { CallerVariables } from '../access/caller';
import { laterCostNanoUsdOf } from '../../meter/price';
import { CompletionError, errorBodyOf, sendCompletionError } from '../completions/completion-error';
import { countPromptTokens } from '../completions/count-tokens';
import { forwardBodyOf, maxTokensOf } from '../completions/forward-body';
import { reserveIn } from '../completions/hold';
import { checkKey, hashOf, inFlight, mismatch, replayGone } from '../completions/idempotency';
import { modelOf, priceOf } from '../completions/models-on-offer';
import { readRequest } from '../completions/read-request';
import type { Ledger } from '../ledger/ledger';
import type { Log } from '../log';
import type { Rotation } from '../pairs/rotation';
import { sendProblem } from '../problem';
import type { LaterProblem, Question } from './question';
import type { QuestionStore } from './question-store';

export interface LaterRoutesOptions {
  readonly store: QuestionStore;
  readonly ledger: Ledger;
  readonly rotation: Rotation;
  readonly maxTokens: number;
  readonly maxPromptTokens: number;
  readonly now: () => number;
  /** Unguessable: whoever knows it may have the answer. */
  readonly newId: () => string;
  /** Unique among all servers that share the ledger. */
  readonly newCallId: () => string;
  readonly log: Log;
  /** Called when there may be something to do. */
  readonly onChange: () => void;
}

export interface LaterRoutes {
  readonly ask: (c: Context<CallerVariables>) => Promise<Response>;
  readonly look: (c: Context) => Response;
  /** Takes the question back, or the answer off the server. */
  readonly drop: (c: Context) => Response;
}

const DAY_MS = 86_400_000;
const NOT_STORED = { 'Cache-Control': 'no-store' };

const PROBLEMS: Readonly<Record<LaterProblem, string>> = {
  later_expired: 'The model’s vendor did not get to this question within a day.',
  later_cancelled: 'This question was cancelled before it was answered.',
  later_failed: 'The model’s vendor refused the batch that this question was in.',
  later_lost: 'The model’s vendor knows nothing of this question any more.',
  later_not_sent: 'The model’s vendor could not be reached for a day.',
  upstream_rejected: 'The model’s vendor refused this question.',
  upstream_failed: 'The model’s vendor failed at this question.',
  upstream_invalid: 'The model’s vendor sent what is no answer.',
};

export function createLaterRoutes(options: LaterRoutesOptions): LaterRoutes {
  const { store, rotation, now, log, onChange } = options;
  /** Held already, and not yet in the store. */
  const asking = new Set<string>();

  async function ask(c: Context<CallerVariables>): Promise<Response> {
    const { request, bytes } = await readRequest(c);
    const model = modelOf(rotation, request.model);
    const price = priceOf(model);
    const key = c.req.header('idempotency-key');
    if (key !== undefined) checkKey(key);
    const { visitor, site } = c.get('caller');
    const maxTokens = maxTokensOf(request, options.maxTokens);
    const body = forwardBodyOf({ ...request, stream: undefined }, model, maxTokens);
    const most = Math.min(options.maxPromptTokens, model.contextTokens - maxTokens);
    const promptTokens = await countPromptTokens(request, price.model, most);
    const costOf = (completionTokens: number) =>
      laterCostNanoUsdOf(price, { promptTokens, cachedTokens: 0, completionTokens });
    const callId = options.newCallId();
    const bodyHash = hashOf(bytes);
    asking.add(callId);
    try {
      const reserved = await reserveIn(options, {
        id: callId,
        visitor,
        site,
        model: price.model,
        promptTokens,
        worstNanoUsd: costOf(maxTokens),
        promptNanoUsd: costOf(0),
        priceAsOf: price.asOf,
        isLater: true,
        ...(key === undefined ? {} : { idempotencyHash: hashOf('later', visitor, site, key) }),
      });
      if (reserved.kind === 'repeated') return repeat(c, reserved.id, bodyHash);
      const id = options.newId();
      const askedAtMs = Math.trunc(now());
      await keep({ id, callId, bodyHash, price, promptTokens, maxTokens, body, askedAtMs });
      onChange();
      return c.json(bodyOf(store.find(id) as Question), 202, { ...NOT_STORED, Location: `/api/later/${id}` });
    } finally {
      asking.delete(callId);
    }
  }

  async function keep(question: Parameters<QuestionStore['add']>[0]): Promise<void> {
    try {
      store.add(question);
    } catch (error) {
      log.error(`call ${question.callId} was not kept for later: ${String(error)}`);
      // What cannot be given back now is at the next start.
      await options.ledger.release(question.callId).catch(() => undefined);
      throw new CompletionError({
        status: 503,
        code: 'later_unavailable',
        message: 'The server cannot keep the question until it is answered. Its operator has to look.',
      });
    }
  }

  function repeat(c: Context, callId: string, bodyHash: string): Response {
    const question = store.findCall(callId);
    if (!question) throw asking.has(callId) ? inFlight() : replayGone();
    if (question.bodyHash !== bodyHash) throw mismatch();
    c.header('Idempotent-Replayed', 'true');
    return c.json(bodyOf(question), 202, NOT_STORED);
  }

  return {
    async ask(c) {
      try {
        return await ask(c);
      } catch (error) {
        if (error instanceof CompletionError) return sendCompletionError(c, error.problem);
        throw error;
      }
    },
    look(c) {
      const question = store.find(c.req.param('id') ?? '');
      return question ? c.json(bodyOf(question), 200, NOT_STORED) : sendProblem(c, 'not_found');
    },
    drop(c) {
      const id = c.req.param('id') ?? '';
      const state = store.drop(id, Math.trunc(now()));
      if (state === undefined) return sendProblem(c, 'not_found');
      onChange();
      return c.json({ id, object: 'later', deleted: true, was: state }, 200, NOT_STORED);
    },
  };
}

function bodyOf(question: Question): object {
  const { id, state, price, askedAtMs, answer, problem, costNanoUsd, isEstimated } = question;
  return {
    id,
    object: 'later',
    status: state,
    created_at: Math.floor(askedAtMs / 1_000),
    answer_by: Math.ceil((askedAtMs + DAY_MS) / 1_000),
    model: price.model,
    price_as_of: price.asOf,
    cost_nano_usd: state === 'waiting' ? null : costNanoUsd,
    is_estimated: isEstimated,
    completion: answer === undefined ? null : (JSON.parse(answer) as object),
    ...(problem === undefined
      ? { error: null }
      : errorBodyOf({ status: 502, code: problem, message: PROBLEMS[problem] })),
  };
}
