/** What a batch at the fake vendor goes through, and what can go wrong with a request about one. */

export interface BatchCourse {
  /** Where nobody cancels it. */
  readonly end: 'completed' | 'expired' | 'failed';
  /** Of a line, from 0 on; where it ends as `expired`, or is cancelled, the others were not reached, else they failed. All, by default. */
  readonly isAnswered?: (line: number) => boolean;
  /** How often it is looked at in each state before it is in the next; 1 by default. */
  readonly looks?: number;
  /** It stays `in_progress` until `finish` is called. */
  readonly waits?: true;
  /** In place of what follows from the question. */
  readonly text?: string;
}

export type BatchOperation =
  | 'upload'
  | 'files'
  | 'create'
  | 'batches'
  | 'look'
  | 'cancel'
  | 'content'
  | 'remove';

export type BatchFault =
  /** The connection breaks before anything is done. */
  | { readonly kind: 'hang-up' }
  /** It is done, and the connection breaks before that is said. */
  | { readonly kind: 'lost' }
  /** The body breaks off in its middle. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'status'; readonly status: number; readonly code?: string };

/** A line that was answered, and is billed at half price. */
export interface BatchBill {
  readonly batchId: string;
  readonly customId: string;
  readonly model: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}
