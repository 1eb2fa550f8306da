/** Facts about the ladder: what it tries after a fault, which model comes next, and how it gets back up. */
import { describe, expect, test } from 'vitest';
import { createLadder, type Ladder } from '../../../src/engine/ladder';
import type { Killed } from '../../../src/engine/load-marker';
import type { ModelCard } from '../../../src/kernel/config';
import { Fault, type FaultCode } from '../../../src/kernel/fault';
import { healingText } from '../../../src/kernel/healing';
import { settle } from '../../fakes/fake-clock';
import { cardOf, offer, starter } from '../../fakes/model-offers';

const MIN = 60_000;
const gpu = (id: string, sizeBytes: number) =>
  cardOf(id, { engine: 'webllm', url: `https://hub.example/${id}.gguf`, sizeBytes, contextTokens: 4_096 });
const CARDS: readonly ModelCard[] = [
  starter,
  cardOf('cpu', { sizeBytes: 300e6, contextTokens: 4_096 }),
  gpu('large', 900e6),
  gpu('small', 300e6),
  cardOf('far', { sizeBytes: 500e6 }),
];
/** All but `far` are on this device. */
const HERE = ['cpu', 'large', 'small'];

function stand(killed: readonly Killed[] = [], here: readonly string[] = HERE) {
  const told: string[] = [];
  const page = offer(CARDS, here);
  const ladder = createLadder({
    models: page.models,
    now: page.now,
    marker: { killed: () => killed, tell: (id) => void told.push(id) },
    onChange: () => {},
  });
  /** Lets everything run; whatever is loading meanwhile ends well, but for `failing`. */
  const run = async <T>(work: Promise<T>, failing: readonly string[] = []): Promise<T> => {
    let isDone = false;
    const end = work.finally(() => (isDone = true));
    for (let round = 0; round < 60 && !isDone; round++) {
      await settle();
      for (const { id } of CARDS) {
        if (!page.engine(id).isLoading) continue;
        if (failing.includes(id)) page.engine(id).fail(new Fault('engine_load'));
        else page.engine(id).finish();
      }
    }
    return end;
  };
  const on = async (id: string) => {
    if (!ladder.state.chosenId) await ladder.restore(undefined);
    await run(ladder.choose(id));
    expect(ladder.state.chosenId).toBe(id);
  };
  const crash = (code: FaultCode = 'worker_gone', failing: readonly string[] = []) =>
    run(ladder.chosen().heal(new Fault(code)), failing);
  return { ...page, ladder, told, run, on, crash };
}
const answers = (ladder: Ladder) => ladder.chosen().modelName;

describe('a fault', () => {
  test('costs a worker first, then half the context, then the model', async () => {
    const { ladder, engine, on, crash } = stand();
    await on('cpu');
    expect(await crash()).toMatchObject({ did: 'rebuilt', cause: 'worker_gone', modelName: 'Model cpu' });
    expect(engine('cpu').loads).toBe(2);
    expect(ladder.chosen().engine.contextTokens).toBe(4_096);
    expect(await crash()).toMatchObject({ did: 'shrunk' });
    expect(ladder.chosen().engine.contextTokens).toBe(2_048);
    expect(await crash()).toMatchObject({ did: 'stepped_down', nowName: 'Model starter' });
    expect(answers(ladder)).toBe('Model starter');
  });

  test('a second loss of the device takes every model for the graphics processor off, until the person asks for one', async () => {
    const { ladder, on, crash, pass } = stand();
    await on('large');
    expect(await crash('device_lost')).toMatchObject({ did: 'rebuilt' });
    expect(await crash('device_lost')).toMatchObject({ did: 'stepped_down', nowName: 'Model cpu' });
    pass(24 * 60 * MIN);
    ladder.chosen();
    await settle();
    expect(answers(ladder)).toBe('Model cpu');
    await on('large');
    expect(answers(ladder)).toBe('Model large');
  });

  test.each(['worker_gone', 'stalled', 'out_of_memory'] as const)(
    '%s for the third time goes to the smaller model for the graphics processor, not to one that is not here',
    async (code) => {
      const { ladder, on, crash } = stand();
      await on('large');
      for (let time = 0; time < 3; time++) await crash(code);
      expect(answers(ladder)).toBe('Model small');
      for (let time = 0; time < 3; time++) await crash(code);
      expect(answers(ladder)).toBe('Model cpu');
      for (let time = 0; time < 3; time++) await crash(code);
      expect(answers(ladder)).toBe('Model starter');
    },
  );

  test.each(['model_file', 'model_lib', 'gpu_limit', 'no_webgpu'] as const)(
    '%s, which a new worker cannot help, goes on at once',
    async (code) => {
      const { engine, on, crash } = stand();
      await on('large');
      expect(await crash(code)).toMatchObject({ did: 'stepped_down' });
      expect(engine('large').loads).toBe(1);
    },
  );

  test('the next rung that fails too is passed over', async () => {
    const { ladder, on, crash } = stand();
    await on('large');
    await crash('model_lib', ['small', 'cpu']);
    expect(answers(ladder)).toBe('Model starter');
  });

  test('a rebuilt model that does not load again goes down by itself', async () => {
    const { ladder, on, crash } = stand();
    await on('large');
    expect(await crash('worker_gone', ['large'])).toMatchObject({ did: 'stepped_down' });
    expect(answers(ladder)).toBe('Model small');
  });

  test('where nothing is left the turn is told so, and the next try begins at the top', async () => {
    const { ladder, on, crash } = stand();
    await on('cpu');
    expect(await crash('model_file', ['starter'])).toBeUndefined();
    expect(answers(ladder)).toBe('Model cpu');
  });

  test('that two turns met is mended once', async () => {
    const { ladder, engine, on, run } = stand();
    await on('cpu');
    const [one, two] = [ladder.chosen(), ladder.chosen()];
    for (let time = 0; time < 2; time++) await run(ladder.chosen().heal(new Fault('worker_gone')));
    const both = Promise.all([one.heal(new Fault('worker_gone')), two.heal(new Fault('worker_gone'))]);
    expect(await run(both)).toMatchObject([{ did: 'stepped_down' }, { did: 'stepped_down' }]);
    expect(engine('starter').loads).toBe(1);
  });

  test.each(['context_overflow', 'no_model'] as const)('%s is none of its business', async (code) => {
    const { on, crash } = stand();
    await on('cpu');
    expect(await crash(code)).toBeUndefined();
  });

  test('ten minutes ago says nothing about the next', async () => {
    const { on, crash, pass } = stand();
    await on('large');
    for (let time = 0; time < 4; time++) {
      expect(await crash('device_lost')).toMatchObject({ did: 'rebuilt' });
      pass(11 * MIN);
    }
  });
});

