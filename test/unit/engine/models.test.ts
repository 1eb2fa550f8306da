/** Facts about the models on offer: how each gets from absent to ready. */
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { settle } from '../../fakes/fake-clock';
import { MIB, cardOf, offer, starter, urlOf } from '../../fakes/model-offers';

describe('a model that is chosen', () => {
  test('goes from absent over fetching and starting to ready', async () => {
    const { models, engine, stateOf, choose } = offer();
    expect(stateOf('a')).toEqual({ kind: 'absent' });
    await choose('a');
    engine('a').progress({ step: 'fetch', doneBytes: 1, totalBytes: 100 });
    expect(stateOf('a')).toEqual({ kind: 'fetching', doneBytes: 1, totalBytes: 100 });
    engine('a').progress({ step: 'start' });
    expect(stateOf('a')).toEqual({ kind: 'starting' });
    engine('a').finish();
    await settle();
    expect(stateOf('a')).toEqual({ kind: 'ready' });
    expect(models.state.chosenId).toBe('a');
    expect(models.chosen()).toMatchObject({ modelName: 'Model a' });
  });

  test('says how fast it comes once that is known, and every step is told', async () => {
    const { engine, stateOf, choose, pass, changes } = offer();
    await choose('a');
    const before = changes();
    for (const doneBytes of [0, 1_000, 2_000]) {
      engine('a').progress({ step: 'fetch', doneBytes, totalBytes: 9_000 });
      pass(500);
    }
    expect(stateOf('a')).toMatchObject({ kind: 'fetching', doneBytes: 2_000, bytesPerSecond: 2_000 });
    expect(changes() - before).toBe(3);
  });

  test('and then cancelled is absent again', async () => {
    const { models, engine, stateOf, choose } = offer();
    await choose('a');
    engine('a').progress({ step: 'fetch', doneBytes: 1, totalBytes: 100 });
    await models.cancel('a');
    await settle();
    expect(stateOf('a')).toEqual({ kind: 'absent' });
    expect(engine('a').isLoading).toBe(false);
  });

  test('and cancelled while it starts is kept: its file is here', async () => {
    const { models, engine, stateOf, choose, kept } = offer();
    await choose('a');
    kept.add(urlOf('a'));
    engine('a').progress({ step: 'start' });
    await models.cancel('a');
    await settle();
    expect(stateOf('a')).toEqual({ kind: 'kept' });
  });

  test('and that fails says why, with its name where the fault has no particulars', async () => {
    const { engine, stateOf, choose } = offer();
    await choose('a');
    engine('a').fail(new Fault('shard_http_404', 'the url'));
    await settle();
    expect(stateOf('a')).toEqual({ kind: 'failed', fault: { code: 'shard_http_404', detail: 'the url' } });
    await choose('b');
    engine('b').fail(new Fault('out_of_memory'));
    await settle();
    expect(stateOf('b')).toEqual({ kind: 'failed', fault: { code: 'out_of_memory', detail: 'Model b' } });
  });

  test('and that failed is tried again by choosing it again', async () => {
    const { models, engine, stateOf, choose } = offer();
    await choose('a');
    engine('a').fail(new TypeError('boom'));
    await settle();
    expect(stateOf('a')).toMatchObject({ kind: 'failed', fault: { code: 'engine_load', detail: 'boom' } });
    const again = models.choose('a');
    engine('a').finish();
    await again;
    expect(stateOf('a')).toEqual({ kind: 'ready' });
    expect(engine('a').loads).toBe(2);
  });

  test('twice while it comes is loaded once', async () => {
    const { engine, stateOf, choose } = offer();
    await choose('a');
    await choose('a');
    expect(engine('a').loads).toBe(1);
    engine('a').finish();
    await settle();
    expect(stateOf('a')).toEqual({ kind: 'ready' });
  });

  test('and is on no list changes nothing', async () => {
    const { models } = offer();
    await models.choose('unknown');
    expect(models.state.chosenId).toBeUndefined();
  });
});

