/** What has to be done about questions that wait, and when next: gathering, batches, the ledger, and forgetting what was kept long enough. */
import type { Ledger } from '../ledger/ledger';
import { createBatchSteps, type BatchStepsOptions } from './batch-steps';

export interface LaterWorkOptions extends BatchStepsOptions {
  readonly ledger: Ledger;
  /** So long the first question of a batch waits for others. */
  readonly gatherMs: number;
  readonly newBatchId: () => string;
}

export interface LaterWork {
  /** At start, before anything is asked: gives back what was held for questions that were never kept. Gives how many. */
  recover(): Promise<number>;
  /** Does whatever is due. Gives when something will be, in milliseconds since 1970. */
  step(): Promise<number>;
}

/** An answer that nobody takes is kept so long. */
const KEPT_DAYS = 7;
const KEPT_MS = KEPT_DAYS * 86_400_000;
/** OpenAI takes 50,000 questions and 200 MB; an answer should not wait for so many others. */
const MAX_QUESTIONS = 500;
const MAX_BYTES = 33_554_432;
const IDLE_MS = 3_600_000;
const LEDGER_RETRY_MS = 5_000;

export function createLaterWork(options: LaterWorkOptions): LaterWork {
  const { store, ledger, log, now, gatherMs, newBatchId } = options;
  const stepOf = createBatchSteps(options);

  /** One batch for each model: the vendor wants it so. Gives when the next one is due. */
  function gather(): number {
    let nextMs = Infinity;
    for (const alike of groupsOf(store.ungathered())) {
      for (let rest = alike; rest[0];) {
        const group = fitting(rest);
        const dueMs = rest[0].askedAtMs + gatherMs;
        if (dueMs > now() && group.length === rest.length) {
          nextMs = Math.min(nextMs, dueMs);
          break;
        }
        store.gather(
          newBatchId(),
          group.map(({ callId }) => callId),
          now(),
        );
        rest = rest.slice(group.length);
      }
    }
    return nextMs;
  }

  /** Tells the ledger what came of holds. Gives when to try again what it would not hear. */
  async function settle(): Promise<number> {
    for (const { callId, settlement } of store.due()) {
      try {
        await (settlement ? ledger.settle(callId, settlement) : ledger.release(callId));
      } catch (error) {
        log.error(`call ${callId} stays on hold: the ledger failed: ${String(error)}`);
        return now() + LEDGER_RETRY_MS;
      }
      store.closeMoney(callId);
    }
    return Infinity;
  }

  return {
    async recover() {
      const known = store.openCalls();
      const orphans = (await ledger.heldForLater()).filter((id) => !known.has(id));
      for (const id of orphans) await ledger.release(id);
      return orphans.length;
    },
    async step() {
      const gatherAtMs = gather();
      for (const batch of store.batches()) if (batch.dueAtMs <= now()) await stepOf(batch);
      const settleAtMs = await settle();
      store.forgetBefore(now() - KEPT_MS);
      const dueAtMs = store.batches().map((batch) => batch.dueAtMs);
      return Math.min(gatherAtMs, settleAtMs, now() + IDLE_MS, ...dueAtMs);
    },
  };
}

function groupsOf<Item extends { readonly model: string }>(questions: readonly Item[]): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const question of questions) {
    const group = groups.get(question.model);
    if (group) group.push(question);
    else groups.set(question.model, [question]);
  }
  return [...groups.values()];
}

/** The first of them that go into one file; at least one. */
function fitting<Item extends { readonly sizeBytes: number }>(questions: readonly Item[]): Item[] {
  let sizeBytes = 0;
  const end = questions.findIndex((question, at) => {
    sizeBytes += question.sizeBytes;
    return at >= MAX_QUESTIONS || (at > 0 && sizeBytes > MAX_BYTES);
  });
  return questions.slice(0, end < 0 ? undefined : end);
}
