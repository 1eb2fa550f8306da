/** The money of one call: held before it is made, settled or given back once. */
import { costNanoUsdOf, type BilledUsage } from '../../meter/price';
import type { ModelFacts } from '../pairs/model-facts';
import type { Account, Ledger, Outcome, Reserved, ReserveRequest } from '../ledger/ledger';
import type { Log } from '../log';
import type { Observer } from '../observer';
import { CompletionError, ledgerUnavailable } from './completion-error';
import { replayGone } from './idempotency';

export interface HoldOptions {
  readonly ledger: Ledger;
  readonly log: Log;
  readonly now: () => number;
  readonly id: string;
  readonly account: Account;
  readonly model: ModelFacts;
  /** An upper estimate. */
  readonly promptTokens: number;
  /** The most the answer can have. */
  readonly maxTokens: number;
  readonly idempotencyHash: string | undefined;
  readonly observer?: Observer | undefined;
}

/** The first of all these calls counts, the others do nothing; none of them fails. */
export interface Hold {
  readonly id: string;
  /** At whose price it is. */
  readonly model: ModelFacts;
  /** With what the vendor says it billed. */
  settle(outcome: Outcome, usage: BilledUsage): Promise<void>;
  /** Without: the prompt, and the tokens of the answer that were seen. */
  settleEstimate(outcome: Outcome, completionTokens: number): Promise<void>;
  release(): Promise<void>;
  /** A stream has begun. */
  noteFirstChunk(): void;
}

/** Throws `CompletionError` where the budget does not hold the worst case, or the ledger cannot be written. */
export async function openHold(options: HoldOptions): Promise<Hold> {
  const { ledger, log, now, id, account, model, promptTokens, maxTokens, idempotencyHash, observer } =
    options;
  const startedMs = now();
  const prompt = { promptTokens, cachedTokens: 0, completionTokens: 0 };
  const entry: ReserveRequest = {
    id,
    visitor: account.visitor,
    site: account.site,
    model: model.model,
    promptTokens,
    worstNanoUsd: costNanoUsdOf(model, { ...prompt, completionTokens: maxTokens }),
    promptNanoUsd: costNanoUsdOf(model, prompt),
    priceAsOf: model.asOf,
    ...(idempotencyHash === undefined ? {} : { idempotencyHash }),
  };
  if ((await reserveIn(options, entry)).kind === 'repeated') throw replayGone();

  observer?.held();
  let firstChunkMs: number | undefined;
  const observe = (outcome: Outcome | 'released', usage: BilledUsage) =>
    observer?.called({
      model: model.model,
      outcome,
      usage,
      costNanoUsd: outcome === 'released' ? 0 : costNanoUsdOf(model, usage),
      durationMs: now() - startedMs,
      firstChunkMs,
    });
  let state: 'held' | 'closed' = 'held';
  async function close(
    outcome: Outcome | 'released',
    usage: BilledUsage,
    write: () => Promise<void>,
  ): Promise<void> {
    if (state === 'closed') return;
    state = 'closed';
    observe(outcome, usage);
    try {
      await write();
    } catch (error) {
      // The answer is there and paid for: it is not withheld. The hold stays, and counts, until the store takes it or a sweep does.
      log.error(`call ${id} stays on hold: the ledger failed: ${nameOf(error)}`);
    }
  }
  const settle = (outcome: Outcome, usage: BilledUsage, isEstimated: boolean) =>
    close(outcome, usage, () => {
      const costNanoUsd = costNanoUsdOf(model, usage);
      return ledger.settle(id, { outcome, isEstimated, ...usage, costNanoUsd, latencyMs: now() - startedMs });
    });
  return {
    id,
    model,
    settle: (outcome, usage) => settle(outcome, usage, false),
    settleEstimate: (outcome, completionTokens) =>
      settle(outcome, { ...prompt, completionTokens: Math.min(completionTokens, maxTokens) }, true),
    release: () => close('released', prompt, () => ledger.release(id)),
    noteFirstChunk: () => void (firstChunkMs ??= now() - startedMs),
  };
}

/** Throws `CompletionError` where the budget does not hold the entry, or the ledger cannot be written. */
export async function reserveIn(
  { ledger, log, now }: Pick<HoldOptions, 'ledger' | 'log' | 'now'>,
  entry: ReserveRequest,
): Promise<Exclude<Reserved, { kind: 'exhausted' }>> {
  let reserved: Reserved;
  try {
    reserved = await ledger.reserve(entry);
  } catch (error) {
    log.error(`call ${entry.id} was not made: the ledger failed: ${nameOf(error)}`);
    throw ledgerUnavailable();
  }
  if (reserved.kind === 'exhausted') throw exhausted(reserved.cap, reserved.opensAtMs, now());
  return reserved;
}

const WHOSE = { day: 'This server’s', site: 'This site’s', visitor: 'Your' } as const;

function exhausted(cap: keyof typeof WHOSE, opensAtMs: number, nowMs: number): CompletionError {
  return new CompletionError({
    status: 429,
    code: 'budget_exhausted',
    message: `${WHOSE[cap]} budget for today does not cover this request. It opens again at ${new Date(opensAtMs).toISOString()}.`,
    retryAfterSeconds: Math.max(1, Math.ceil((opensAtMs - nowMs) / 1_000)),
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown';
}
