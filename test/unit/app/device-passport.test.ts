/** Facts about when the device is measured, what is kept of it, and who goes by it. */
import { expect, test } from 'vitest';
import { withPassport, type SiteModels } from '../../../src/app/device-passport';
import type { Ladder } from '../../../src/engine/ladder';
import type { ModelOffer, ModelState } from '../../../src/kernel/app-state';
import type { LocalEngine } from '../../../src/kernel/engine';
import type { Passport } from '../../../src/kernel/passport';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { createPassportStore } from '../../../src/store/passport-store';
import { messageOf } from '../../fakes/turn-run';

const PASSPORT: Passport = {
  measuredAt: 1_000,
  cpu: { threads: 1, msPerMb: { Q8_0: 1, Q4_K_M: 1, F16: 1 }, overheadMs: 0, promptMsPerMb: 0.5 },
};

/** One fetched model that answers, whose state a test sets; `answer` lets its engine's request end. */
async function models({
  keyValue = createMemoryKeyValue(),
  engineId = 'wllama:big',
  hasVerdict = false,
}: { keyValue?: ReturnType<typeof createMemoryKeyValue>; engineId?: string; hasVerdict?: boolean } = {}) {
  let state: ModelState = { kind: 'ready' };
  let nowMs = 2_000;
  let onChange = () => {};
  const answered = Promise.withResolvers<void>();
  /** Each ends a measurement. */
  const taken: ((found?: Passport) => void)[] = [];
  const offer = (): ModelOffer => ({
    card: {
      id: 'big',
      name: 'Big',
      engine: 'wllama',
      url: 'https://hub.test/big-Q8_0.gguf',
      sizeBytes: 100e6,
      contextTokens: 2_048,
      licence: 'MIT',
    },
    state,
    isBundled: false,
    kept: { doneBytes: state.kind === 'ready' ? 100e6 : 0, isVerified: true, usedAt: 0 },
  });
  const engine = {
    id: engineId,
    contextTokens: 2_048,
    async *generate() {
      await answered.promise;
      yield { text: 'Yes.' };
    },
  } as unknown as LocalEngine;
  const ladder = {
    get state() {
      return { isPersistent: true, offers: [offer()], chosenId: 'big' };
    },
    chosen: () => ({ id: 'big', engine, modelName: 'Big', hasVerdict, heal: async () => undefined }),
  } as unknown as Ladder;
  const built: SiteModels = await withPassport({
    create: async (changed) => {
      onChange = changed;
      return ladder;
    },
    store: createPassportStore(keyValue),
    take: () =>
      new Promise((resolve) => taken.push((found = { ...PASSPORT, measuredAt: nowMs }) => resolve(found))),
    threads: 1,
    now: () => nowMs,
    onChange: () => undefined,
  });
  return {
    built,
    keyValue,
    taken,
    answer: answered.resolve,
    become(next: ModelState, ms = nowMs) {
      state = next;
      nowMs = ms;
      onChange();
    },
  };
}

const settle = () => new Promise((resolve) => setTimeout(resolve));

test('it is measured once, said of each model, kept, and at the next visit not measured again', async () => {
  const { built, keyValue, taken } = await models();
  const measuring = built.measureDevice(false);
  expect(built.state.device).toEqual({ isMeasuring: true });
  void built.measureDevice(false);
  taken[0]?.();
  await measuring;
  await settle();
  expect(taken).toHaveLength(1);
  expect(built.state.device).toMatchObject({ isMeasuring: false, passport: { measuredAt: 2_000 } });
  expect(built.state.offers[0]?.forecast).toMatchObject({ tokensPerSecond: 10 });

  const next = await models({ keyValue });
  await next.built.measureDevice(false);
  expect(next.taken).toHaveLength(0);
  expect(next.built.state.offers[0]?.forecast).toMatchObject({ tokensPerSecond: 10 });
  void next.built.measureDevice(true);
  expect(next.taken).toHaveLength(1);
});

test('one that was taken with other threads, or long ago, is taken again', async () => {
  for (const old of [
    { ...PASSPORT, cpu: { ...PASSPORT.cpu!, threads: 4 } },
    { measuredAt: 1_000 },
    { ...PASSPORT, measuredAt: -61 * 86_400_000 },
  ]) {
    const keyValue = createMemoryKeyValue();
    await createPassportStore(keyValue).write({ rates: {}, passport: old });
    const { built, taken } = await models({ keyValue });
    void built.measureDevice(false);
    expect(taken).toHaveLength(1);
  }
});

