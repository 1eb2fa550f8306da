/** Facts about a model that its vendor takes away: said in time, replaced on the day, billed by the new price, and no turn lost. */
import { afterEach, expect, test } from 'vitest';
import { createLog } from '../../../src/server/log';
import { createFindModel, type OperatorModel } from '../../../src/server/pairs/known-models';
import { createModelsWatch } from '../../../src/server/pairs/models-watch';
import { readModels } from '../../../src/server/pairs/read-models';
import { createRotation } from '../../../src/server/pairs/rotation';
import { ask, startCompletions, type CompletionsServer } from '../../fakes/openai/completions-server';
import type { FakeModel } from '../../fakes/openai/fake-openai';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SHUTDOWN = '2027-01-14';
const OPENAI: readonly FakeModel[] = [
  { id: 'gpt-4o', shutdown: SHUTDOWN, isDateTold: true },
  { id: 'gpt-4o-mini', shutdown: SHUTDOWN, isDateTold: true },
  { id: 'gpt-6-luna' },
];
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function start(models: readonly FakeModel[], startMs: number): Promise<World> {
  const world = { nowMs: startMs };
  const now = () => world.nowMs;
  const server = await startCompletions({ now, models });
  closing.push(() => server.close());
  const { rotation, log } = server;
  const watch = createModelsWatch({
    rotation,
    now,
    log,
    read: (signal) => readModels({ baseUrl: server.fake.url, key: server.fake.key, signal }),
    repeat: () => () => undefined,
  });
  return { ...server, world, look: () => watch.look() };
}
type World = CompletionsServer & { world: { nowMs: number }; look: () => Promise<void> };

function linesOf(logged: readonly string[]) {
  return logged.map((line) => JSON.parse(line) as { level: string; time: string; msg: string });
}

test('across the shutdown date: no failed turn, one warning a day for 60 days before it, and the new model with its price after', async () => {
  const startMs = Date.parse('2026-11-01T00:00:00Z');
  const { post, look, world, ledger, logged, fake } = await start(OPENAI, startMs);
  const endMs = Date.parse('2027-01-20T00:00:00Z');
  const prices = new Map<string, string>();
  for (; world.nowMs < endMs; world.nowMs += 3 * HOUR_MS) {
    await look();
    if ((world.nowMs / HOUR_MS) % 12 > 0) continue;
    const stream = world.nowMs % DAY_MS > 0;
    const response = await post(ask('Why is the sky blue?', { stream, model: 'gpt-4o' }));
    const text = await response.text();
    expect([response.status, text.includes('"error"')]).toEqual([200, false]);
    prices.set(
      new Date(world.nowMs).toISOString().slice(0, 10),
      response.headers.get('x-smallfirst-price') ?? '',
    );
  }

  const modelOn = (day: string) => (JSON.parse(prices.get(day) ?? '{}') as { model?: string }).model;
  expect(prices.size).toBe(80);
  expect([modelOn('2026-11-01'), modelOn('2027-01-13')]).toEqual(['gpt-4o', 'gpt-4o']);
  expect([modelOn(SHUTDOWN), modelOn('2027-01-19')]).toEqual(['gpt-6-luna', 'gpt-6-luna']);
  // Nothing was refused by the vendor: who knows the day does not run into a 404.
  expect(fake.books().every(({ status }) => status === 200)).toBe(true);

  const warnings = linesOf(logged).filter(({ msg }) => msg.startsWith('gpt-4o leaves'));
  const days = warnings.map(({ time }) => time.slice(0, 10));
  expect(new Set(days).size).toBe(days.length);
  expect([days.length, days[0], days.at(-1)]).toEqual([60, '2026-11-15', '2027-01-13']);
  expect(warnings.at(-1)?.msg).toContain('gpt-6-luna takes over then, at $0.1 / $0.5 per million tokens');
  expect(linesOf(logged).filter(({ msg }) => msg.startsWith('gpt-4o has left'))).toHaveLength(1);

  for (const entry of ledger.all) {
    const isAfter = entry.atMs >= Date.parse(SHUTDOWN);
    expect(entry.model).toBe(isAfter ? 'gpt-6-luna' : 'gpt-4o');
    const [input, output] = isAfter ? ([100, 500] as const) : ([2_500, 10_000] as const);
    expect(entry.costNanoUsd).toBe(entry.promptTokens * input + entry.completionTokens * output);
  }
}, 60_000);

test.each([{}, { stream: true }])(
  'a model that goes ahead of its day costs no turn: its successor answers the same request (%j)',
  async (more) => {
    const early = [{ id: 'gpt-4o', shutdown: '2026-12-01' }, { id: 'gpt-6-luna' }];
    const { post, ledger, fake } = await start(early, Date.parse('2026-12-02T08:00:00Z'));
    const responses = await Promise.all([1, 2, 3].map(() => post(ask('Hello', more))));
    for (const response of responses) {
      expect(response.status).toBe(200);
      expect(JSON.parse(response.headers.get('x-smallfirst-price') ?? '')).toMatchObject({
        model: 'gpt-6-luna',
        outputNanoUsd: 500,
      });
      expect(await response.text()).not.toContain('"error"');
    }
    const served = ledger.all.filter(({ state }) => state === 'settled');
    expect(served.map(({ model }) => model)).toEqual(['gpt-6-luna', 'gpt-6-luna', 'gpt-6-luna']);
    expect(ledger.all.filter(({ state }) => state === 'held')).toEqual([]);
    const billed = fake.books().filter(({ status }) => status === 200);
    expect(served.reduce((sum, { completionTokens }) => sum + completionTokens, 0)).toBe(
      billed.reduce((sum, { completionTokens }) => sum + completionTokens, 0),
    );
    // From now on it is not asked for first.
    const before = fake.books().length;
    await (await post(ask('Again', more))).text();
    expect(fake.books().length).toBe(before + 1);
  },
);

