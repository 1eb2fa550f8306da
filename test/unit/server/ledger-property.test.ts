/** Whatever the order of calls, the ledger agrees with a simple model and never goes beyond a cap. */
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  utcDayOf,
  type CapName,
  type Caps,
  type Ledger,
  type Reserved,
} from '../../../src/server/ledger/ledger';
import { createRedisLedger } from '../../../src/server/ledger/redis-ledger';
import { createSqliteLedger } from '../../../src/server/ledger/sqlite-ledger';
import { createLog } from '../../../src/server/log';
import { connectRedis } from '../../../src/server/store/redis-connection';
import { expectSumsToAgree, MIDNIGHT, requestOf, settlementOf } from '../../contract/ledger-books';
import { HAS_REDIS, startRedis } from '../../redis-process';

const CAPS: Caps = { dayNanoUsd: 150, siteNanoUsd: 100, visitorNanoUsd: 70 };
const DAY_MS = 86_400_000;

interface Call {
  readonly id: string;
  readonly day: string;
  readonly site: string;
  readonly visitor: string;
  readonly worst: number;
  readonly prompt: number;
  readonly hash: string | undefined;
  readonly atMs: number;
  state: 'held' | 'swept' | 'settled' | 'released';
  cost: number;
}

const reserve = fc.record({
  kind: fc.constant('reserve' as const),
  site: fc.constantFrom('s1', 's2'),
  visitor: fc.constantFrom('v1', 'v2', 'v3'),
  worst: fc.nat(60),
  promptShare: fc.double({ min: 0, max: 1, noNaN: true }),
  hash: fc.option(fc.constantFrom('h1', 'h2'), { nil: undefined, freq: 3 }),
});
const settle = fc.record({
  kind: fc.constant('settle' as const),
  which: fc.nat(),
  costShare: fc.double({ min: 0, max: 1, noNaN: true }),
});
const release = fc.record({ kind: fc.constant('release' as const), which: fc.nat() });
const sweep = fc.record({ kind: fc.constant('sweep' as const) });
const pass = fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(DAY_MS) });
const step = fc.oneof(
  { weight: 8, arbitrary: reserve },
  { weight: 5, arbitrary: settle },
  { weight: 2, arbitrary: release },
  { weight: 1, arbitrary: sweep },
  { weight: 1, arbitrary: pass },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

test('any interleaving of reserve, settle, release and sweep agrees with the model and keeps every cap', async () => {
  const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
    const clock = { nowMs: MIDNIGHT - DAY_MS / 2 };
    const ledger = createSqliteLedger({ path: ':memory:', caps: CAPS, now: () => clock.nowMs });
    await takeSteps(ledger, clock, steps);
    await ledger.close();
  });
  await fc.assert(property, { seed: 4, numRuns: 200 });
}, 60_000);

test.skipIf(!HAS_REDIS)(
  'any interleaving of reserve, settle and release does the same in Redis, whichever of two servers is asked',
  async () => {
    const redis = await startRedis();
    const log = createLog('error', () => undefined);
    const connections = [
      await connectRedis({ url: redis.url, log }),
      await connectRedis({ url: redis.url, log }),
    ];
    const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
      await redis.command('FLUSHALL');
      const clock = { nowMs: MIDNIGHT - DAY_MS / 2 };
      const ledgers = connections.map((connection) =>
        createRedisLedger({ connection, server: randomUUID(), caps: CAPS, now: () => clock.nowMs, log }),
      );
      let turn = 0;
      const either = new Proxy({} as Ledger, {
        get: (_target, name: keyof Ledger) => ledgers[turn++ % ledgers.length]?.[name],
      });
      // What a sweep takes is another server's: see `redis-faults.test.ts`.
      await takeSteps(
        either,
        clock,
        steps.filter(({ kind }) => kind !== 'sweep'),
      );
      for (const ledger of ledgers) await ledger.close();
    });
    try {
      await fc.assert(property, { seed: 5, numRuns: 100 });
    } finally {
      for (const connection of connections) await connection.close();
      await redis.close();
    }
  },
  120_000,
);