test('while a model comes, starts or answers it waits', async () => {
  const { built, taken, become, answer } = await models();
  become({ kind: 'fetching', doneBytes: 0, totalBytes: 100e6 });
  await built.measureDevice(false);
  expect(taken).toHaveLength(0);
  become({ kind: 'starting' });
  expect(taken).toHaveLength(0);
  const chunks = built.chosen().engine.generate([], { signal: new AbortController().signal });
  const iterator = chunks[Symbol.asyncIterator]();
  const asking = iterator.next();
  become({ kind: 'ready' });
  expect(taken).toHaveLength(0);
  answer();
  await asking;
  await iterator.next();
  expect(taken).toHaveLength(1);
});

test('what was measured while somebody asked does not count: it is measured again', async () => {
  const { built, taken, answer } = await models();
  void built.measureDevice(false);
  const chunks = built.chosen().engine.generate([], { signal: new AbortController().signal });
  const iterator = chunks[Symbol.asyncIterator]();
  const asking = iterator.next();
  taken[0]?.();
  await settle();
  expect(built.state.device).toEqual({ isMeasuring: false });
  answer();
  await asking;
  await iterator.next();
  taken[1]?.();
  await settle();
  expect(built.state.device?.passport).toBeDefined();
});

test('the rate of a download is learnt and kept', async () => {
  const { built, keyValue, become } = await models();
  const coming = (doneBytes: number, ms: number) =>
    become({ kind: 'fetching', doneBytes, totalBytes: 100e6 }, ms);
  coming(0, 1_000);
  coming(10e6, 2_000);
  coming(30e6, 6_000);
  await settle();
  expect(await createPassportStore(keyValue).read()).toMatchObject({ rates: { 'hub.test': 10e6 } });
  expect(built.state.offers[0]?.forecast).toEqual({ downloadSeconds: 10, isOwnRate: true });
});

test('the watchdog is told what to expect of the engine for the processor, and of none that says its answer whole', async () => {
  const keyValue = createMemoryKeyValue();
  await createPassportStore(keyValue).write({ rates: {}, passport: PASSPORT });
  expect((await models({ keyValue })).built.chosen().expected).toEqual({
    msPerToken: 100,
    msPerPromptToken: 50,
    isWhole: false,
  });
  expect((await models({ keyValue, engineId: 'webllm:big' })).built.chosen().expected).toBeUndefined();
  expect((await models({ keyValue, hasVerdict: true })).built.chosen().expected).toBeUndefined();
  expect((await models()).built.chosen().expected).toBeUndefined();
});

test('gate A is told what an answer takes here, and what one took in the cloud', async () => {
  const keyValue = createMemoryKeyValue();
  await createPassportStore(keyValue).write({ rates: {}, passport: PASSPORT });
  const { built } = await models({ keyValue });
  const facts = { engineId: 'wllama:big', contextTokens: 2_048, tokensPerSecond: 10, answerSeconds: 30 };
  expect(built.device()).toEqual(facts);
  const answer = { place: 'cloud', engineId: 'cloud:gpt-4o', modelName: 'gpt-4o', cloudMs: 3_000 } as const;
  built.learnCloud(messageOf('Hello.', 'assistant', { answer }));
  built.learnCloud(messageOf('Hello.', 'assistant'));
  expect(built.device()).toEqual({ ...facts, cloudSeconds: 3 });
  await settle();
  expect((await models({ keyValue })).built.device()).toMatchObject({ cloudSeconds: 3 });
});

test('one that had no time for the processor leaves what was known of it', async () => {
  const { built, taken } = await models();
  void built.measureDevice(false);
  taken[0]!();
  await expect.poll(() => built.state.device?.passport?.cpu).toEqual(PASSPORT.cpu);
  void built.measureDevice(true);
  taken[1]!({ measuredAt: 3_000 });
  await expect.poll(() => built.state.device?.isMeasuring).toBe(false);
  expect(built.state.device?.passport?.cpu).toEqual(PASSPORT.cpu);
});