test('where nothing follows, the answer is 503 with a code of its own, and nothing is held', async () => {
  const { post, ledger } = await start([{ id: 'other' }], Date.parse('2026-11-20T08:00:00Z'));
  for (let turn = 0; turn < 2; turn++) {
    const response = await post(ask('Hello'));
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.code]).toEqual([503, 'model_retired']);
    expect(error.message).not.toMatch(/not found/i);
  }
  expect(ledger.all.every(({ state }) => state === 'released')).toBe(true);
});

test('GPT-3.5 Turbo, which is gone already, is never asked for, and its successors follow each other', () => {
  const { at, rotation } = rotationOf('gpt-3.5-turbo');
  at('2026-11-26');
  expect(rotation.find('flagship')?.model).toBe('gpt-4.1-mini');
  expect(rotation.find('gpt-3.5-turbo')?.model).toBe('gpt-4.1-mini');
  at(SHUTDOWN);
  expect(rotation.find('gpt-3.5-turbo')?.model).toBe('gpt-6-luna');
});

test('a pair that ends up as one model is offered as one, and both names answer', () => {
  const { at, rotation } = rotationOf('gpt-4o', 'gpt-4o-mini');
  at(SHUTDOWN);
  expect(rotation.pair()).toEqual({ flagship: expect.objectContaining({ model: 'gpt-6-luna' }) as unknown });
  expect(rotation.find('small')?.model).toBe('gpt-6-luna');
});

test('the vendor’s list goes before our dates, and the operator’s word before both', () => {
  const listed = (shutdown: string | null) => new Map([['gpt-4o', { shutdown, successor: undefined }]]);
  const { at, rotation } = rotationOf('gpt-4o');
  at('2026-12-10');
  rotation.learn(listed('2026-12-10'));
  expect(rotation.find('flagship')?.model).toBe('gpt-6-luna');
  rotation.learn(listed(null));
  at('2027-03-01');
  expect(rotation.find('flagship')?.model).toBe('gpt-4o');

  const own = rotationOf('gpt-4o', undefined, [
    { model: 'gpt-4o', shutdown: '2027-02-01', successor: 'gpt-6.1-sol' },
  ]);
  own.rotation.learn(listed('2026-12-10'));
  own.at('2027-01-31');
  expect(own.rotation.find('flagship')?.model).toBe('gpt-4o');
  own.at('2027-02-01');
  expect(own.rotation.find('flagship')?.model).toBe('gpt-6.1-sol');
});

test('what vanishes from the vendor’s list is gone, what was never in it is not, and what comes back is back', () => {
  const { at, rotation, logged } = rotationOf('gpt-4o');
  at('2026-11-26');
  const none = new Map([['gpt-6-luna', { shutdown: undefined, successor: undefined }]]);
  const both = new Map([...none, ['gpt-4o', { shutdown: undefined, successor: undefined }]]);
  rotation.learn(none);
  expect(rotation.find('flagship')?.model).toBe('gpt-4o');
  expect(logged.join()).toContain('gpt-4o is not in the vendor’s list of models');
  rotation.learn(both);
  rotation.learn(none);
  expect(rotation.find('flagship')?.model).toBe('gpt-6-luna');
  rotation.learn(both);
  expect(rotation.find('flagship')?.model).toBe('gpt-4o');
});

test('a single 404 is believed for ten minutes only', () => {
  const { at, rotation } = rotationOf('gpt-4o');
  at('2026-11-26T10:00:00Z');
  expect(rotation.markGone('gpt-4o')).toBe(true);
  expect(rotation.find('flagship')?.model).toBe('gpt-6-luna');
  at('2026-11-26T10:10:01Z');
  expect(rotation.find('flagship')?.model).toBe('gpt-4o');
});

test('a price that the vendor has announced holds from its day on', () => {
  const { at, rotation } = rotationOf('gemini-4-argon');
  at('2026-11-30');
  expect(rotation.find('flagship')).toMatchObject({ inputNanoUsd: 2_000, asOf: '2026-10-13' });
  at('2026-12-01');
  expect(rotation.find('flagship')).toMatchObject({
    inputNanoUsd: 4_000,
    outputNanoUsd: 20_000,
    asOf: '2026-12-01',
  });
});

function rotationOf(flagship: string, small?: string, prices: readonly OperatorModel[] = []) {
  let nowMs = Date.parse('2026-11-26');
  const logged: string[] = [];
  const now = () => nowMs;
  const rotation = createRotation({
    flagship,
    small,
    findModel: createFindModel(prices),
    now,
    log: createLog('debug', (line) => logged.push(line), { now }),
  });
  return { rotation, logged, at: (time: string) => void (nowMs = Date.parse(time)) };
}
