/** Facts about who answers where a site decided it for all its visitors. */
import { expect, test } from 'vitest';
import type { StayReason } from '../../../src/kernel/route';
import { PRICES } from '../../../src/meter/price';
import type { Leaving } from '../../../src/privacy/gate';
import type { Cloud } from '../../../src/turn/escalate';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, lastChunk } from '../../fakes/scripted-engine';
import { beginTurn } from '../../fakes/turn-run';

function cloudThat(stay?: StayReason) {
  const asked: Omit<Leaving, 'conversationId'>[] = [];
  const scripted = createScriptedEngine({ clock: createFakeClock(), steps: () => ['The sea', lastChunk()] });
  const cloud: Cloud = {
    engine: { id: 'cloud:gpt-4o', place: 'cloud', generate: (...asked) => scripted.generate(...asked) },
    modelName: 'gpt-4o',
    price: PRICES[0]!,
    maxTokens: 100,
    leave: async (leaving) => {
      asked.push(leaving);
      return stay ? { stayed: stay } : { messages: leaving.messages, redactions: [] };
    },
  };
  return { cloud, asked };
}

test('prefer_in_cloud asks the large model first, and a small one only where it may not', async () => {
  const { cloud, asked } = cloudThat();
  const answer = await beginTurn(['Rome.', lastChunk()], { cloud, mode: 'prefer_in_cloud' }).finish();
  expect(answer).toMatchObject({ text: 'The sea', answer: { place: 'cloud' } });
  expect(answer.answer).not.toHaveProperty('draft');
  expect(asked).toMatchObject([{ reason: 'preferred' }]);

  const declined = cloudThat('declined');
  const handOver = [{ text: 'Not mine.', isHandOver: true as const }, lastChunk()];
  const kept = await beginTurn(handOver, { cloud: declined.cloud, mode: 'prefer_in_cloud' }).finish();
  expect(kept).toMatchObject({
    text: 'Not mine.',
    status: 'done',
    answer: { place: 'local', routing: { wanted: 'preferred', stayed: 'declined' } },
  });
  expect(declined.asked).toHaveLength(1);
});

test('only_in_cloud never asks the small model: without the large one there is no answer, and it says why', async () => {
  const { cloud } = cloudThat('offline');
  for (const given of [{ cloud }, {}]) {
    const run = beginTurn(['Rome.', lastChunk()], { ...given, mode: 'only_in_cloud' });
    const answer = await run.finish();
    expect(answer).toMatchObject({ text: '', status: 'failed', fault: { code: 'cloud_only' } });
    expect(run.engine.prompts).toEqual([]);
  }
});
