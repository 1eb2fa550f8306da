/** Facts about choosing a model: which one answers meanwhile, and which one gives its memory back. */
import { describe, expect, test } from 'vitest';
import { settle } from '../../fakes/fake-clock';
import { offer } from '../../fakes/model-offers';

describe('choosing another', () => {
  test('unloads the one before, whose file is kept', async () => {
    const { models, engine, stateOf, ready } = offer();
    await ready('a');
    await ready('b');
    expect(stateOf('a')).toEqual({ kind: 'kept' });
    expect(stateOf('b')).toEqual({ kind: 'ready' });
    expect(engine('a').isLoaded).toBe(false);
    expect(models.chosen().modelName).toBe('Model b');
  });

  test('while the first is being fetched ends that', async () => {
    const { engine, stateOf, choose } = offer();
    await choose('a');
    engine('a').progress({ step: 'fetch', doneBytes: 1, totalBytes: 100 });
    await choose('b');
    expect(stateOf('a')).toEqual({ kind: 'absent' });
    expect(engine('a').isLoading).toBe(false);
    expect(engine('b').isLoading).toBe(true);
  });

  test('and at once the first again loads only the first', async () => {
    const { models, engine, stateOf, ready } = offer();
    await ready('a');
    void models.choose('b');
    void models.choose('a');
    await settle();
    engine('a').finish();
    await settle();
    expect(models.state.chosenId).toBe('a');
    expect(stateOf('a')).toEqual({ kind: 'ready' });
    expect(engine('b').isLoading).toBe(false);
    expect(stateOf('b')).toEqual({ kind: 'absent' });
  });

  test('while one answers leaves that one in place until the other is ready, a third included', async () => {
    const { models, engine, stateOf, choose, ready } = offer();
    await ready('starter');
    await choose('a');
    await choose('b');
    expect(models.state.chosenId).toBe('starter');
    expect([engine('a').isLoading, engine('b').isLoading]).toEqual([false, true]);
    engine('b').finish();
    await settle();
    expect(models.state.chosenId).toBe('b');
    expect(stateOf('starter')).toEqual({ kind: 'kept' });
  });

  test('that fails or is cancelled leaves the one before in place', async () => {
    const { models, engine, stateOf, choose, ready } = offer();
    await ready('starter');
    await choose('a');
    await models.cancel('a');
    await settle();
    expect(models.state.chosenId).toBe('starter');
    expect(stateOf('starter')).toEqual({ kind: 'ready' });
    expect(engine('starter').isLoaded).toBe(true);
  });

  test('lets the one before finish what it answers, and then unloads it', async () => {
    const { models, engine, ready } = offer();
    await ready('starter');
    const chunks = models.chosen().engine.generate([], { signal: new AbortController().signal });
    const answer = chunks[Symbol.asyncIterator]();
    await answer.next();
    await ready('a');
    expect(models.state.chosenId).toBe('a');
    expect(engine('starter').isLoaded).toBe(true);
    await answer.return?.();
    await settle();
    expect(engine('starter').isLoaded).toBe(false);
  });
});

test('a model that is removed or cancelled is not fetched again for a question: the bundled one answers', async () => {
  const { models, engine, ready } = offer();
  await ready('a');
  await models.remove('a');
  expect(models.state.chosenId).toBe('starter');
  expect(models.chosen().modelName).toBe('Model starter');
  expect(engine('a').isLoaded).toBe(false);
});
