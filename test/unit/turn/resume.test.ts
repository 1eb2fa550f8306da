/** Facts about a turn whose engine fails on the way: what was said stays in sight, and another engine ends it. */
import { expect, test } from 'vitest';
import { Fault, type FaultCode } from '../../../src/kernel/fault';
import type { Healing } from '../../../src/kernel/healing';
import type { Answerer } from '../../../src/turn/turn';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, HANG, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn } from '../../fakes/turn-run';

const lost = { error: new Fault('device_lost') };
const healingOf = (cause: FaultCode, modelName: string, nowName: string): Healing => ({
  cause,
  did: 'stepped_down',
  modelId: modelName,
  modelName,
  nowName,
});

/** A turn whose engines fail one after the other; each is asked once. */
function fall(...scripts: readonly (readonly Step[])[]) {
  const clock = createFakeClock();
  const engines = scripts.map((steps, at) =>
    createScriptedEngine({ clock, steps: () => steps, id: `e${at}` }),
  );
  let at = 0;
  const answerer = async (): Promise<Answerer> => ({
    engine: engines[at]!,
    modelName: `Model ${at}`,
    heal: async ({ code }) => {
      if (at + 1 >= engines.length) return undefined;
      return healingOf(code, `Model ${at}`, `Model ${++at}`);
    },
  });
  const run = beginTurn([], { answerer, clock });
  return { ...run, engines };
}
const texts = (shown: readonly { text: string }[]) => shown.map(({ text }) => text);

test('an answer whose device is lost is ended by the next engine, and says so', async () => {
  const { finish } = fall(
    ['The cap', { waitMs: 50 }, 'ital', lost],
    ['The capital', ' is Tokyo.', lastChunk()],
  );
  expect(await finish()).toMatchObject({
    status: 'done',
    text: 'The capital is Tokyo.',
    answer: {
      engineId: 'e1',
      modelName: 'Model 1',
      healed: [{ cause: 'device_lost', did: 'stepped_down', modelName: 'Model 0', nowName: 'Model 1' }],
    },
  });
});

test('what was shown never gets shorter before the new answer has ended', async () => {
  const { shown, finish } = fall(
    ['A long beginning of it', { waitMs: 50 }, lost],
    ['Now', { waitMs: 50 }, ' it is', { waitMs: 50 }, ' short.', lastChunk()],
  );
  expect(await finish()).toMatchObject({ status: 'done', text: 'Now it is short.' });
  const whileStreaming = shown.filter(({ status, answer }) => status === 'streaming' && answer);
  const lengths = texts(whileStreaming).map((text) => text.length);
  // The last update but one is the whole of the new answer.
  expect(lengths.slice(0, -1)).toEqual(lengths.slice(0, -1).toSorted((a, b) => a - b));
  expect(texts(shown)).toContain('A long beginning of it');
});

test('where nothing is left it stands with the longest text, the fault and what was tried', async () => {
  const { finish } = fall(['A long beginning', { waitMs: 50 }, lost], ['New', { waitMs: 50 }, lost]);
  expect(await finish()).toMatchObject({
    status: 'failed',
    text: 'A long beginning',
    fault: { code: 'device_lost' },
    answer: { healed: [{ cause: 'device_lost' }] },
  });
});

test('an engine that hangs counts as one that failed', async () => {
  const { finish } = fall(['Some', HANG], ['Some text.', lastChunk()]);
  expect(await finish()).toMatchObject({
    status: 'done',
    text: 'Some text.',
    answer: { healed: [{ cause: 'stalled' }] },
  });
});

test('a stop while it is mended keeps the text', async () => {
  const clock = createFakeClock();
  const engine = createScriptedEngine({ clock, steps: () => ['Some', { waitMs: 50 }, lost] });
  const answerer = async () => ({ engine, modelName: 'M', heal: () => new Promise<undefined>(() => {}) });
  const run = beginTurn([], { answerer, clock });
  await clock.advance(500);
  run.stop();
  expect(await run.finish()).toMatchObject({ status: 'stopped', text: 'Some' });
});

test('usage and cut are those of the attempt that ended', async () => {
  const { finish } = fall(
    ['Some', lastChunk('length', { promptTokens: 1, completionTokens: 1 }), lost],
    ['Whole.', lastChunk('stop', { promptTokens: 7, completionTokens: 3 })],
  );
  const { answer } = await finish();
  expect(answer).toMatchObject({ usage: { promptTokens: 7, completionTokens: 3 } });
  expect(answer?.cut).toBeUndefined();
});

test('an engine that fails for ever is given up', async () => {
  const clock = createFakeClock();
  const engine = createScriptedEngine({ clock, steps: () => ['Some', lost] });
  const heal = async ({ code }: Fault) => healingOf(code, 'M', 'M');
  const run = beginTurn([], { answerer: async () => ({ engine, modelName: 'M', heal }), clock });
  expect(await run.finish()).toMatchObject({ status: 'failed', text: 'Some' });
  expect(engine.prompts).toHaveLength(9);
});
