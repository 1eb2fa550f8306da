/** Keeps questions until they are answered, and answers until they are taken: an embedded file, synced at every change. */
import Database from 'libsql';
import type { Settlement } from '../ledger/ledger';
import { openQuestions } from './question-schema';
import type { Batch, Ending, LaterProblem, NewQuestion, Question, QuestionState } from './question';

/** What is known of a batch changes a field at a time. */
export type BatchChange = Partial<Omit<Batch, 'id' | 'madeAtMs'>>;

/** Each method is one transaction: it is done and on the disk, or not done. */
export interface QuestionStore {
  add(question: NewQuestion): void;
  find(id: string): Question | undefined;
  findCall(callId: string): Question | undefined;
  /** In no batch yet, the oldest first; without their text. */
  ungathered(): readonly { callId: string; model: string; askedAtMs: number; sizeBytes: number }[];
  /** Makes a batch of them. */
  gather(batchId: string, callIds: readonly string[], nowMs: number): void;
  batches(): readonly Batch[];
  questionsOf(batchId: string): readonly Question[];
  changeBatch(id: string, change: BatchChange): void;
  /** The vendor has the questions: their text is forgotten here. */
  forgetTexts(batchId: string): void;
  /** Ends its questions, and with them the batch. */
  endBatch(id: string, endings: readonly Ending[], resultFileIds: readonly string[], nowMs: number): void;
  removeBatch(id: string): void;
  /** Nobody wants its answer any more, or ever did: text and answer are forgotten. What is held stays so where it is in a batch. */
  drop(id: string, nowMs: number): QuestionState | undefined;
  /** What the ledger may not have heard of yet. */
  due(): readonly { callId: string; settlement: Settlement | undefined }[];
  /** The ledger has heard of it. */
  closeMoney(callId: string): void;
  /** Held calls that it knows of. */
  openCalls(): ReadonlySet<string>;
  /** Forgets questions that ended before then, once their money is closed. Gives how many. */
  forgetBefore(atMs: number): number;
  end(): void;
}

interface QuestionRow {
  readonly id: string;
  readonly callId: string;
  readonly bodyHash: string;
  readonly price: string;
  readonly promptTokens: number;
  readonly maxTokens: number;
  readonly body: string | null;
  readonly askedAtMs: number;
  readonly state: QuestionState;
  readonly money: Question['money'];
  readonly batchId: string | null;
  readonly answer: string | null;
  readonly problem: LaterProblem | null;
  readonly settlement: string | null;
}

interface BatchRow extends Omit<
  Batch,
  'triedAtMs' | 'fileId' | 'upstreamId' | 'resultFileIds' | 'isCancelSent'
> {
  readonly triedAtMs: number | null;
  readonly fileId: string | null;
  readonly upstreamId: string | null;
  readonly resultFileIds: string;
  readonly isCancelSent: number;
}

