/** Facts about one turn that ends well, is cut, or is stopped. */
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/kernel/fault';
import { answerTokensOf } from '../../../src/turn/prompt';
import { forEver, HANG, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn, messageOf } from '../../fakes/turn-run';

describe('an answer that ends by itself', () => {
  const hello: Step[] = [{ waitMs: 100 }, 'Hel', { waitMs: 50 }, 'lo', { waitMs: 50 }, lastChunk()];

  test('is done, with all its text', async () => {
    const answer = await beginTurn(hello).finish();
    expect(answer).toMatchObject({ id: 'answer', role: 'assistant', text: 'Hello', status: 'done' });
    expect(answer.fault).toBeUndefined();
  });

  test('says who made it, what it took, and when its first text came', async () => {
    const run = beginTurn(hello);
    const answer = await run.finish();
    expect(answer.answer).toMatchObject({
      place: 'local',
      engineId: run.engine.id,
      modelName: 'Scripted',
      usage: { promptTokens: 20, completionTokens: 5 },
    });
    expect(answer.answer?.cut).toBeUndefined();
    // At most one frame after the chunk came.
    expect(answer.answer?.firstTextMs).toBeGreaterThanOrEqual(100);
    expect(answer.answer?.firstTextMs).toBeLessThanOrEqual(116);
    expect(answer.answer?.durationMs).toBeGreaterThanOrEqual(200);
    expect(answer.answer?.durationMs).toBeLessThanOrEqual(232);
  });

  test('says where the model handed the question over', async () => {
    const handOver = [{ text: 'Not mine.', isHandOver: true as const }, lastChunk()];
    expect((await beginTurn(handOver).finish()).answer).toMatchObject({ isHandOver: true });
    expect((await beginTurn(hello).finish()).answer).not.toHaveProperty('isHandOver');
  });

  test('chunks without text, as prefill sends them, are not its first text', async () => {
    const answer = await beginTurn(['', { waitMs: 500 }, '', { waitMs: 500 }, 'Hi', lastChunk()]).finish();
    expect(answer.answer?.firstTextMs).toBeGreaterThanOrEqual(1_000);
  });

  test('is shown streaming before it begins, grows, and is shown done last', async () => {
    const run = beginTurn(hello);
    await run.finish();
    expect(run.shown[0]).toMatchObject({ text: '', status: 'streaming' });
    expect(run.shown.map(({ text }) => text)).toContain('Hel');
    expect(run.shown.at(-1)).toMatchObject({ text: 'Hello', status: 'done' });
    expect(run.shown.slice(0, -1).every(({ status }) => status === 'streaming')).toBe(true);
  });

  test('is kept before it is shown done: who sees the end may close the page', async () => {
    const seen: string[] = [];
    await beginTurn(hello, {
      save: async ({ status }) => void seen.push(`kept ${status}`),
      show: ({ status }) => void seen.push(`shown ${status}`),
    }).finish();
    expect(seen.slice(-2)).toEqual(['kept done', 'shown done']);
  });

  test('with the finish “length” is done, and marked as cut', async () => {
    const answer = await beginTurn(['Once upon', lastChunk('length')]).finish();
    expect(answer).toMatchObject({ status: 'done', text: 'Once upon', answer: { cut: 'length' } });
  });

  test('with no text at all is done and empty', async () => {
    expect(await beginTurn([lastChunk()]).finish()).toMatchObject({ status: 'done', text: '' });
  });

  test('leaves no timer behind', async () => {
    const run = beginTurn(hello);
    await run.finish();
    expect(run.clock.pending).toBe(0);
  });
});

test('the engine is asked with the system prompt first, the question last, and room for an answer', async () => {
  const run = beginTurn(['ok'], {
    system: 'Be brief.',
    messages: [messageOf('One?'), messageOf('Yes.', 'assistant'), messageOf('Two?')],
  });
  await run.finish();
  expect(run.engine.prompts[0]).toEqual([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'One?' },
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: 'Two?' },
  ]);
  expect(run.engine.options[0]?.maxTokens).toBe(answerTokensOf(4_096));
});

