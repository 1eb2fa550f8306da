/** The words for where an answer was made, and why: what the router says, the receipt shows and the store keeps. */

/** Why an answer was, or would have been, better made in the cloud. */
export const ESCALATION_REASONS = {
  asked: 'You asked for it.',
  hand_over: 'The small model said that this is not for it.',
  unsure: 'The small model was not sure of its answer.',
  hard: 'The question looks hard for a small model.',
  slow: 'A long answer takes its time on this device.',
  broken: 'The small model’s answer broke off or repeated itself.',
  preferred: 'This site asks its large model first.',
  failed: 'The small model failed.',
  refused: 'The small model would not or could not answer.',
  wrong_sum: 'A sum in the small model’s answer was wrong.',
  other_language: 'The small model answered in another language.',
  wrong_form: 'The small model’s answer was not in the form that was asked for.',
} as const;
export type EscalationReason = keyof typeof ESCALATION_REASONS;

/** Why an answer stayed on this device although the router wanted another. */
export const STAY_REASONS = {
  no_server: 'This site offers no larger model.',
  offline: 'There is no network.',
  declined: 'You kept it here.',
  kept: 'You chose to keep this message on this device.',
  never: 'Nothing may leave this device: so you or this site chose.',
  unchecked: 'It could not be checked for personal data, so it was not sent.',
  budget: 'The budget for the large model is spent for today.',
  limited: 'Too many questions went to the large model in the last minute.',
  cloud_failed: 'The large model could not be reached.',
} as const;
export type StayReason = keyof typeof STAY_REASONS;

/** What the router decided on one answer. */
export interface Routing {
  /** Absent where the small model's answer was good enough. */
  readonly wanted?: EscalationReason;
  /** Only with `wanted`, and where the answer stayed here all the same. */
  readonly stayed?: StayReason;
  readonly evidence?: Evidence;
}

/** What the gates went by. All chances are 0 to 1. */
export interface Evidence {
  /** Names of the signs that were seen in the question. */
  readonly signals: readonly string[];
  /** That the small and the large model are right, from the question alone. */
  readonly smallRight?: number;
  readonly largeRight?: number;
  /** How far the question is like those that the gate learned from. */
  readonly familiarity?: number;
  /** By how much the large model is likelier to be right. */
  readonly gain?: number;
  /** The gain that a call has to bring, as the dial stands. */
  readonly price?: number;
  /** That the draft is right, from its words and tokens too. */
  readonly draftRight?: number;
  /** Whether a second, short sample came to the same answer. */
  readonly isSameTwice?: boolean;
}

/** Answers added up; money in whole nano-dollars. */
export interface Sums {
  readonly localAnswers: number;
  readonly cloudAnswers: number;
  readonly spentNanoUsd: number;
  /** What the local answers would have cost at the large model’s price. */
  readonly savedNanoUsd: number;
}

/** Those of one day of this device's calendar, `YYYY-MM-DD`. */
export interface DayTotals extends Sums {
  readonly day: string;
}

/** All answers on this device so far. */
export interface Totals extends Sums {
  /** The last days on which something was answered, oldest first. */
  readonly days: readonly DayTotals[];
}

/** What a call to the cloud came to; money in whole nano-dollars. */
export interface Billing {
  readonly model: string;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly costNanoUsd: number;
  readonly priceAsOf: string;
  /** Nobody told the usage (a stop, a broken stream): the tokens are our own count. */
  readonly isEstimated: boolean;
  /** Bytes of message text that left this device. */
  readonly sentBytes: number;
  /** It was allowed to take a day. */
  readonly isHalfPrice?: true;
}
