/** What every store of the ledger must do: one suite, run against each of them. */
import { afterEach, describe, expect, test } from 'vitest';
import { LedgerError, type Caps, type Ledger } from '../../src/server/ledger/ledger';
import {
  DAY,
  expectSumsToAgree,
  MIDNIGHT,
  NOON,
  requestOf,
  settlementOf,
  WIDE,
  type LedgerStore,
  type Start,
  type Started,
} from './ledger-books';
import { describeDays } from './ledger-days';

export function describeLedger(name: string, createStore: () => Promise<LedgerStore>): void {
  describe(`${name}: what every ledger must do`, () => {
    const cleanups: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
    });

    async function start(caps: Partial<Caps> = {}): Promise<Started> {
      const store = await createStore();
      cleanups.push(() => store.remove());
      const clock = { nowMs: NOON };
      const open = async (): Promise<Ledger> => {
        const ledger = await store.open({ caps: { ...WIDE, ...caps }, now: () => clock.nowMs });
        cleanups.push(() => ledger.close());
        return ledger;
      };
      return { clock, open, lapse: async () => store.lapse?.(), ledger: await open() };
    }

    describeCaps(start);
    describeCalls(start);
    describeDays(start);
  });
}

function describeCaps(start: Start): void {
  test('a reservation fits up to the very last nano-dollar, and not one beyond', async () => {
    const { ledger } = await start();
    expect(await ledger.reserve(requestOf('a', { worstNanoUsd: 999 }))).toEqual({ kind: 'reserved' });
    expect(await ledger.reserve(requestOf('b', { worstNanoUsd: 2 }))).toMatchObject({ kind: 'exhausted' });
    expect(await ledger.reserve(requestOf('c', { worstNanoUsd: 1 }))).toEqual({ kind: 'reserved' });
    expect(await ledger.reserve(requestOf('d', { worstNanoUsd: 1 }))).toMatchObject({ kind: 'exhausted' });
    expect(await ledger.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 0, heldNanoUsd: 1000, calls: 2 });
  });

  test('the first call of a day is refused too where it alone is beyond the cap', async () => {
    const { ledger } = await start();
    expect(await ledger.reserve(requestOf('a', { worstNanoUsd: 1001 }))).toMatchObject({ cap: 'day' });
    expect(await ledger.entries(DAY)).toEqual([]);
  });

  test.each([
    ['day', { dayNanoUsd: 150 }],
    ['site', { siteNanoUsd: 150 }],
    ['visitor', { visitorNanoUsd: 150 }],
  ] as const)('a refusal names the cap that stood in the way: %s', async (cap, caps) => {
    const { ledger } = await start(caps);
    await ledger.reserve(requestOf('a'));
    const refused = await ledger.reserve(requestOf('b'));
    expect(refused).toEqual({ kind: 'exhausted', cap, opensAtMs: MIDNIGHT });
    expect(await expectSumsToAgree(ledger, DAY)).toHaveLength(1);
  });

  test('one visitor or site that is at its cap leaves the others their own', async () => {
    const { ledger } = await start({ siteNanoUsd: 200, visitorNanoUsd: 100 });
    const [mine, theirs, other] = ['visitor-a', 'visitor-b', 'visitor-c'];
    await ledger.reserve(requestOf('a', { visitor: mine }));
    expect(await ledger.reserve(requestOf('b', { visitor: mine }))).toMatchObject({ cap: 'visitor' });
    expect(await ledger.reserve(requestOf('c', { visitor: theirs }))).toMatchObject({ kind: 'reserved' });
    expect(await ledger.reserve(requestOf('d', { visitor: other }))).toMatchObject({ cap: 'site' });
    const elsewhere = { visitor: other, site: 'https://b.example' };
    expect(await ledger.reserve(requestOf('e', elsewhere))).toMatchObject({ kind: 'reserved' });
  });

  test('of 1,000 parallel reservations exactly those that fit are made', async () => {
    const { ledger } = await start({ dayNanoUsd: 2050 });
    const parallel = Array.from({ length: 1000 }, (_, index) => {
      const account = { visitor: `visitor-${index % 100}`, site: `https://${index % 50}.example` };
      return ledger.reserve(requestOf(`call-${index}`, account));
    });
    const kinds = (await Promise.all(parallel)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reserved')).toHaveLength(20);
    expect(kinds.filter((kind) => kind === 'exhausted')).toHaveLength(980);
    expect(await ledger.spend(DAY)).toMatchObject({ heldNanoUsd: 2000, calls: 20 });
  });

  test('two ledgers over the same books keep one cap', async () => {
    const { ledger, open } = await start();
    const other = await open();
    const parallel = Array.from({ length: 40 }, (_, index) =>
      (index % 2 === 0 ? ledger : other).reserve(requestOf(`call-${index}`)),
    );
    const kinds = (await Promise.all(parallel)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'reserved')).toHaveLength(10);
    expect(await other.spend(DAY)).toEqual(await ledger.spend(DAY));
  });
}

