/** Facts about a site with two cloud models: which is asked first, when the other follows, and that the receipt names and bills what answered. */
import { expect, test } from 'vitest';
import type { StayReason } from '../../../src/kernel/route';
import type { Price } from '../../../src/kernel/wire';
import { PRICES } from '../../../src/meter/price';
import { addAnswer, NO_TOTALS } from '../../../src/meter/totals';
import type { Cloud, CloudModel } from '../../../src/turn/escalate';
import type { TurnOptions } from '../../../src/turn/turn';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn } from '../../fakes/turn-run';

const [LARGE, SMALL] = PRICES as [Price, Price];
const HAND_OVER: Step[] = [{ text: 'Not mine.', isHandOver: true as const }, lastChunk()];
const GOOD: Step[] = ['A good answer.', lastChunk()];
const REFUSED: Step[] = ['I’m sorry, but I can’t help with that.', lastChunk()];
/** The scripted usage, 20 and 5 tokens. */
const COST = { large: 20 * 2_500 + 5 * 10_000, small: 20 * 150 + 5 * 600 };

function cloudWith(middleSteps: readonly Step[], stays: Readonly<Record<string, StayReason>> = {}) {
  const asked: string[] = [];
  const agreedTexts: string[] = [];
  const modelOf = (price: Price, steps: readonly Step[]): CloudModel => {
    const scripted = createScriptedEngine({ clock: createFakeClock(), steps: () => steps });
    return {
      engine: {
        id: `cloud:${price.model}`,
        place: 'cloud',
        generate: (prompt, options) => scripted.generate(prompt, options),
      },
      modelName: price.model,
      price,
    };
  };
  const cloud: Cloud = {
    ...modelOf(LARGE, ['The large one.', lastChunk()]),
    middle: modelOf(SMALL, middleSteps),
    maxTokens: 100,
    leave: async (leaving) => {
      asked.push(leaving.modelName);
      const { agreed } = leaving;
      if (agreed) agreedTexts.push(agreed.messages.at(-1)?.content ?? '');
      const stayed = stays[leaving.modelName];
      const edited = [{ role: 'user' as const, content: 'As the person edited it' }];
      return stayed ? { stayed } : (agreed ?? { messages: edited, redactions: [] });
    },
  };
  return { cloud, asked, agreedTexts };
}

const turn = (local: readonly Step[], more: Omit<Partial<TurnOptions>, 'clock'>) =>
  beginTurn(local, more).finish();

test('what the device hands over goes to the middle model, whose answer stands with its own name and price', async () => {
  const { cloud, asked } = cloudWith(GOOD);
  const { text, answer } = await turn(HAND_OVER, { cloud });
  expect(text).toBe('A good answer.');
  expect(answer).toMatchObject({
    modelName: 'gpt-4o-mini',
    engineId: 'cloud:gpt-4o-mini',
    draft: 'Not mine.',
    billing: { model: 'gpt-4o-mini', costNanoUsd: COST.small },
  });
  expect(answer).not.toHaveProperty('tried');
  expect(asked).toEqual(['gpt-4o-mini']);
});

test('where the middle model refuses the flagship answers, both are on the receipt, and the draft is the device’s', async () => {
  const { cloud, asked, agreedTexts } = cloudWith(REFUSED);
  const { text, answer } = await turn(HAND_OVER, { cloud });
  expect(text).toBe('The large one.');
  expect(answer).toMatchObject({
    modelName: 'gpt-4o',
    draft: 'Not mine.',
    routing: { wanted: 'refused' },
    billing: { model: 'gpt-4o', costNanoUsd: COST.large },
    tried: { model: 'gpt-4o-mini', costNanoUsd: COST.small },
  });
  expect(asked).toEqual(['gpt-4o-mini', 'gpt-4o']);
  // What was edited for one is not sent unedited to the other.
  expect(agreedTexts).toEqual(['As the person edited it']);
  const { billing, tried } = answer!;
  const counted = {
    place: 'cloud' as const,
    billing: billing!,
    tried: tried!,
    savedNanoUsd: 0,
    day: '2026-11-26',
  };
  expect(addAnswer(NO_TOTALS, counted).spentNanoUsd).toBe(COST.large + COST.small);
});

test('where the flagship may not be asked then, the middle model’s answer stands, paid for once', async () => {
  const { cloud } = cloudWith(REFUSED, { 'gpt-4o': 'declined' });
  const { text, status, answer } = await turn(HAND_OVER, { cloud });
  expect([text, status]).toEqual(['I’m sorry, but I can’t help with that.', 'done']);
  expect(answer).toMatchObject({
    modelName: 'gpt-4o-mini',
    billing: { costNanoUsd: COST.small },
    routing: { wanted: 'refused', stayed: 'declined' },
  });
  expect(answer).not.toHaveProperty('tried');
});

test('where the middle model may not be asked, nothing is, and the device’s answer stands', async () => {
  const { cloud, asked } = cloudWith(GOOD, { 'gpt-4o-mini': 'declined' });
  const { text, answer } = await turn(HAND_OVER, { cloud });
  expect([text, answer?.place]).toEqual(['Not mine.', 'local']);
  expect(asked).toEqual(['gpt-4o-mini']);
});

test.each<[string, Omit<Partial<TurnOptions>, 'clock'>]>([
  ['the dial is at Best', { dial: 1 }],
  [
    'gate A finds the question hard',
    {
      messages: [
        {
          id: 'q',
          role: 'user',
          status: 'done',
          createdAt: 0,
          text: 'Prove step by step that there are infinitely many primes, and write a program in Rust that lists them.',
        },
      ],
    },
  ],
])('where %s the flagship is asked at once', async (_what, more) => {
  const { cloud, asked } = cloudWith(GOOD);
  const { answer } = await turn(HAND_OVER, { cloud, ...more });
  expect(answer?.modelName).toBe('gpt-4o');
  expect(asked).toEqual(['gpt-4o']);
});

test('who asks for the large model gets it', async () => {
  const { cloud, asked } = cloudWith(GOOD);
  const first = await turn(['Paris.', lastChunk()], { cloud });
  const { answer } = await turn([], { cloud, replaces: first });
  expect(answer?.modelName).toBe('gpt-4o');
  expect(asked).toEqual(['gpt-4o']);
});

test('a model that answers in another’s place is named on the receipt, billed by its own price, and told on', async () => {
  const luna: Price = { ...SMALL, model: 'gpt-6-luna', inputNanoUsd: 100, outputNanoUsd: 500 };
  const answers: string[] = [];
  const scripted = createScriptedEngine({ clock: createFakeClock(), steps: () => GOOD });
  const { cloud } = cloudWith(GOOD);
  const { answer } = await turn(HAND_OVER, {
    dial: 1,
    cloud: {
      ...cloud,
      onAnswer: ({ model }, asked) => answers.push(`${model} for ${asked.model}`),
      engine: {
        id: 'cloud:gpt-4o',
        place: 'cloud',
        async *generate(prompt, options) {
          let isFirst = true;
          for await (const chunk of scripted.generate(prompt, options)) {
            yield isFirst ? { ...chunk, price: luna } : chunk;
            isFirst = false;
          }
        },
      },
    },
  });
  expect(answer).toMatchObject({
    modelName: 'gpt-6-luna',
    engineId: 'cloud:gpt-6-luna',
    billing: { model: 'gpt-6-luna', costNanoUsd: 20 * 100 + 5 * 500 },
  });
  expect(answers).toEqual(['gpt-6-luna for gpt-4o']);
});
