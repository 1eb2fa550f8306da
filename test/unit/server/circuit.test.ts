/** Facts about the circuit before the vendor: when it opens, what is told then, and how it closes. */
import { afterEach, expect, test } from 'vitest';
import { createCircuit } from '../../../src/server/completions/circuit';
import { UpstreamFailure, type FailureKind } from '../../../src/server/completions/upstream-failure';
import { createLog } from '../../../src/server/log';
import { createMemoryState, type SharedState } from '../../../src/server/store/shared-state';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

function circuitOn(script: (FailureKind | 'answers')[], shared?: SharedState, world = { nowMs: 0, sent: 0 }) {
  const logged: string[] = [];
  const circuit = createCircuit({
    now: () => world.nowMs,
    log: createLog('info', (line) => logged.push(line)),
    failuresToOpen: 3,
    openMs: 5_000,
    maxOpenMs: 20_000,
    ...(shared ? { shared } : {}),
  });
  closing.push(() => circuit.close());
  const guarded = circuit.guard({
    async send() {
      world.sent++;
      const next = script.shift() ?? 'answers';
      if (next !== 'answers') throw new UpstreamFailure(next, 'free');
      return (async function* () {})();
    },
    close: async () => undefined,
  });
  const call = async (): Promise<string> => {
    try {
      await guarded.send('{}', new AbortController().signal);
      return 'answers';
    } catch (error) {
      return (error as UpstreamFailure).kind;
    }
  };
  return { world, circuit, call, logged };
}

test('three failures in a row open it: then nobody is sent on, and each is told when to ask again', async () => {
  const { world, circuit, call, logged } = circuitOn(['failed', 'unreachable', 'timeout']);
  expect([await call(), await call(), await call()]).toEqual(['failed', 'unreachable', 'timeout']);
  expect(circuit.state).toBe('open');
  world.nowMs = 4_000;
  expect(await call()).toBe('circuit-open');
  expect(world.sent).toBe(3);
  expect(logged.join()).toContain('the circuit is open');
});

test('after its time one call decides: an answer closes it', async () => {
  const { world, circuit, call, logged } = circuitOn(['failed', 'failed', 'failed']);
  for (let at = 0; at < 3; at++) await call();
  world.nowMs = 5_000;
  const [first, second] = await Promise.all([call(), call()]);
  expect([first, second]).toEqual(['answers', 'circuit-open']);
  expect(circuit.state).toBe('closed');
  expect(await call()).toBe('answers');
  expect(logged.join()).toContain('the circuit is closed');
});

test('another failure keeps it open twice as long, up to a limit, and not for ever', async () => {
  const { world, circuit, call } = circuitOn(Array<FailureKind>(8).fill('failed'));
  for (let at = 0; at < 3; at++) await call();
  const waits: number[] = [];
  for (let round = 0; round < 5; round++) {
    const openedMs = world.nowMs;
    while ((await call()) === 'circuit-open') world.nowMs += 1_000;
    waits.push(world.nowMs - openedMs);
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 20_000, 20_000]);
  world.nowMs += 20_000;
  expect(await call()).toBe('answers');
  expect(circuit.state).toBe('closed');
});

test('what the vendor refuses, and what a client gives up, does not open it', async () => {
  const kinds: FailureKind[] = ['rejected', 'auth', 'rate-limited', 'no-model', 'aborted'];
  const { circuit, call } = circuitOn([...kinds, ...kinds]);
  for (let at = 0; at < 10; at++) await call();
  expect(circuit.state).toBe('closed');
});

test('a client that leaves while its call decides lets the next one decide', async () => {
  const { world, circuit, call } = circuitOn(['failed', 'failed', 'failed', 'aborted']);
  for (let at = 0; at < 3; at++) await call();
  world.nowMs = 5_000;
  expect(await call()).toBe('aborted');
  expect(await call()).toBe('answers');
  expect(circuit.state).toBe('closed');
});

test('a failure between answers is forgotten', async () => {
  const { circuit, call } = circuitOn(['failed', 'failed', 'answers', 'failed', 'failed']);
  for (let at = 0; at < 5; at++) await call();
  expect(circuit.state).toBe('closed');
});

test('what one server finds, the others need not; and when it closes there, it closes here', async () => {
  const world = { nowMs: 0, sent: 0 };
  const shared = createMemoryState({ now: () => world.nowMs });
  const one = circuitOn(['failed', 'failed', 'failed'], shared, world);
  const other = circuitOn([], shared, world);
  for (let at = 0; at < 3; at++) await one.call();
  await other.circuit.sync();
  expect(other.circuit.state).toBe('open');
  expect(await other.call()).toBe('circuit-open');
  world.nowMs = 5_000;
  expect(await one.call()).toBe('answers');
  await other.circuit.sync();
  expect(other.circuit.state).toBe('closed');
});

test('a store that is away changes nothing: each server finds out for itself', async () => {
  const away: SharedState = {
    read: () => Promise.reject(new Error('away')),
    update: () => Promise.reject(new Error('away')),
  };
  const { circuit, call } = circuitOn(['failed', 'failed', 'failed'], away);
  for (let at = 0; at < 3; at++) await call();
  await circuit.sync();
  expect([circuit.state, await call()]).toEqual(['open', 'circuit-open']);
});