function describeCalls(start: Start): void {
  test('a settlement turns the hold into what was spent, and what was not needed is free again', async () => {
    const { ledger } = await start({ dayNanoUsd: 100 });
    await ledger.reserve(requestOf('a'));
    await ledger.settle('a', settlementOf(40));
    expect(await ledger.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 0, calls: 1 });
    expect(await ledger.reserve(requestOf('b', { worstNanoUsd: 61 }))).toMatchObject({ cap: 'day' });
    expect(await ledger.reserve(requestOf('c', { worstNanoUsd: 60 }))).toEqual({ kind: 'reserved' });
  });

  test('the entry of a settled call says all that there is to say', async () => {
    const { ledger } = await start();
    await ledger.reserve(requestOf('a', { idempotencyHash: 'hash' }));
    const settlement = settlementOf(40, { outcome: 'aborted', isEstimated: true });
    await ledger.settle('a', settlement);
    const request = requestOf('a', { idempotencyHash: 'hash' });
    expect(await ledger.entries(DAY)).toEqual([
      { ...request, ...settlement, atMs: NOON, day: DAY, state: 'settled' },
    ]);
  });

  test('settling again changes nothing, whatever it says', async () => {
    const { ledger } = await start();
    await ledger.reserve(requestOf('a'));
    await ledger.settle('a', settlementOf(40));
    const before = await ledger.entries(DAY);
    await ledger.settle('a', settlementOf(40));
    await ledger.settle('a', settlementOf(99, { outcome: 'aborted' }));
    await ledger.release('a');
    expect(await ledger.entries(DAY)).toEqual(before);
    expect(await ledger.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 0, calls: 1 });
  });

  test('a call that cost more than its worst case is booked as it was, and counts', async () => {
    const { ledger } = await start({ visitorNanoUsd: 150 });
    await ledger.reserve(requestOf('a'));
    await ledger.settle('a', settlementOf(151));
    expect(await ledger.spend(DAY)).toMatchObject({ spentNanoUsd: 151, heldNanoUsd: 0 });
    expect(await ledger.reserve(requestOf('b', { worstNanoUsd: 0 }))).toMatchObject({ cap: 'visitor' });
  });

  test('a release gives the hold back, and a settlement after it changes nothing', async () => {
    const { ledger } = await start({ dayNanoUsd: 100 });
    await ledger.reserve(requestOf('a'));
    await ledger.release('a');
    await ledger.release('a');
    await ledger.settle('a', settlementOf(40));
    expect(await ledger.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 0, heldNanoUsd: 0, calls: 0 });
    expect(await ledger.entries(DAY)).toMatchObject([{ id: 'a', state: 'released', costNanoUsd: 0 }]);
    expect(await ledger.reserve(requestOf('b'))).toEqual({ kind: 'reserved' });
  });

  test('settling or releasing a call that was never reserved changes nothing', async () => {
    const { ledger } = await start();
    await ledger.settle('nobody', settlementOf(40));
    await ledger.release('nobody');
    expect(await ledger.entries(DAY)).toEqual([]);
    expect(await ledger.spend(DAY)).toMatchObject({ spentNanoUsd: 0, calls: 0 });
  });

  test('an id is used once: a second reservation under it is an error and holds nothing', async () => {
    const { ledger } = await start();
    await ledger.reserve(requestOf('a'));
    await expect(ledger.reserve(requestOf('a'))).rejects.toThrow(LedgerError);
    expect(await ledger.spend(DAY)).toMatchObject({ heldNanoUsd: 100, calls: 1 });
  });

  test.each([Number.NaN, -1, 0.5, Number.POSITIVE_INFINITY])(
    'an amount of %d is an error, and nothing is written',
    async (amount) => {
      const { ledger } = await start({
        dayNanoUsd: Infinity,
        siteNanoUsd: Infinity,
        visitorNanoUsd: Infinity,
      });
      await ledger.reserve(requestOf('held'));
      const before = await ledger.entries(DAY);
      await expect(ledger.settle('held', settlementOf(amount))).rejects.toThrow(LedgerError);
      await ledger.reserve(requestOf('a', { worstNanoUsd: amount })).then(
        ({ kind }) => expect(kind).toBe('exhausted'),
        (error: unknown) => expect(error).toBeInstanceOf(LedgerError),
      );
      expect(await ledger.entries(DAY)).toEqual(before);
    },
  );

  test('a repeated idempotency hash is told the first call’s id, whatever became of it, and holds nothing', async () => {
    const { ledger } = await start({ dayNanoUsd: 150 });
    const hash = { idempotencyHash: 'hash' };
    const all = [requestOf('a', hash), requestOf('b', hash)].map((request) => ledger.reserve(request));
    expect(await Promise.all(all)).toEqual([{ kind: 'reserved' }, { kind: 'repeated', id: 'a' }]);
    await ledger.settle('a', settlementOf(100));
    // Even where there is no budget for another call: it is none.
    expect(await ledger.reserve(requestOf('c', hash))).toEqual({ kind: 'repeated', id: 'a' });
    expect(await ledger.entries(DAY)).toHaveLength(1);
  });

  test('a release frees the idempotency hash', async () => {
    const { ledger } = await start();
    const hash = { idempotencyHash: 'hash' };
    await ledger.reserve(requestOf('a', hash));
    await ledger.release('a');
    expect(await ledger.reserve(requestOf('b', hash))).toEqual({ kind: 'reserved' });
    expect(await ledger.reserve(requestOf('c', hash))).toEqual({ kind: 'repeated', id: 'b' });
  });
}