describe('saving', () => {
  test('an answer is saved while it streams, now and then, and once more in the end', async () => {
    const steps = Array.from({ length: 100 }, (): Step[] => ['word ', { waitMs: 20 }]).flat();
    const run = beginTurn(steps);
    await run.finish();
    const streaming = run.saved.filter(({ status }) => status === 'streaming');
    expect(streaming.length).toBeGreaterThanOrEqual(6);
    // 2 seconds of text, at most one save in 250 ms.
    expect(streaming.length).toBeLessThanOrEqual(9);
    expect(streaming.some(({ text }) => text !== '')).toBe(true);
    expect(run.saved.at(-1)).toMatchObject({ status: 'done', text: 'word '.repeat(100) });
  });

  test('a save that rejects neither ends the turn nor loses any text', async () => {
    const run = beginTurn(['Hel', { waitMs: 400 }, 'lo', { waitMs: 400 }, lastChunk()], {
      save: () => Promise.reject(new Fault('quota')),
    });
    expect(await run.finish()).toMatchObject({ status: 'done', text: 'Hello' });
    expect(run.shown.at(-1)).toMatchObject({ status: 'done', text: 'Hello' });
  });
});

describe('a stop', () => {
  test('mid-answer keeps the text so far and stops the engine', async () => {
    const run = beginTurn(() => forEver('word ', 20));
    await run.clock.advance(500);
    run.stop();
    const answer = await run.finish();
    expect(answer.status).toBe('stopped');
    expect(answer.text).toMatch(/^(word ){10,25}$/);
    expect(answer.fault).toBeUndefined();
    expect(run.engine.events).toContain('stopped');
    expect(run.engine.busy).toBe(0);
    expect(run.saved.at(-1)).toEqual(answer);
  });

  test('before the first token frees the engine', async () => {
    const run = beginTurn(() => [HANG]);
    await run.clock.advance(100);
    expect(run.engine.busy).toBe(1);
    run.stop();
    expect(await run.finish()).toMatchObject({ status: 'stopped', text: '' });
    expect(run.engine.busy).toBe(0);
  });

  test('before the engine was asked asks it nothing', async () => {
    const run = beginTurn(['text']);
    run.stop();
    expect(await run.finish()).toMatchObject({ status: 'stopped', text: '' });
    expect(run.engine.prompts).toEqual([]);
  });

  test('ends the turn although nobody who could answer was found yet', async () => {
    const run = beginTurn([], { answerer: () => new Promise(() => {}) });
    await run.clock.advance(10);
    run.stop();
    expect(await run.finish()).toMatchObject({ status: 'stopped', text: '' });
  });

  test('ends the turn within the frame under way, however slow frames are', async () => {
    const run = beginTurn(() => forEver('word ', 20), { frameMs: 250 });
    await run.clock.advance(1_000);
    run.stop();
    const stoppedAt = run.clock.now();
    const answer = await run.finish();
    expect(answer.status).toBe('stopped');
    expect(run.clock.now() - stoppedAt).toBeLessThanOrEqual(250);
  });

  test('is seen at once, although nothing can be kept', async () => {
    const run = beginTurn(() => forEver('word ', 20), { save: () => new Promise(() => {}) });
    await run.clock.advance(1_000);
    expect(run.shown.at(-1)).toMatchObject({ status: 'streaming' });
    run.stop();
    await run.clock.advance(0);
    expect(run.shown.at(-1)).toMatchObject({ status: 'stopped', text: expect.stringMatching(/^(word )+$/) });
  });

  test('ends a turn whose model is still being loaded, and not the load', async () => {
    let isLoadAborted = false;
    const run = beginTurn([], {
      script: {
        load: ({ signal }) =>
          new Promise(() => signal?.addEventListener('abort', () => (isLoadAborted = true))),
      },
    });
    await run.clock.advance(10);
    run.stop();
    expect(await run.finish()).toMatchObject({ status: 'stopped' });
    expect(run.engine.events).not.toContain('unload');
    // The signal reaches the engine: whether a shared load goes on is the engine's to say.
    expect(isLoadAborted).toBe(true);
  });
});
