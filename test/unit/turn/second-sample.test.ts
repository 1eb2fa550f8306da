/** Facts about the second, short sample: when one is taken, and what it decides. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { PRICES } from '../../../src/meter/price';
import type { Calibration } from '../../../src/route/calibration';
import { formFaultIn } from '../../../src/route/form-check';
import { createGainModel, type GainModel, type GainWeights } from '../../../src/route/gain-model';
import type { Cloud } from '../../../src/turn/escalate';
import { tokensPerSecondOf } from '../../../src/turn/second-sample';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn, messageOf } from '../../fakes/turn-run';

const read = <Data>(name: string) => JSON.parse(readFileSync(`src/route/${name}.json`, 'utf8')) as Data;
const calibration = read<Calibration>('calibration');
const real = createGainModel(read<GainWeights>('gain-weights'));
const QUESTION = 'How many apples are 3 boxes of 4?';
const DRAFT: Step[] = ['It is ', { waitMs: 200 }, '12.', lastChunk()];

/** A gate whose price is so that this draft is in doubt: `by` more is dearer. */
function learnedWith(by = 0) {
  const doubtful = beginTurn(DRAFT, {
    messages: [messageOf(QUESTION)],
    learned: learnedAt(() => -1),
    dial: 0.5,
  });
  return doubtful.finish().then(({ answer }) => {
    const { gain = 0, smallRight = 0, draftRight = 0 } = answer?.routing?.evidence ?? {};
    return learnedAt(() => gain + smallRight - draftRight + by);
  });
}

function learnedAt(gainAtShare: GainModel['gainAtShare']) {
  return { gain: { chancesOf: real.chancesOf, gainAtShare }, calibration, formFaultIn };
}

function cloudWith(): Cloud {
  const scripted = createScriptedEngine({ clock: createFakeClock(), steps: () => ['Twelve', lastChunk()] });
  return {
    engine: {
      id: 'cloud:gpt-4o',
      place: 'cloud',
      generate: (prompt, options) => scripted.generate(prompt, options),
    },
    modelName: 'gpt-4o',
    price: PRICES[0]!,
    maxTokens: 100,
    leave: async ({ messages }) => ({ messages, redactions: [] }),
  };
}

async function ask(second: readonly Step[], { by = 0, first = DRAFT, hasCloud = true } = {}) {
  const run = beginTurn((_, call) => (call === 0 ? first : second), {
    messages: [messageOf(QUESTION)],
    learned: await learnedWith(by),
    dial: 0.5,
    ...(hasCloud ? { cloud: cloudWith() } : {}),
  });
  return { answer: await run.finish(), engine: run.engine };
}

test('a draft in doubt is kept where a second sample says the same', async () => {
  const { answer, engine } = await ask(['The answer is 12.', lastChunk()]);
  expect(engine.prompts).toHaveLength(2);
  expect(engine.options[1]).toMatchObject({ temperature: 0.8 });
  expect(answer).toMatchObject({
    text: 'It is 12.',
    answer: { place: 'local', routing: { evidence: { isSameTwice: true } } },
  });
});

test('and goes further where it says something else', async () => {
  const { answer } = await ask(['The answer is 7.', lastChunk()]);
  expect(answer.answer).toMatchObject({
    place: 'cloud',
    draft: 'It is 12.',
    routing: { wanted: 'unsure', evidence: { isSameTwice: false } },
  });
});

test.for([
  ['no call is close', { by: 0.9 }],
  ['there is no large model', { hasCloud: false }],
  ['the device is too slow', { first: ['It is ', { waitMs: 5_000 }, '12.', lastChunk()] as Step[] }],
] as const)('none is taken where %s', async ([, options]) => {
  const { answer, engine } = await ask(['The answer is 7.', lastChunk()], options);
  expect(engine.prompts).toHaveLength(1);
  expect(answer.answer?.routing?.evidence).not.toHaveProperty('isSameTwice');
});

test('one that fails, or comes to nothing short, changes nothing', async () => {
  for (const second of [
    [{ error: new Fault('engine_failed') }],
    ['so '.repeat(90), lastChunk()],
  ] as Step[][]) {
    const { answer } = await ask(second);
    expect(answer.status).toBe('done');
    expect(answer.answer?.routing?.evidence).not.toHaveProperty('isSameTwice');
  }
});

test('the speed is that of writing, or of the whole where all came at once', () => {
  const facts = {
    place: 'local',
    engineId: 'x',
    modelName: 'x',
    usage: { promptTokens: 9, completionTokens: 50 },
  } as const;
  expect(tokensPerSecondOf({ ...facts, firstTextMs: 1_000, durationMs: 6_000 })).toBe(10);
  expect(tokensPerSecondOf({ ...facts, firstTextMs: 5_000, durationMs: 5_001 })).toBeCloseTo(10, 1);
  expect(tokensPerSecondOf({ ...facts, firstTextMs: 1_000 })).toBeUndefined();
});
