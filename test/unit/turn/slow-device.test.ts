/** Facts about a turn on a device that would take long over it. */
import { expect, test } from 'vitest';
import { PRICES } from '../../../src/meter/price';
import type { Leaving } from '../../../src/privacy/gate';
import type { Cloud } from '../../../src/turn/escalate';
import type { TurnOptions } from '../../../src/turn/turn';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, lastChunk } from '../../fakes/scripted-engine';
import { beginTurn, messageOf } from '../../fakes/turn-run';

function createCloud() {
  const clock = createFakeClock();
  const asked: Omit<Leaving, 'conversationId'>[] = [];
  const scripted = createScriptedEngine({ clock, steps: () => ['The ', { waitMs: 50 }, 'sea', lastChunk()] });
  const cloud: Cloud = {
    engine: { ...scripted, id: 'cloud:gpt-4o', place: 'cloud' },
    modelName: 'gpt-4o',
    price: PRICES[0]!,
    maxTokens: 100,
    leave: async (leaving) => {
      asked.push(leaving);
      return { messages: leaving.messages, redactions: [] };
    },
  };
  return { cloud, asked, clock };
}

const turn = (more: Omit<Partial<TurnOptions>, 'clock'> & { clock?: FakeClock }) =>
  beginTurn(['Here.', lastChunk()], more).finish();

test('on a device that is known to be slow a long answer is asked for elsewhere, and what it takes here is said', async () => {
  const { cloud, asked, clock } = createCloud();
  const messages = [messageOf('Write an essay about the sea.')];
  const device = { engineId: 'scripted', tokensPerSecond: 2, answerSeconds: 100, cloudSeconds: 3 };
  const answer = await turn({ cloud, messages, device, dial: 0.5, clock });
  expect(asked).toMatchObject([{ reason: 'slow', device }]);
  expect(answer.answer).toMatchObject({ place: 'cloud', routing: { wanted: 'slow' } });
  expect(answer.answer?.cloudMs).toBe(50);
  const quick = createCloud();
  await turn({
    cloud: quick.cloud,
    messages,
    device: { ...device, tokensPerSecond: 20 },
    dial: 0.5,
  });
  expect(quick.asked).toEqual([]);
});

test('what the same engine did in this chat counts before what was expected of it; another one’s speed does not', async () => {
  const { cloud, asked, clock } = createCloud();
  const usage = { promptTokens: 10, completionTokens: 100 };
  const said = (engineId: string, durationMs: number) => [
    messageOf('Hello'),
    messageOf('Hi.', 'assistant', {
      answer: { place: 'local', engineId, modelName: '', usage, durationMs, firstTextMs: 0 },
    }),
    messageOf('Write an essay about the sea.'),
  ];
  const device = { engineId: 'own', tokensPerSecond: 20 };
  await turn({ cloud, messages: said('other', 100_000), device, dial: 0.5, clock });
  expect(asked).toEqual([]);
  await turn({ cloud, messages: said('own', 100_000), device, dial: 0.5, clock });
  expect(asked).toMatchObject([{ reason: 'slow' }]);
});
