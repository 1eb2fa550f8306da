/** Facts about a turn that may go to the large model: when it does, what leaves, and what stands where it does not. */
import { expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import type { Redaction } from '../../../src/kernel/departure';
import type { StayReason } from '../../../src/kernel/route';
import { PRICES } from '../../../src/meter/price';
import type { Leaving } from '../../../src/privacy/gate';
import type { Cloud, LaterAsking } from '../../../src/turn/escalate';
import type { TurnOptions } from '../../../src/turn/turn';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn, messageOf } from '../../fakes/turn-run';

const HAND_OVER: Step[] = [{ text: 'Not mine.', isHandOver: true as const }, lastChunk()];
const GPT: Step[] = ['The sea', ' in autumn', lastChunk()];

function cloudWith(steps: readonly Step[], stay?: StayReason, redactions: readonly Redaction[] = []) {
  const asked: Omit<Leaving, 'conversationId'>[] = [];
  const scripted = createScriptedEngine({ clock: createFakeClock(), steps: () => steps });
  const cloud: Cloud = {
    engine: {
      id: 'cloud:gpt-4o',
      place: 'cloud',
      generate: (prompt, options) => scripted.generate(prompt, options),
    },
    modelName: 'gpt-4o',
    price: PRICES[0]!,
    maxTokens: 100,
    leave: async (leaving) => {
      asked.push(leaving);
      return stay ? { stayed: stay } : { messages: leaving.messages, redactions };
    },
  };
  return { cloud, asked, scripted };
}

const turn = (local: readonly Step[], more: Omit<Partial<TurnOptions>, 'clock'>) =>
  beginTurn(local, more).finish();

test('a hand-over goes to the large model, with its receipt and the draft beside it', async () => {
  const { cloud, asked } = cloudWith(GPT);
  const answer = await turn(HAND_OVER, { cloud });
  expect(answer).toMatchObject({
    text: 'The sea in autumn',
    status: 'done',
    answer: {
      place: 'cloud',
      engineId: 'cloud:gpt-4o',
      modelName: 'gpt-4o',
      routing: { wanted: 'hand_over' },
      draft: 'Not mine.',
      // 20 × 2,500 + 5 × 10,000: the scripted usage.
      billing: { costNanoUsd: 100_000, isEstimated: false, sentBytes: 12 },
    },
  });
  expect(answer.answer).not.toHaveProperty('isHandOver');
  expect(asked).toMatchObject([{ modelName: 'gpt-4o', reason: 'hand_over' }]);
});

test('a good draft asks nobody', async () => {
  const { cloud, asked } = cloudWith(GPT);
  const answer = await turn(['Paris.', lastChunk()], { cloud });
  expect(answer.answer?.place).toBe('local');
  expect(answer.answer?.routing).toEqual({ evidence: { signals: [] } });
  expect(asked).toEqual([]);
});

test.for(['declined', 'offline', 'budget'] as const)(
  'where it has to stay (%s) the local answer stands and says why',
  async (stayed) => {
    const { cloud, scripted } = cloudWith(GPT, stayed);
    const answer = await turn(HAND_OVER, { cloud });
    expect(answer).toMatchObject({
      text: 'Not mine.',
      status: 'done',
      answer: { place: 'local', isHandOver: true, routing: { wanted: 'hand_over', stayed } },
    });
    expect(scripted.prompts).toEqual([]);
  },
);

test.for([
  ['budget_exhausted', 'budget'],
  ['rate_limited', 'limited'],
  ['unreachable', 'cloud_failed'],
  ['offline', 'offline'],
] as const)(
  'where the large model fails with %s before its first word, the local answer stands',
  async ([code, stayed]) => {
    const { cloud } = cloudWith([{ error: new Fault(code) }]);
    const answer = await turn(HAND_OVER, { cloud });
    expect(answer).toMatchObject({
      text: 'Not mine.',
      status: 'done',
      answer: { place: 'local', routing: { stayed } },
    });
  },
);

test('where its answer breaks off, what came is kept, paid for by estimate, and the draft is not lost', async () => {
  const { cloud } = cloudWith(['The sea', { error: new Fault('cloud_incomplete') }]);
  const answer = await turn(HAND_OVER, { cloud });
  expect(answer).toMatchObject({
    text: 'The sea',
    status: 'failed',
    fault: { code: 'cloud_incomplete' },
    answer: { place: 'cloud', draft: 'Not mine.', billing: { isEstimated: true } },
  });
  expect(answer.answer?.billing?.costNanoUsd).toBeGreaterThan(0);
});

test('without a large model the reason is noted, and nothing else changes', async () => {
  const answer = await turn(HAND_OVER, {});
  expect(answer).toMatchObject({
    text: 'Not mine.',
    status: 'done',
    answer: { place: 'local', routing: { wanted: 'hand_over', stayed: 'no_server' } },
  });
});

test('a local model that fails is replaced by the large one', async () => {
  const { cloud } = cloudWith(GPT);
  const answer = await turn([{ error: new Fault('out_of_memory') }], { cloud });
  expect(answer).toMatchObject({
    status: 'done',
    text: 'The sea in autumn',
    answer: { routing: { wanted: 'failed' } },
  });
  expect(answer).not.toHaveProperty('fault');
});

