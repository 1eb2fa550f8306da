/** One call under way: what the plain and the streaming answer share. */
import type { BilledUsage } from '../../meter/price';
import type { Log } from '../log';
import { priceOf } from './models-on-offer';
import { errorBodyOf, type CompletionProblem } from './completion-error';
import type { Hold } from './hold';
import type { Claim, Reply } from './idempotency';
import { problemOf, type UpstreamFailure } from './upstream-failure';

export interface Call {
  /** Another one, at another price, where the vendor turned out to have no such model any more. */
  hold: Hold;
  readonly claim: Extract<Claim, { kind: 'first' }>;
  readonly log: Log;
  /** Ends when the client leaves, or the call has taken too long. */
  readonly end: CallEnd;
}

/** Why a call has to end before its time. */
export interface CallEnd {
  readonly signal: AbortSignal;
  /** Whether the client is the reason. */
  hasClientLeft(): boolean;
  /** Whether it is that the server ends. */
  isStopping(): boolean;
  leave(): void;
  /** Removes listeners and timers. */
  dispose(): void;
}

/** Aborts with the client's own signal, with `stopping`, or after `maxMs`. */
export function createCallEnd(client: AbortSignal, maxMs: number, stopping?: AbortSignal): CallEnd {
  const controller = new AbortController();
  let hasLeft = false;
  const leave = (): void => {
    hasLeft = true;
    controller.abort();
  };
  const end = (): void => controller.abort();
  const timer = setTimeout(end, maxMs);
  timer.unref();
  stopping?.addEventListener('abort', end, { once: true });
  if (stopping?.aborted) end();
  if (client.aborted) leave();
  else client.addEventListener('abort', leave, { once: true });
  return {
    signal: controller.signal,
    hasClientLeft: () => hasLeft,
    isStopping: () => stopping?.aborted === true,
    leave,
    dispose() {
      clearTimeout(timer);
      client.removeEventListener('abort', leave);
      stopping?.removeEventListener('abort', end);
    },
  };
}

/** Books a call that the vendor answered to the end. */
export function settleDone(
  { hold }: Call,
  usage: BilledUsage | undefined,
  seenTokens: number,
): Promise<void> {
  return usage ? hold.settle('done', usage) : hold.settleEstimate('done', seenTokens);
}

const STOPPING: CompletionProblem = {
  status: 503,
  code: 'server_stopping',
  message: 'The server is being restarted. Ask again in a moment.',
};

/** Books a call that failed: the hold is given back where the vendor billed nothing; else it is settled with what was seen. */
export async function settleFailed(
  { hold, log, end }: Call,
  failure: UpstreamFailure,
  usage: BilledUsage | undefined,
  seenTokens: number,
): Promise<CompletionProblem> {
  const outcome = end.hasClientLeft() ? 'aborted' : 'incomplete';
  if (failure.billing === 'free') await hold.release();
  else if (usage) await hold.settle(outcome, usage);
  else await hold.settleEstimate(outcome, seenTokens);
  if (outcome === 'aborted') {
    log.debug(`call ${hold.id}: the client left`);
  } else {
    const isOperators = ['auth', 'quota', 'no-model'].includes(failure.kind);
    log[isOperators ? 'error' : 'warn'](`call ${hold.id}: ${problemOf(failure).code}`);
  }
  return end.isStopping() && failure.kind === 'aborted' ? STOPPING : problemOf(failure);
}

/** What a repeat of the request gets: the failure that was paid for, or a new try. */
export async function keepFailure(call: Call, failure: UpstreamFailure): Promise<void> {
  const { claim, end } = call;
  if (failure.billing === 'free' || end.hasClientLeft() || end.isStopping()) return claim.drop();
  const problem = problemOf(failure);
  await claim.keep(
    replyOf(call, problem.status, 'application/json', Buffer.from(JSON.stringify(errorBodyOf(problem)))),
  );
}

export function replyOf(call: Call, status: number, contentType: string, body: Uint8Array): Reply {
  return { requestId: call.hold.id, price: priceTextOf(call), status, contentType, body };
}

/** The price of the model that answers, as JSON: what the page bills by, should another answer than it thought. */
export function priceTextOf({ hold }: Call): string {
  return JSON.stringify(priceOf(hold.model));
}
