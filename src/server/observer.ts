/** Who wants to hear how calls end: counts and times only, never a word of a message. */
import type { BilledUsage } from '../meter/price';
import type { Outcome } from './ledger/ledger';

export interface ObservedCall {
  readonly model: string;
  /** `released`: the vendor billed nothing. */
  readonly outcome: Outcome | 'released';
  readonly usage: BilledUsage;
  readonly costNanoUsd: number;
  readonly durationMs: number;
  /** Of a stream that began. */
  readonly firstChunkMs: number | undefined;
}

export interface Observer {
  /** Money is held for a call; `called` follows once. */
  held(): void;
  called(call: ObservedCall): void;
  /** With the code that the client was told. */
  refused(code: string): void;
}

/** Tells several. */
export function observerOf(...all: readonly Observer[]): Observer {
  return {
    held: () => all.forEach((one) => one.held()),
    called: (call) => all.forEach((one) => one.called(call)),
    refused: (code) => all.forEach((one) => one.refused(code)),
  };
}