describe('restore', () => {
  test('takes up an earlier choice whose file is kept, and loads nothing', async () => {
    const { models, engine, stateOf } = offer(undefined, ['a']);
    await models.restore('a');
    expect(models.state.chosenId).toBe('a');
    expect(stateOf('a')).toEqual({ kind: 'kept' });
    expect(stateOf('b')).toEqual({ kind: 'absent' });
    expect(engine('a').loads).toBe(0);
  });

  test.for([undefined, 'a', 'gone'])(
    'takes the bundled model where %s was chosen and is not here',
    async (id) => {
      const { models } = offer(undefined, ['b']);
      await models.restore(id);
      expect(models.state.chosenId).toBe('starter');
    },
  );

  test('takes up a bundled model whether its file is kept or not', async () => {
    const second = cardOf('second', { url: './second.gguf', sizeBytes: MIB });
    const { models } = offer([starter, second]);
    await models.restore('second');
    expect(models.state.chosenId).toBe('second');
  });

  test('chooses nothing where nothing is bundled', async () => {
    const { models } = offer([cardOf('a')]);
    await models.restore('a');
    expect(models.state.chosenId).toBeUndefined();
    expect(() => models.chosen()).toThrow(expect.objectContaining({ code: 'no_model' }));
  });

  test('counts as bundled what is small and of the page’s own site only', () => {
    const { models } = offer([
      starter,
      cardOf('far', { sizeBytes: 1 }),
      cardOf('large', { url: '/large.gguf', sizeBytes: 17 * MIB }),
    ]);
    expect(models.state.offers.map(({ isBundled }) => isBundled)).toEqual([true, false, false]);
  });
});

test('preload loads the model that was restored', async () => {
  const { models, engine, stateOf } = offer();
  await models.restore(undefined);
  void models.preload();
  engine('starter').finish();
  await settle();
  expect(stateOf('starter')).toEqual({ kind: 'ready' });
});

test('a download that stops for want of a network is paused, and goes on with it', async () => {
  const { models, engine, stateOf, choose, parts } = offer();
  await choose('a');
  parts.set(urlOf('a'), 8);
  engine('a').fail(new Fault('offline'));
  await settle();
  expect(stateOf('a')).toEqual({ kind: 'paused', doneBytes: 8, totalBytes: 100 * MIB, isOffline: true });
  const resuming = models.resume();
  await settle();
  expect(engine('a').loads).toBe(2);
  engine('a').finish();
  await resuming;
  expect(stateOf('a')).toEqual({ kind: 'ready' });
});

test('a model that does not fit this device is refused before anything is fetched', async () => {
  const { models, engine, stateOf } = offer(undefined, [], () => new Fault('gpu_limit', 'too small'));
  await models.choose('a');
  expect(stateOf('a')).toMatchObject({ kind: 'failed', fault: { code: 'gpu_limit' } });
  expect(engine('a').loads).toBe(0);
});

test('a model that is removed gives back its memory and its file', async () => {
  const { models, engine, stateOf, ready, kept } = offer();
  await ready('a');
  await models.remove('a');
  expect(stateOf('a')).toEqual({ kind: 'absent' });
  expect(engine('a').isLoaded).toBe(false);
  expect(kept.size).toBe(0);
});

test('a model that is removed while it is fetched is absent', async () => {
  const { models, engine, stateOf, choose } = offer();
  await choose('a');
  engine('a').progress({ step: 'fetch', doneBytes: 1, totalBytes: 100 });
  await models.remove('a');
  await settle();
  expect(stateOf('a')).toEqual({ kind: 'absent' });
});

test.for(['load', 'generate'] as const)(
  'a load that a question sets off by %s shows like any other',
  async (by) => {
    const { models, engine, stateOf } = offer();
    await models.restore(undefined);
    const chosen = models.chosen().engine;
    const options = { signal: new AbortController().signal };
    const work =
      by === 'load' ? chosen.load(options) : chosen.generate([], options)[Symbol.asyncIterator]().next();
    await settle();
    engine('starter').progress({ step: 'fetch', doneBytes: 1, totalBytes: 2 });
    expect(stateOf('starter')).toMatchObject({ kind: 'fetching' });
    engine('starter').finish();
    await work;
    await settle();
    expect(stateOf('starter')).toEqual({ kind: 'ready' });
    expect(engine('starter').loads).toBe(1);
  },
);

test('background work goes to a model that was trained for it and is ready; none is loaded or fetched for it', async () => {
  const titler = cardOf('titler', { tasks: ['title'] });
  const { models, ready } = offer([cardOf('a'), titler]);
  await ready('a');
  expect(models.forTask('title')).toBeUndefined();
  await ready('titler');
  expect(models.forTask('title')?.id).toContain('titler');
  expect(offer([cardOf('a')]).models.forTask('title')).toBeUndefined();
});
