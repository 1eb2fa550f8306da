/** Facts about the ledger in Redis when a server dies, when Redis is away, and when it has forgotten. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LedgerError, type Ledger } from '../../../src/server/ledger/ledger';
import { createRedisLedger } from '../../../src/server/ledger/redis-ledger';
import { createLog } from '../../../src/server/log';
import { connectRedis, type RedisConnection } from '../../../src/server/store/redis-connection';
import { openRedisStore } from '../../../src/server/store/redis-store';
import { DAY, expectSumsToAgree, NOON, requestOf, settlementOf, WIDE } from '../../contract/ledger-books';
import { startCuttableProxy, type CuttableProxy } from '../../fakes/cuttable-proxy';
import { HAS_REDIS, startRedis, type RedisProcess } from '../../redis-process';

const BEAT_MS = 40;
const LEASE_BEATS = 5;
const ANSWER_WITHIN_MS = 250;
const SOON = { timeout: 10_000, interval: 20 };

describe.skipIf(!HAS_REDIS)('in Redis', () => {
  let redis: RedisProcess;
  let logged: string[];
  const closing: (() => Promise<unknown>)[] = [];
  beforeEach(async () => {
    redis = await startRedis();
    logged = [];
  });
  afterEach(async () => {
    await Promise.allSettled(closing.splice(0).map((close) => close()));
    await redis.close();
  });
  const log = createLog('debug', (line) => void logged.push(line));

  async function open(url = redis.url): Promise<{ ledger: Ledger; connection: RedisConnection }> {
    const connection = await connectRedis({ url, log, answerWithinMs: ANSWER_WITHIN_MS, silentMs: 1_000 });
    const ledger = createRedisLedger({
      connection,
      server: randomUUID(),
      caps: WIDE,
      now: () => NOON,
      log,
      beatMs: BEAT_MS,
      leaseBeats: LEASE_BEATS,
    });
    closing.push(() => connection.close());
    await ledger.sweep().catch(() => undefined);
    return { ledger, connection };
  }

  test('what a dead server held is settled by the others, once, at the price of its prompt', async () => {
    const [dead, living, other] = [await open(), await open(), await open()];
    await dead.ledger.reserve(requestOf('lost'));
    await living.ledger.reserve(requestOf('open'));
    // As a process that is killed: without a word.
    await dead.connection.close();
    await expect.poll(async () => (await living.ledger.spend(DAY)).spentNanoUsd, SOON).toBe(30);
    await wait(BEAT_MS * LEASE_BEATS * 2);
    expect(await other.ledger.spend(DAY)).toEqual({
      day: DAY,
      spentNanoUsd: 30,
      heldNanoUsd: 100,
      calls: 2,
    });
    expect(await expectSumsToAgree(other.ledger, DAY)).toMatchObject([
      { id: 'lost', state: 'settled', outcome: 'swept', costNanoUsd: 30 },
      { id: 'open', state: 'held' },
    ]);
    expect(logged.filter((line) => line.includes('1 calls of a server that ended'))).toHaveLength(1);
  });

  test('while Redis stands still no lease runs out, however long', async () => {
    const [one, other] = [await open(), await open()];
    await one.ledger.reserve(requestOf('a'));
    await other.ledger.reserve(requestOf('b'));
    redis.pause();
    await wait(BEAT_MS * LEASE_BEATS * 4);
    redis.resume();
    await expect
      .poll(
        () => one.ledger.reserve(requestOf(randomUUID(), { worstNanoUsd: 0 })).catch(() => undefined),
        SOON,
      )
      .toBeDefined();
    await wait(BEAT_MS * LEASE_BEATS);
    expect((await one.ledger.spend(DAY)).heldNanoUsd).toBe(200);
  });

  test('a server that was taken for dead holds again what is open in it', async () => {
    const line = await startCuttableProxy(redis.port);
    closing.push(() => line.close());
    const cutOff = await open(`redis://127.0.0.1:${line.port}`);
    const other = await open();
    await cutOff.ledger.reserve(requestOf('a'));
    line.cut();
    await expect.poll(async () => (await other.ledger.spend(DAY)).spentNanoUsd, SOON).toBe(30);
    line.mend();
    await expect
      .poll(() => other.ledger.spend(DAY), SOON)
      .toMatchObject({ spentNanoUsd: 0, heldNanoUsd: 100 });
    await cutOff.ledger.settle('a', settlementOf(77));
    expect(await other.ledger.spend(DAY)).toEqual({ day: DAY, spentNanoUsd: 77, heldNanoUsd: 0, calls: 1 });
    await expectSumsToAgree(other.ledger, DAY);
  });

  test('while Redis is away everything fails at once, and what was to be settled or released is, once it is back', async () => {
    const { ledger } = await open();
    for (const id of ['settled', 'released', 'open']) await ledger.reserve(requestOf(id));
    await redis.stop();
    await expect(ledger.settle('settled', settlementOf(40))).rejects.toThrow(LedgerError);
    await expect(ledger.settle('settled', settlementOf(99))).rejects.toThrow(LedgerError);
    await expect(ledger.release('released')).rejects.toThrow(LedgerError);
    await expect(ledger.reserve(requestOf('late'))).rejects.toThrow(LedgerError);
    await redis.start();
    await expect
      .poll(() => ledger.spend(DAY).catch(() => undefined), SOON)
      .toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 100, calls: 2 });
    await expectSumsToAgree(ledger, DAY);
  });

  test('a reservation that Redis does not answer is given back, whether it arrives late or never', async () => {
    const { ledger } = await open();
    redis.pause();
    const beganMs = performance.now();
    await expect(ledger.reserve(requestOf('late'))).rejects.toThrow(LedgerError);
    // The next is not even sent.
    await expect(ledger.reserve(requestOf('never'))).rejects.toThrow(LedgerError);
    expect(performance.now() - beganMs).toBeLessThan(ANSWER_WITHIN_MS * 20);
    redis.resume();
    await expect
      .poll(
        () =>
          ledger.reserve(requestOf('next')).then(
            ({ kind }) => kind,
            () => undefined,
          ),
        SOON,
      )
      .toBe('reserved');
    await expect.poll(() => ledger.spend(DAY), SOON).toMatchObject({ heldNanoUsd: 100, calls: 1 });
  });

  test('a release that comes before its reservation, from a connection that was given up, keeps that from holding', async () => {
    const { ledger } = await open();
    await ledger.release('late');
    await expect(ledger.reserve(requestOf('late'))).rejects.toThrow(LedgerError);
    expect(await ledger.spend(DAY)).toMatchObject({ heldNanoUsd: 0, calls: 0 });
  });

  test('where Redis has forgotten everything, what is open counts again, and what ends is booked', async () => {
    const { ledger } = await open();
    for (const id of ['a', 'b']) await ledger.reserve(requestOf(id));
    await redis.command('FLUSHALL');
    await expect.poll(async () => (await ledger.spend(DAY)).heldNanoUsd, SOON).toBe(200);
    await redis.command('FLUSHALL');
    await ledger.settle('a', settlementOf(40));
    await ledger.release('b');
    await expect
      .poll(() => ledger.spend(DAY), SOON)
      .toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 0, calls: 1 });
    await expectSumsToAgree(ledger, DAY);
  });

  test('where Redis came back without its last moments, what was acknowledged in them is written again', async () => {
    const { ledger } = await open();
    for (const id of ['settled', 'released', 'open']) await ledger.reserve(requestOf(id));
    await redis.command('CONFIG', 'SET', 'appendonly', 'no');
    await redis.command('SAVE');
    await ledger.settle('settled', settlementOf(40));
    await ledger.release('released');
    await ledger.reserve(requestOf('late'));
    await redis.kill();
    await redis.start('--appendonly', 'no');
    await expect
      .poll(() => ledger.spend(DAY).catch(() => undefined), SOON)
      .toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 200, calls: 3 });
    await expectSumsToAgree(ledger, DAY);
  });

  test('full memory fails closed, and what was to be settled is once there is room', async () => {
    const { ledger } = await open();
    await ledger.reserve(requestOf('a'));
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(ledger.reserve(requestOf('b'))).rejects.toThrow(/maxmemory/);
    await expect(ledger.settle('a', settlementOf(40))).rejects.toThrow(LedgerError);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    await expect
      .poll(() => ledger.spend(DAY), SOON)
      .toEqual({ day: DAY, spentNanoUsd: 40, heldNanoUsd: 0, calls: 1 });
  });

  test('a connection on which nothing comes back is given up for another', async () => {
    const line: CuttableProxy = await startCuttableProxy(redis.port);
    closing.push(() => line.close());
    const { ledger } = await open(`redis://127.0.0.1:${line.port}`);
    line.silence();
    await expect(ledger.reserve(requestOf('a'))).rejects.toThrow(LedgerError);
    line.heal();
    await expect
      .poll(
        () =>
          ledger.reserve(requestOf(randomUUID())).then(
            ({ kind }) => kind,
            () => undefined,
          ),
        SOON,
      )
      .toBe('reserved');
    await expect.poll(() => ledger.spend(DAY), SOON).toMatchObject({ heldNanoUsd: 100 });
  });

  test('a wrong password is told at once, and not repeated', async () => {
    await redis.command('CONFIG', 'SET', 'requirepass', 'the-right-one');
    for (const url of [redis.url, redis.url.replace('//', '//:the-wrong-one@')]) {
      const opening = connectRedis({ url, log });
      await expect(opening).rejects.toThrow(/NOAUTH|WRONGPASS/);
      await expect(opening).rejects.not.toThrow(/the-wrong-one/);
    }
    const { ledger } = await open(redis.url.replace('//', '//:the-right-one@'));
    expect(await ledger.reserve(requestOf('a'))).toEqual({ kind: 'reserved' });
    expect(logged.join('\n')).not.toMatch(/the-(wrong|right)-one/);
  });

  test('a Redis that may forget is warned of', async () => {
    await redis.command('CONFIG', 'SET', 'appendonly', 'no');
    await redis.command('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    const store = await openRedisStore({ url: redis.url, caps: WIDE, now: () => NOON, log });
    await store.close();
    expect(logged.filter((line) => line.includes('"level":"warn"'))).toEqual([
      expect.stringContaining('set maxmemory-policy to noeviction'),
      expect.stringContaining('set appendonly to yes'),
    ]);
  });
});
