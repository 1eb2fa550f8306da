/** Takes a batch from questions that wait to questions that are answered or refunded, a step at a time. */
import { UpstreamFailure } from '../completions/upstream-failure';
import type { Log } from '../log';
import type { BatchApi, UpstreamBatch } from './batch-api';
import { endingOf, linesOf, lostEnding, resultLineOf, type ResultLine } from './batch-lines';
import type { Batch, Ending, LaterProblem, Question } from './question';
import type { QuestionStore } from './question-store';

export interface BatchStepsOptions {
  readonly store: QuestionStore;
  readonly api: BatchApi;
  readonly log: Log;
  readonly now: () => number;
  /** Between two looks at a batch. */
  readonly pollMs: number;
}

const HOUR_MS = 3_600_000;
/** The vendor's own limit is 24 hours from when it has the batch; as long we try to hand it over. */
const NOT_SENT_AFTER_MS = 24 * HOUR_MS;
/** Long after the vendor's limit. */
const LOST_AFTER_MS = 72 * HOUR_MS;
const LONGEST_PAUSE_MS = 600_000;
/** A request that broke off may still be carried out: so long nobody looks what came of it. */
const SETTLED_AFTER_MS = 10_000;
const ENDED = new Set<UpstreamBatch['status']>(['completed', 'expired', 'cancelled', 'failed']);
const STOPPABLE = new Set<UpstreamBatch['status']>(['validating', 'in_progress']);

/**
 * Does one step of a batch that is due. What is about to be done is on the disk before it is done, and after a crash it is looked for at the
 * vendor's before it is done again: nothing is lost, nothing is paid twice. It never throws: what fails is tried again later.
 */
