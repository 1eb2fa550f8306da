/** Calls, settlements and sums that the tests of every ledger share. */
import { expect } from 'vitest';
import type { Caps, Ledger, LedgerEntry, ReserveRequest, Settlement } from '../../src/server/ledger/ledger';

export interface LedgerOptions {
  readonly caps: Caps;
  readonly now: () => number;
}

/** One place to keep books in: `open` gives a ledger over the same books each time. */
export interface LedgerStore {
  open(options: LedgerOptions): Promise<Ledger>;
  /** Where ledgers that are open hold a lease: it has run out. */
  lapse?(): Promise<void>;
  remove(): Promise<void>;
}

export const NOON = Date.parse('2026-11-24T12:00:00Z');
export const DAY = '2026-11-24';
export const MIDNIGHT = Date.parse('2026-11-25T00:00:00Z');
export const WIDE: Caps = { dayNanoUsd: 1000, siteNanoUsd: 1000, visitorNanoUsd: 1000 };

export function requestOf(id: string, changes: Partial<ReserveRequest> = {}): ReserveRequest {
  return {
    id,
    visitor: 'visitor-a',
    site: 'https://a.example',
    model: 'gpt-4o',
    promptTokens: 7,
    worstNanoUsd: 100,
    promptNanoUsd: 30,
    priceAsOf: '2026-11-01',
    ...changes,
  };
}

export function settlementOf(costNanoUsd: number, changes: Partial<Settlement> = {}): Settlement {
  return {
    outcome: 'done',
    isEstimated: false,
    promptTokens: 8,
    cachedTokens: 2,
    completionTokens: 3,
    costNanoUsd,
    latencyMs: 12.5,
    ...changes,
  };
}

/** Fails unless the day's totals, per account and in all, are exactly the sums of its entries. */
export async function expectSumsToAgree(ledger: Ledger, day: string): Promise<readonly LedgerEntry[]> {
  const entries = await ledger.entries(day);
  const counted = entries.filter(({ state }) => state !== 'released');
  const settled = entries.filter(({ state }) => state === 'settled');
  const held = entries.filter(({ state }) => state === 'held');
  expect(await ledger.spend(day)).toEqual({
    day,
    spentNanoUsd: sumOf(settled.map(({ costNanoUsd }) => costNanoUsd)),
    heldNanoUsd: sumOf(held.map(({ worstNanoUsd }) => worstNanoUsd)),
    calls: counted.length,
  });
  for (const account of ['site', 'visitor', 'model'] as const) {
    for (const { name, spentNanoUsd, calls } of await ledger.spendBy(day, account)) {
      expect(calls).toBe(counted.filter((entry) => entry[account] === name).length);
      const own = settled.filter((entry) => entry[account] === name);
      expect(spentNanoUsd).toBe(sumOf(own.map(({ costNanoUsd }) => costNanoUsd)));
    }
  }
  return entries;
}

/** A ledger on books of its own, under a clock that the test moves. */
export interface Started {
  readonly clock: { nowMs: number };
  /** Over the same books, as a process that starts again. */
  readonly open: () => Promise<Ledger>;
  /** From here on the processes that have it open count as dead. */
  readonly lapse: () => Promise<void>;
  readonly ledger: Ledger;
}

export type Start = (caps?: Partial<Caps>) => Promise<Started>;

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