async function takeSteps(ledger: Ledger, clock: { nowMs: number }, steps: readonly Step[]): Promise<void> {
  const calls: Call[] = [];
  for (const next of steps) {
    if (next.kind === 'pass') clock.nowMs += next.ms;
    else await takeStep(ledger, calls, next, clock.nowMs);
    expectCapsKept(calls);
  }
  for (const day of new Set(calls.map((call) => call.day))) {
    const entries = await expectSumsToAgree(ledger, day);
    expect(entries.map(({ id, state, costNanoUsd }) => [id, state, costNanoUsd])).toEqual(
      calls
        .filter((call) => call.day === day)
        .map(({ id, state, cost }) => [id, state === 'swept' ? 'settled' : state, cost]),
    );
  }
}

/** Does the same to the ledger and to the model, and compares the answers. */
async function takeStep(
  ledger: Ledger,
  calls: Call[],
  next: Exclude<Step, { kind: 'pass' }>,
  nowMs: number,
): Promise<void> {
  if (next.kind === 'reserve') {
    const { site, visitor, worst, hash } = next;
    const id = `call-${calls.length}-${nowMs}`;
    const prompt = Math.floor(worst * next.promptShare);
    const call: Call = {
      id,
      day: utcDayOf(nowMs).day,
      site,
      visitor,
      worst,
      prompt,
      hash,
      atMs: nowMs,
      state: 'held',
      cost: 0,
    };
    const expected = answerOf(calls, call);
    const request = requestOf(id, { site, visitor, worstNanoUsd: worst, promptNanoUsd: prompt });
    expect(await ledger.reserve({ ...request, ...(hash ? { idempotencyHash: hash } : {}) })).toEqual(
      expected,
    );
    if (expected.kind === 'reserved') calls.push(call);
  } else if (next.kind === 'sweep') {
    const held = calls.filter(({ state }) => state === 'held');
    expect(await ledger.sweep()).toBe(held.length);
    for (const call of held) Object.assign(call, { state: 'swept', cost: call.prompt });
  } else if (calls.length > 0) {
    const call = calls[next.which % calls.length]!;
    const isOpen = call.state === 'held' || call.state === 'swept';
    // One that was swept and turns out dearer than its prompt may go beyond a cap: its hold is gone, and the truth is booked.
    const most = call.state === 'swept' ? call.prompt : call.worst;
    const cost = next.kind === 'settle' ? Math.floor(most * next.costShare) : 0;
    await (next.kind === 'settle' ? ledger.settle(call.id, settlementOf(cost)) : ledger.release(call.id));
    if (isOpen) Object.assign(call, { state: next.kind === 'settle' ? 'settled' : 'released', cost });
  }
}

function answerOf(calls: readonly Call[], call: Call): Reserved {
  const counted = calls.filter(({ state }) => state !== 'released');
  const first = counted.find(({ hash, atMs }) => hash && hash === call.hash && atMs > call.atMs - DAY_MS);
  if (first) return { kind: 'repeated', id: first.id };
  const today = counted.filter(({ day }) => day === call.day);
  const sums: [CapName, number, number][] = [
    ['day', weightOf(today), CAPS.dayNanoUsd],
    ['site', weightOf(today.filter(({ site }) => site === call.site)), CAPS.siteNanoUsd],
    ['visitor', weightOf(today.filter(({ visitor }) => visitor === call.visitor)), CAPS.visitorNanoUsd],
  ];
  const cap = sums.find(([, sum, most]) => sum + call.worst > most)?.[0];
  if (cap) return { kind: 'exhausted', cap, opensAtMs: utcDayOf(call.atMs).endsAtMs };
  return { kind: 'reserved' };
}

/** What calls count against a cap: their worst case while it is held, then what they cost. */
function weightOf(calls: readonly Call[]): number {
  return calls.reduce((sum, { state, worst, cost }) => sum + (state === 'held' ? worst : cost), 0);
}

function expectCapsKept(calls: readonly Call[]): void {
  for (const { day, site, visitor } of calls) {
    const today = calls.filter((call) => call.day === day);
    expect(weightOf(today)).toBeLessThanOrEqual(CAPS.dayNanoUsd);
    expect(weightOf(today.filter((call) => call.site === site))).toBeLessThanOrEqual(CAPS.siteNanoUsd);
    expect(weightOf(today.filter((call) => call.visitor === visitor))).toBeLessThanOrEqual(
      CAPS.visitorNanoUsd,
    );
  }
}