export function createBatchSteps({ store, api, log, now, pollMs }: BatchStepsOptions) {
  const steps = { new: upload, uploaded: create, created: look, ended: tidy } as const;
  return async (batch: Batch): Promise<void> => {
    try {
      await steps[batch.state](batch);
    } catch (error) {
      postpone(batch, error);
    }
  };

  /** Its file: uploaded once, under a name by which it is found. */
  async function upload(batch: Batch): Promise<void> {
    const questions = store.questionsOf(batch.id);
    const filename = filenameOf(batch);
    if (isSettling(batch)) return;
    const found = batch.triedAtMs === undefined ? undefined : await api.findFile(filename);
    if (found === undefined && nobodyWaits(questions)) return refund(batch, questions, 'later_cancelled');
    if (found === undefined && isOlder(batch, NOT_SENT_AFTER_MS)) {
      return refund(batch, questions, 'later_not_sent');
    }
    if (found === undefined) store.changeBatch(batch.id, { triedAtMs: now() });
    const fileId = found ?? (await tryTo(batch, questions, () => api.upload(filename, linesOf(questions))));
    if (fileId === undefined) return;
    store.changeBatch(batch.id, { state: 'uploaded', fileId, triedAtMs: undefined, failures: 0 });
  }

  /** The batch: made once, with a mark by which it is found. */
  async function create(batch: Batch): Promise<void> {
    const { id, fileId, triedAtMs } = batch;
    const questions = store.questionsOf(id);
    if (fileId === undefined) throw new Error(`batch ${id} has no file`);
    if (isSettling(batch)) return;
    const found = triedAtMs === undefined ? undefined : await api.findBatch(id);
    if (!found && nobodyWaits(questions)) return refund(batch, questions, 'later_cancelled');
    if (!found && isOlder(batch, NOT_SENT_AFTER_MS)) return refund(batch, questions, 'later_not_sent');
    if (!found) store.changeBatch(id, { triedAtMs: now() });
    const made = found ?? (await tryTo(batch, questions, () => api.create(fileId, id)));
    if (!made) return;
    const upstreamId = made.id;
    store.changeBatch(id, {
      state: 'created',
      upstreamId,
      triedAtMs: undefined,
      failures: 0,
      dueAtMs: now() + pollMs,
    });
    store.forgetTexts(id);
    log.info(`batch ${id}: ${questions.length} questions are with the vendor`);
  }

  async function look(batch: Batch): Promise<void> {
    const { id, upstreamId = '', isCancelSent } = batch;
    const questions = store.questionsOf(id);
    // Again, should a crash have come between.
    store.forgetTexts(id);
    const told = await api.look(upstreamId);
    if (ENDED.has(told.status)) return finish(batch, told, questions);
    if (isOlder(batch, LOST_AFTER_MS)) return lose(batch);
    if (nobodyWaits(questions) && !isCancelSent && STOPPABLE.has(told.status)) {
      await api.cancel(upstreamId);
      store.changeBatch(id, { isCancelSent: true });
    }
    store.changeBatch(id, { failures: 0, dueAtMs: now() + pollMs });
  }

  async function finish(batch: Batch, told: UpstreamBatch, questions: readonly Question[]): Promise<void> {
    const fileIds = [told.output_file_id, told.error_file_id].filter((id) => id != null);
    const results = new Map<string, ResultLine>();
    for (const fileId of fileIds) {
      for await (const text of api.lines(fileId)) {
        const line = resultLineOf(text);
        if (line) results.set(line.custom_id, line);
      }
    }
    const endings: Ending[] = [];
    for (const question of questions) {
      endings.push(await endingOf(question, results.get(question.callId), told.status, now()));
    }
    const code = told.errors?.data?.[0]?.code;
    if (told.status === 'failed') log.error(`batch ${batch.id}: the vendor refused it: ${safeCodeOf(code)}`);
    end(batch, endings, fileIds, told.status);
  }

  /** What lies at the vendor's is removed: it holds what visitors wrote. */
  async function tidy(batch: Batch): Promise<void> {
    const { id, fileId, resultFileIds } = batch;
    for (const one of [...(fileId === undefined ? [] : [fileId]), ...resultFileIds])
      await api.removeFile(one);
    store.removeBatch(id);
  }

  /** What the vendor refuses for good is over, and costs nothing. */
  async function tryTo<T>(
    batch: Batch,
    questions: readonly Question[],
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      const { kind } = error as UpstreamFailure;
      if (kind !== 'rejected' && kind !== 'no-model') throw error;
      log.error(`batch ${batch.id} (${batch.state}): the vendor takes no batches here: ${kind}`);
      refund(batch, questions, 'upstream_rejected');
      return undefined;
    }
  }

  function refund(batch: Batch, questions: readonly Question[], problem: LaterProblem): void {
    end(
      batch,
      questions.map(({ callId }) => ({ callId, end: { state: 'failed', problem } })),
      [],
      problem,
    );
  }

  function lose(batch: Batch): void {
    const endings = store.questionsOf(batch.id).map((question) => lostEnding(question, now()));
    log.error(`batch ${batch.id}: the vendor knows nothing of it any more; it is booked by estimate`);
    end(batch, endings, [], 'lost');
  }

  function end(batch: Batch, endings: readonly Ending[], fileIds: readonly string[], how: string): void {
    store.endBatch(batch.id, endings, fileIds, now());
    const answered = endings.filter(({ end: { state } }) => state === 'answered').length;
    log.info(`batch ${batch.id}: ${how}, ${answered} of ${endings.length} questions answered`);
  }

  function postpone(batch: Batch, error: unknown): void {
    const kind = error instanceof UpstreamFailure ? error.kind : 'unknown';
    // Closing: the next start goes on.
    if (kind === 'aborted') return;
    log[kind === 'auth' || kind === 'quota' || kind === 'unknown' ? 'error' : 'warn'](
      `batch ${batch.id} (${batch.state}): ${kind === 'unknown' ? String(error) : kind}`,
    );
    if (batch.state === 'new' && isOlder(batch, NOT_SENT_AFTER_MS)) {
      return refund(batch, store.questionsOf(batch.id), 'later_not_sent');
    }
    if (batch.state === 'created' && (kind === 'no-model' || isOlder(batch, LOST_AFTER_MS)))
      return lose(batch);
    if (batch.state === 'uploaded' && isOlder(batch, LOST_AFTER_MS)) return lose(batch);
    if (batch.state === 'ended' && isOlder(batch, LOST_AFTER_MS)) return store.removeBatch(batch.id);
    const seconds = error instanceof UpstreamFailure ? (error.retryAfterSeconds ?? 0) : 0;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(pollMs * 2 ** batch.failures, seconds * 1_000));
    store.changeBatch(batch.id, { failures: batch.failures + 1, dueAtMs: now() + pauseMs });
  }

  function isSettling({ id, triedAtMs }: Batch): boolean {
    const endsAtMs = (triedAtMs ?? -Infinity) + Math.min(SETTLED_AFTER_MS, pollMs);
    if (now() >= endsAtMs) return false;
    store.changeBatch(id, { dueAtMs: endsAtMs });
    return true;
  }

  function isOlder({ madeAtMs }: Batch, ageMs: number): boolean {
    return now() - madeAtMs > ageMs;
  }
}

function filenameOf({ id }: Batch): string {
  return `smallfirst-${id}.jsonl`;
}

function nobodyWaits(questions: readonly Question[]): boolean {
  return questions.every(({ state }) => state !== 'waiting');
}

/** A code is a word, never free text. */
function safeCodeOf(code: string | null | undefined): string {
  return code && /^\w{1,60}$/.test(code) ? code : 'unknown';
}
