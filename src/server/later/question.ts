/** The words of questions that are answered within a day: what is kept of each, and of the batches they are sent in. */
import type { Price } from '../../kernel/wire';
import type { Settlement } from '../ledger/ledger';

/** What whoever asked is told. `cancelled` says nothing of the money: what the vendor answers all the same, it bills. */
export type QuestionState = 'waiting' | 'answered' | 'failed' | 'cancelled';

/** `held`: in the ledger. `due`: what comes of the hold is known, the ledger may not have heard of it yet. */
export type MoneyState = 'held' | 'due' | 'closed';

export interface NewQuestion {
  /** Whoever knows it may have the answer: unguessable, and in no log. */
  readonly id: string;
  /** The ledger's, and the vendor's `custom_id`. */
  readonly callId: string;
  readonly bodyHash: string;
  readonly price: Price;
  readonly promptTokens: number;
  readonly maxTokens: number;
  /** What is sent to the vendor, message text and all. */
  readonly body: string;
  readonly askedAtMs: number;
}

export interface Question extends Omit<NewQuestion, 'body'> {
  /** Gone once the vendor has it, or nobody wants it any more. */
  readonly body: string | undefined;
  readonly state: QuestionState;
  readonly money: MoneyState;
  /** Of the batch that it is in. */
  readonly batchId: string | undefined;
  /** Where it is answered: the vendor's chat completion, as JSON. */
  readonly answer: string | undefined;
  readonly costNanoUsd: number;
  readonly isEstimated: boolean;
  readonly problem: LaterProblem | undefined;
}

/** Why a question was not answered. */
export type LaterProblem =
  | 'later_expired'
  | 'later_cancelled'
  | 'later_failed'
  | 'later_lost'
  | 'later_not_sent'
  | 'upstream_rejected'
  | 'upstream_failed'
  | 'upstream_invalid';

/** How one question of a batch ended. */
export interface Ending {
  readonly callId: string;
  readonly end:
    | { readonly state: 'answered'; readonly answer: string }
    | { readonly state: 'failed'; readonly problem: LaterProblem };
  /** Absent: the vendor billed nothing, and the hold is given back. */
  readonly settlement?: Settlement;
}

/**
 * `new`: its file may have been uploaded, nobody knows. `uploaded`: the batch may have been made of it. `created`: the vendor works
 * on it. `ended`: all its questions have ended; its files at the vendor's are still to be removed.
 */
export type BatchState = 'new' | 'uploaded' | 'created' | 'ended';

export interface Batch {
  /** Ours: the file is named after it, and the vendor keeps it with the batch, to be found by. */
  readonly id: string;
  readonly state: BatchState;
  readonly madeAtMs: number;
  /** When it was last tried to upload its file, or to make it of the file: written before that is done. */
  readonly triedAtMs: number | undefined;
  readonly fileId: string | undefined;
  readonly upstreamId: string | undefined;
  /** The files of its answers and its errors. */
  readonly resultFileIds: readonly string[];
  readonly isCancelSent: boolean;
  readonly failures: number;
  readonly dueAtMs: number;
}