/** Throws where another process has the file open, or it is none of ours. */
export function createQuestionStore(path: string): QuestionStore {
  const database = openQuestions(path);
  const statements = new Map<string, Database.Statement>();
  const prepared = (sql: string): Database.Statement => {
    let statement = statements.get(sql);
    if (!statement) statements.set(sql, (statement = database.prepare(sql)));
    return statement;
  };
  const run = (sql: string, ...values: readonly unknown[]) => prepared(sql).run(...values);
  const all = <Row>(sql: string, ...values: readonly unknown[]) => prepared(sql).all(...values) as Row[];
  const one = <Row>(sql: string, ...values: readonly unknown[]) =>
    prepared(sql).get(...values) as Row | undefined;
  const atOnce = <T>(work: () => T): T => database.transaction(work)();

  return {
    add({ id, callId, bodyHash, price, promptTokens, maxTokens, body, askedAtMs }) {
      run(
        `INSERT INTO questions (id, callId, bodyHash, price, promptTokens, maxTokens, body, askedAtMs, model)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        id,
        callId,
        bodyHash,
        JSON.stringify(price),
        promptTokens,
        maxTokens,
        body,
        askedAtMs,
        price.model,
      );
    },
    find(id) {
      const row = one<QuestionRow>('SELECT * FROM questions WHERE id = ?', id);
      return row && questionOf(row);
    },
    findCall(callId) {
      const row = one<QuestionRow>('SELECT * FROM questions WHERE callId = ?', callId);
      return row && questionOf(row);
    },
    ungathered: () =>
      all(`SELECT callId, model, askedAtMs, length(body) AS sizeBytes FROM questions
        WHERE batchId IS NULL AND state = 'waiting' ORDER BY askedAtMs`),
    gather(batchId, callIds, nowMs) {
      atOnce(() => {
        run('INSERT INTO batches (id, madeAtMs, dueAtMs) VALUES (?, ?, ?)', batchId, nowMs, nowMs);
        for (const callId of callIds)
          run('UPDATE questions SET batchId = ? WHERE callId = ?', batchId, callId);
      });
    },
    batches: () => all<BatchRow>('SELECT * FROM batches ORDER BY madeAtMs').map(batchOf),
    questionsOf: (batchId) =>
      all<QuestionRow>('SELECT * FROM questions WHERE batchId = ? ORDER BY askedAtMs', batchId).map(
        questionOf,
      ),
    changeBatch(id, change) {
      const columns = Object.entries(change).map(([name, value]) => [name, columnOf(value)] as const);
      const sets = columns.map(([name]) => `${name} = ?`).join(', ');
      run(`UPDATE batches SET ${sets} WHERE id = ?`, ...columns.map(([, value]) => value), id);
    },
    forgetTexts: (batchId) => void run('UPDATE questions SET body = NULL WHERE batchId = ?', batchId),
    endBatch(id, endings, resultFileIds, nowMs) {
      atOnce(() => {
        for (const { callId, end, settlement } of endings) {
          const answer = end.state === 'answered' ? end.answer : null;
          const problem = end.state === 'failed' ? end.problem : null;
          const paid = settlement ? JSON.stringify(settlement) : null;
          run(
            `UPDATE questions SET body = NULL, money = 'due', settlement = ?, endedAtMs = ?
              WHERE callId = ? AND money = 'held'`,
            paid,
            nowMs,
            callId,
          );
          run(
            `UPDATE questions SET state = ?, answer = ?, problem = ? WHERE callId = ? AND state = 'waiting'`,
            end.state,
            answer,
            problem,
            callId,
          );
        }
        run(
          `UPDATE batches SET state = 'ended', failures = 0, dueAtMs = ?, resultFileIds = ? WHERE id = ?`,
          nowMs,
          JSON.stringify(resultFileIds),
          id,
        );
      });
    },
    removeBatch: (id) => void run('DELETE FROM batches WHERE id = ?', id),
    drop: (id, nowMs) =>
      atOnce(() => {
        const row = one<QuestionRow>('SELECT * FROM questions WHERE id = ?', id);
        if (!row) return undefined;
        run(`UPDATE questions SET state = 'cancelled', body = NULL, answer = NULL WHERE id = ?`, id);
        if (row.batchId === null && row.money === 'held') {
          run(`UPDATE questions SET money = 'due', endedAtMs = ? WHERE id = ?`, nowMs, id);
        }
        if (row.money === 'closed') run('DELETE FROM questions WHERE id = ?', id);
        return row.state;
      }),
    due: () =>
      all<{ callId: string; settlement: string | null }>(
        `SELECT callId, settlement FROM questions WHERE money = 'due'`,
      ).map(({ callId, settlement }) => ({ callId, settlement: settlementOf(settlement) })),
    closeMoney(callId) {
      atOnce(() => {
        run(`UPDATE questions SET money = 'closed' WHERE callId = ?`, callId);
        run(`DELETE FROM questions WHERE callId = ? AND state = 'cancelled'`, callId);
      });
    },
    openCalls: () =>
      new Set(
        all<{ callId: string }>(`SELECT callId FROM questions WHERE money <> 'closed'`).map(
          ({ callId }) => callId,
        ),
      ),
    forgetBefore: (atMs) =>
      run(`DELETE FROM questions WHERE money = 'closed' AND endedAtMs < ?`, atMs).changes,
    end() {
      // libsql keeps a connection open until its statements are collected, and with it the lock: a look without it lets go.
      database.exec('PRAGMA locking_mode = NORMAL; SELECT count(*) FROM batches');
      database.close();
    },
  };
}

/** No booleans: libsql ends the process when it is handed one. */
function columnOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (Array.isArray(value)) return JSON.stringify(value);
  return value ?? null;
}

function questionOf({ price, body, batchId, answer, problem, settlement, ...row }: QuestionRow): Question {
  const paid = settlementOf(settlement);
  return {
    ...row,
    price: JSON.parse(price) as Question['price'],
    body: body ?? undefined,
    batchId: batchId ?? undefined,
    answer: answer ?? undefined,
    problem: problem ?? undefined,
    costNanoUsd: paid?.costNanoUsd ?? 0,
    isEstimated: paid?.isEstimated ?? false,
  };
}

function batchOf({ triedAtMs, fileId, upstreamId, resultFileIds, isCancelSent, ...row }: BatchRow): Batch {
  return {
    ...row,
    triedAtMs: triedAtMs ?? undefined,
    fileId: fileId ?? undefined,
    upstreamId: upstreamId ?? undefined,
    resultFileIds: JSON.parse(resultFileIds) as string[],
    isCancelSent: isCancelSent === 1,
  };
}

function settlementOf(text: string | null): Settlement | undefined {
  return text === null ? undefined : (JSON.parse(text) as Settlement);
}
