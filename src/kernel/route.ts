/** The words for where an answer was made, and why: what the router says, the receipt shows and the store keeps. */

/** Why an answer was, or would have been, better made in the cloud. */
export const ESCALATION_REASONS = {
  asked: 'You asked for it.',
  hand_over: 'The small model said that this is not for it.',
  unsure: 'The small model was not sure of its answer.',
  hard: 'The question looks hard for a small model.',
  broken: 'The small model’s answer broke off or repeated itself.',
  failed: 'The small model failed.',
} as const;
export type EscalationReason = keyof typeof ESCALATION_REASONS;

/** Why an answer stayed on this device although the router wanted another. */
export const STAY_REASONS = {
  no_server: 'This site offers no larger model.',
  offline: 'There is no network.',
  declined: 'You kept it here.',
  kept: 'You chose to keep this message on this device.',
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
}