describe('climbing back', () => {
  test('the top is tried again after a rest, in the background, and says when it answers', async () => {
    const { ladder, engine, stateOf, on, crash, pass } = stand();
    await on('cpu');
    for (let time = 0; time < 3; time++) await crash();
    expect(ladder.state.healing).toMatchObject({ did: 'stepped_down' });
    pass(1 * MIN);
    ladder.chosen();
    await settle();
    expect(engine('cpu').isLoading).toBe(false);
    pass(2 * MIN);
    ladder.chosen();
    await settle();
    expect(engine('cpu').isLoading).toBe(true);
    expect(answers(ladder)).toBe('Model starter');
    expect(stateOf('starter')).toEqual({ kind: 'ready' });
    engine('cpu').finish();
    await settle();
    expect(answers(ladder)).toBe('Model cpu');
    expect(ladder.state.healing).toMatchObject({ did: 'climbed_back', nowName: 'Model cpu' });
  });

  test('that fails rests twice as long', async () => {
    const { ladder, engine, on, crash, pass } = stand();
    await on('cpu');
    for (let time = 0; time < 3; time++) await crash();
    pass(3 * MIN);
    ladder.chosen();
    await settle();
    engine('cpu').fail(new Fault('out_of_memory'));
    await settle();
    pass(3 * MIN);
    ladder.chosen();
    await settle();
    expect(engine('cpu').isLoading).toBe(false);
    expect(answers(ladder)).toBe('Model starter');
  });

  test('a model that was removed meanwhile is not fetched again', async () => {
    const { ladder, engine, on, crash, pass, run } = stand();
    await on('cpu');
    for (let time = 0; time < 3; time++) await crash();
    await run(ladder.remove('cpu'));
    pass(9 * MIN);
    ladder.chosen();
    await settle();
    expect(engine('cpu').isLoading).toBe(false);
  });
});

describe('a load that killed the tab', () => {
  test('is answered a rung lower on the next visit, with the reason, until the person tries again', async () => {
    const { ladder, told, run, on } = stand([{ id: 'large', isTold: false }]);
    await run(ladder.restore('large'));
    expect(ladder.state.chosenId).toBe('small');
    const { healing } = ladder.state;
    expect(healing && healingText(healing)).toBe(
      'The page was closed by the browser while this model was loaded: Model small answers now.',
    );
    expect(healing).toMatchObject({ modelId: 'large', modelName: 'Model large' });
    ladder.dismissHealing();
    expect(told).toEqual(['large']);
    await on('large');
    expect(answers(ladder)).toBe('Model large');
  });

  test('is not said twice', async () => {
    const { ladder, run } = stand([{ id: 'large', isTold: true }]);
    await run(ladder.restore('large'));
    expect(ladder.state.chosenId).toBe('small');
    expect(ladder.state.healing).toBeUndefined();
  });

  test('two of them: two rungs lower', async () => {
    const { ladder, run } = stand([
      { id: 'large', isTold: false },
      { id: 'small', isTold: false },
    ]);
    await run(ladder.restore('large'));
    expect(ladder.state.chosenId).toBe('cpu');
  });
});

test('a restored model that cannot be loaded gives way to the next one that is here', async () => {
  const { ladder, stateOf, run } = stand();
  await run(ladder.restore('large'));
  await run(ladder.preload(), ['large']);
  expect(stateOf('large')).toMatchObject({ kind: 'failed', fault: { code: 'engine_load' } });
  expect(ladder.state.chosenId).toBe('small');
});

test('only the start of a model that is not bundled is marked, and its end whatever came of it', async () => {
  const { engine, starts, choose } = offer(CARDS, HERE);
  for (const id of ['starter', 'cpu', 'large']) {
    await choose(id);
    engine(id).progress({ step: 'start' });
    if (id === 'large') engine(id).fail(new Fault('engine_load'));
    else engine(id).finish();
    await settle();
  }
  expect(starts.filter((line) => line.endsWith('begins'))).toEqual(['cpu begins', 'large begins']);
  expect(starts.at(-1)).toBe('large ends');
});