test('what is clearly hard is asked at once, and answered here where it may not leave', async () => {
  const hard = [messageOf('Prove step by step that the integral of the theorem converges, in an essay.')];
  const open = cloudWith(GPT);
  expect((await turn(HAND_OVER, { cloud: open.cloud, messages: hard })).answer?.routing).toMatchObject({
    wanted: 'hard',
  });
  const closed = cloudWith(GPT, 'declined');
  const answer = await turn(['I try.', lastChunk()], { cloud: closed.cloud, messages: hard });
  expect(answer).toMatchObject({
    text: 'I try.',
    answer: { place: 'local', routing: { wanted: 'hard', stayed: 'declined' } },
  });
  // Once declined it is not asked about again in the same turn.
  expect((await turn(HAND_OVER, { cloud: closed.cloud, messages: hard })).text).toBe('Not mine.');
  expect(closed.asked).toHaveLength(2);
});

test('exchanges that are kept here are left out of what leaves, and a kept question does not leave at all', async () => {
  const { cloud, scripted } = cloudWith(GPT);
  const messages = [
    messageOf('My PIN is 1234', 'user', { isKept: true }),
    messageOf('I will not tell.', 'assistant'),
    messageOf('And the sea?'),
  ];
  await turn(HAND_OVER, { cloud, messages });
  expect(JSON.stringify(scripted.prompts)).not.toMatch(/1234|not tell/);
  const kept = await turn(HAND_OVER, {
    cloud,
    messages: [messageOf('My PIN is 1234', 'user', { isKept: true })],
  });
  expect(kept.answer?.routing?.stayed).toBe('kept');
  expect(scripted.prompts).toHaveLength(1);
});

test('a person can have an answer replaced; where that fails it is there again', async () => {
  const replaces = messageOf('Paris.', 'assistant', {
    id: 'answer',
    answer: { place: 'local', engineId: 'wllama:starter', modelName: 'Starter model' },
  });
  const fine = await turn([], { cloud: cloudWith(GPT).cloud, replaces });
  expect(fine).toMatchObject({
    text: 'The sea in autumn',
    answer: { place: 'cloud', draft: 'Paris.', routing: { wanted: 'asked' } },
  });
  const failed = await turn([], {
    cloud: cloudWith([{ error: new Fault('unreachable') }]).cloud,
    replaces,
  });
  expect(failed).toMatchObject({
    text: 'Paris.',
    status: 'done',
    answer: {
      place: 'local',
      modelName: 'Starter model',
      routing: { wanted: 'asked', stayed: 'cloud_failed' },
    },
  });
});

test('a stop while the dialog waits leaves the draft, stopped', async () => {
  const { cloud } = cloudWith(GPT);
  const leave: Cloud['leave'] = async () => {
    run.stop();
    return { stayed: 'declined' };
  };
  const run = beginTurn(HAND_OVER, { cloud: { ...cloud, leave } });
  expect(await run.finish()).toMatchObject({ text: 'Not mine.', status: 'stopped' });
});

test('the answer comes back with the originals, however it was cut', async () => {
  const redactions: Redaction[] = [
    { kind: 'email', text: 'anna@example.com', placeholder: '[EMAIL_1]' },
    { kind: 'name', text: 'Anna', placeholder: '[NAME_1]' },
  ];
  const steps: Step[] = [
    'Dear [NA',
    'ME_1',
    '], I wrote to [',
    'EMAIL',
    '_1',
    '] and [NAME',
    { error: new Fault('cloud_incomplete') },
  ];
  const answer = await turn(HAND_OVER, { cloud: cloudWith(steps, undefined, redactions).cloud });
  expect(answer.text).toBe('Dear Anna, I wrote to anna@example.com and [NAME');
});

test('whoever can wait has the draft meanwhile, and a message that waits', async () => {
  const { cloud, scripted } = cloudWith(GPT);
  const asked: LaterAsking[] = [];
  const answer = await turn(HAND_OVER, {
    cloud: {
      ...cloud,
      leave: async ({ messages, canLater }) => {
        expect(canLater).toBe(true);
        return { messages, redactions: [], isLater: true };
      },
      later: async (asking) => void asked.push(asking),
    },
  });
  expect(answer).toMatchObject({
    status: 'waiting',
    text: 'Not mine.',
    answer: { place: 'local', routing: { wanted: 'hand_over' } },
  });
  expect(answer.answer?.routing).not.toHaveProperty('stayed');
  expect(asked).toMatchObject([
    { mark: answer.later, messageId: 'answer', prompt: [{ content: 'What is new?' }], sentBytes: 12 },
  ]);
  expect(scripted.prompts).toEqual([]);
});

test('it is kept as waiting before it is asked for, so that a page that is closed meanwhile loses nothing', async () => {
  const { cloud } = cloudWith(GPT);
  const begun = beginTurn(HAND_OVER, {
    cloud: {
      ...cloud,
      leave: async ({ messages }) => ({ messages, redactions: [], isLater: true }),
      later: async () => {
        expect(begun.saved.at(-1)).toMatchObject({ status: 'waiting', text: 'Not mine.' });
        return undefined;
      },
    },
  });
  expect(await begun.finish()).toMatchObject({ status: 'waiting' });
});

test('where it cannot be asked for later the draft stands, and says why', async () => {
  const { cloud } = cloudWith(GPT);
  const answer = await turn(HAND_OVER, {
    cloud: {
      ...cloud,
      leave: async ({ messages }) => ({ messages, redactions: [], isLater: true }),
      later: async () => 'budget',
    },
  });
  expect(answer).toMatchObject({
    status: 'done',
    text: 'Not mine.',
    answer: { place: 'local', routing: { stayed: 'budget' } },
  });
  expect(answer.later).toBeUndefined();
});
