/** What every ledger does at midnight, after a crash, and when it is asked what was spent. */
import { expect, test } from 'vitest';
import { LedgerError } from '../../src/server/ledger/ledger';
import { DAY, expectSumsToAgree, MIDNIGHT, NOON, requestOf, settlementOf, type Start } from './ledger-books';

const NEXT_DAY = '2026-11-25';
const HOUR_MS = 3_600_000;

export function describeDays(start: Start): void {
  test('the budget opens again when the UTC day ends, to the millisecond, wherever the server stands', async () => {
    const { ledger, clock } = await start({ dayNanoUsd: 100 });
    clock.nowMs = MIDNIGHT - 1;
    await ledger.reserve(requestOf('a'));
    const refused = await ledger.reserve(requestOf('b'));
    expect(refused).toEqual({ kind: 'exhausted', cap: 'day', opensAtMs: MIDNIGHT });
    clock.nowMs = MIDNIGHT;
    expect(await ledger.reserve(requestOf('c'))).toEqual({ kind: 'reserved' });
    expect((await ledger.entries(DAY)).map(({ id }) => id)).toEqual(['a']);
    expect((await ledger.entries(NEXT_DAY)).map(({ id }) => id)).toEqual(['c']);
  });

  test('a clock that is set back finds the budget of its day as it was left', async () => {
    const { ledger, clock } = await start({ dayNanoUsd: 100 });
    await ledger.reserve(requestOf('a'));
    clock.nowMs = NOON + 24 * HOUR_MS;
    await ledger.reserve(requestOf('b'));
    clock.nowMs = NOON - HOUR_MS;
    expect(await ledger.reserve(requestOf('c'))).toMatchObject({ kind: 'exhausted', opensAtMs: MIDNIGHT });
  });

  test('a call that ends after midnight is paid from the day it began', async () => {
    const { ledger, clock } = await start({ dayNanoUsd: 100 });
    await ledger.reserve(requestOf('a'));
    clock.nowMs = MIDNIGHT + 1;
    await ledger.settle('a', settlementOf(40));
    expect(await ledger.spend(DAY)).toMatchObject({ spentNanoUsd: 40, heldNanoUsd: 0 });
    expect(await ledger.spend(NEXT_DAY)).toMatchObject({ spentNanoUsd: 0, heldNanoUsd: 0, calls: 0 });
    expect(await ledger.reserve(requestOf('b'))).toEqual({ kind: 'reserved' });
  });

  test('an idempotency hash is good for 24 hours, across midnight too', async () => {
    const { ledger, clock } = await start();
    const hash = { idempotencyHash: 'hash' };
    clock.nowMs = MIDNIGHT - 1;
    await ledger.reserve(requestOf('a', hash));
    clock.nowMs = MIDNIGHT + 23 * HOUR_MS;
    expect(await ledger.reserve(requestOf('b', hash))).toEqual({ kind: 'repeated', id: 'a' });
    clock.nowMs = MIDNIGHT + 24 * HOUR_MS;
    expect(await ledger.reserve(requestOf('c', hash))).toEqual({ kind: 'reserved' });
  });

  test('a restart finds what was settled, and a sweep settles what was left held, once, at the prompt’s price', async () => {
    const { ledger, open } = await start({ dayNanoUsd: 300 });
    for (const id of ['settled', 'released', 'lost']) await ledger.reserve(requestOf(id));
    await ledger.settle('settled', settlementOf(40));
    await ledger.release('released');
    await ledger.close();

    const next = await open();
    expect(await next.sweep()).toBe(1);
    expect(await next.sweep()).toBe(0);
    expect(await next.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 70, heldNanoUsd: 0, calls: 2 });
    expect(await expectSumsToAgree(next, DAY)).toMatchObject([
      { id: 'settled', state: 'settled', outcome: 'done', costNanoUsd: 40 },
      { id: 'released', state: 'released' },
      { id: 'lost', state: 'settled', outcome: 'swept', isEstimated: true, promptTokens: 7, costNanoUsd: 30 },
    ]);
  });

  test('what is held for later is held through a restart and its sweep, until it is settled or released', async () => {
    const { ledger, open } = await start();
    for (const id of ['settled', 'released', 'held']) await ledger.reserve(requestOf(id, { isLater: true }));
    await ledger.reserve(requestOf('now'));
    await ledger.close();

    const next = await open();
    expect(await next.sweep()).toBe(1);
    expect([...(await next.heldForLater())].sort()).toEqual(['held', 'released', 'settled']);
    await next.settle('settled', settlementOf(40));
    await next.release('released');
    expect(await next.heldForLater()).toEqual(['held']);
    expect(await next.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 70, heldNanoUsd: 100, calls: 3 });
    expect(await expectSumsToAgree(next, DAY)).toContainEqual(
      expect.objectContaining({ id: 'held', state: 'held', isLater: true }),
    );
  });

  test('a sweep’s guess gives way to the settlement of a process that was alive after all', async () => {
    const { ledger, open, lapse } = await start();
    await ledger.reserve(requestOf('a'));
    await ledger.reserve(requestOf('b'));
    await lapse();
    const next = await open();
    expect(await next.sweep()).toBe(2);
    await ledger.settle('a', settlementOf(77));
    await ledger.settle('a', settlementOf(99));
    await ledger.release('b');
    await ledger.settle('b', settlementOf(99));
    expect(await next.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 77, heldNanoUsd: 0, calls: 1 });
    await expectSumsToAgree(next, DAY);
  });

  test('what was spent is told by site, visitor and model, the dearest first', async () => {
    const { ledger } = await start();
    const calls = [
      ['a', 10, { visitor: 'v1', site: 's1', model: 'gpt-4o' }],
      ['b', 20, { visitor: 'v2', site: 's1', model: 'gpt-4o-mini' }],
      ['c', 40, { visitor: 'v1', site: 's2', model: 'gpt-4o' }],
    ] as const;
    for (const [id, cost, account] of calls) {
      await ledger.reserve(requestOf(id, account));
      await ledger.settle(id, settlementOf(cost));
    }
    expect(await ledger.spendBy(DAY, 'visitor')).toEqual([
      { name: 'v1', spentNanoUsd: 50, calls: 2 },
      { name: 'v2', spentNanoUsd: 20, calls: 1 },
    ]);
    expect(await ledger.spendBy(DAY, 'site')).toMatchObject([
      { name: 's2', spentNanoUsd: 40 },
      { name: 's1', spentNanoUsd: 30 },
    ]);
    expect(await ledger.spendBy(DAY, 'model')).toMatchObject([
      { name: 'gpt-4o', spentNanoUsd: 50 },
      { name: 'gpt-4o-mini', spentNanoUsd: 20 },
    ]);
    await expectSumsToAgree(ledger, DAY);
    expect(await ledger.spendBy(NEXT_DAY, 'site')).toEqual([]);
  });

  test('a ledger that was closed refuses everything, and can be closed again', async () => {
    const { ledger } = await start();
    await ledger.reserve(requestOf('a'));
    await ledger.close();
    await ledger.close();
    const attempts = [
      ledger.reserve(requestOf('b')),
      ledger.settle('a', settlementOf(1)),
      ledger.release('a'),
      ledger.sweep(),
      ledger.heldForLater(),
      ledger.spend(DAY),
      ledger.spendBy(DAY, 'site'),
      ledger.entries(DAY),
    ];
    for (const result of await Promise.allSettled(attempts)) {
      expect(result).toMatchObject({ status: 'rejected', reason: expect.any(LedgerError) as unknown });
    }
  });
}
