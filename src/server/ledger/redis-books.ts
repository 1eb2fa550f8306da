/** Reads what Redis has of the ledger: hashes of strings, into entries and sums. */
import type { Ledger, LedgerEntry, ReserveRequest, Settlement, Spend } from './ledger';

/** Of an entry's hash, in the order in which `entryIn` takes them. */
export const ENTRY_FIELDS = ['request', 'at', 'day', 'state', 'outcome', 'cost', 'settlement'] as const;

type Text = string | null | undefined;

/** Undefined where it is no longer kept. */
export function entryIn(fields: unknown): LedgerEntry | undefined {
  const [request, at, day, state, outcome, cost, settlement] = fields as Text[];
  if (!request) return undefined;
  const call = JSON.parse(request) as ReserveRequest;
  const open: Settlement = {
    outcome: outcome as Settlement['outcome'],
    isEstimated: true,
    promptTokens: call.promptTokens,
    cachedTokens: 0,
    completionTokens: 0,
    costNanoUsd: Number(cost),
    latencyMs: 0,
  };
  return {
    ...call,
    ...(settlement ? (JSON.parse(settlement) as Settlement) : open),
    atMs: Number(at),
    day: day ?? '',
    state: state as LedgerEntry['state'],
  };
}

export function spendIn(day: string, fields: unknown): Spend {
  const [spent, held, calls] = (fields as Text[]).map(Number);
  return { day, spentNanoUsd: spent ?? 0, heldNanoUsd: held ?? 0, calls: calls ?? 0 };
}

/** From a day's sums, whose names are `kind what name`: the dearest first. */
export function sumsIn(
  fields: unknown,
  account: Parameters<Ledger['spendBy']>[1],
): Awaited<ReturnType<Ledger['spendBy']>> {
  const flat = fields as string[];
  const sums = new Map<string, { spentNanoUsd: number; calls: number }>();
  for (let at = 0; at < flat.length; at += 2) {
    const [, kind, what, name = ''] = /^(\w+) (\w+) (.*)$/s.exec(flat[at] ?? '') ?? [];
    if (kind !== account) continue;
    const sum = sums.get(name) ?? { spentNanoUsd: 0, calls: 0 };
    if (what === 'spent') sum.spentNanoUsd = Number(flat[at + 1]);
    if (what === 'calls') sum.calls = Number(flat[at + 1]);
    sums.set(name, sum);
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .toSorted((a, b) => b.spentNanoUsd - a.spentNanoUsd || (a.name < b.name ? -1 : 1));
}
