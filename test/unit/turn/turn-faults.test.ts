/** Facts about a turn whose engine fails, stalls, repeats itself or is given too much. */
import { describe, expect, test } from 'vitest';
import { Fault, FAULTS, type FaultCode } from '../../../src/kernel/fault';
import { forEver, HANG, lastChunk, type Step } from '../../fakes/scripted-engine';
import { beginTurn, messageOf } from '../../fakes/turn-run';

test.for(Object.keys(FAULTS) as FaultCode[])(
  'the text before a fault is kept, with its code: %s',
  async (code) => {
    const run = beginTurn(['Some ', { waitMs: 40 }, 'text', { error: new Fault(code, 'why') }]);
    const answer = await run.finish();
    // Too long a prompt is tried once more, and then says the same again after what was said.
    expect(answer.text.startsWith('Some text')).toBe(true);
    expect(answer).toMatchObject({ status: 'failed', fault: { code, detail: 'why' } });
    expect(run.saved.at(-1)).toEqual(answer);
    expect(run.engine.busy).toBe(0);
  },
);

test('an error that is no fault fails the answer as engine_failed, with its words', async () => {
  const answer = await beginTurn(['a', { error: new TypeError('boom') }]).finish();
  expect(answer).toMatchObject({
    status: 'failed',
    text: 'a',
    fault: { code: 'engine_failed', detail: 'boom' },
  });
});

test('text that came in the same frame as the fault is kept', async () => {
  const answer = await beginTurn(['a', 'b', 'c', { error: new Fault('worker_gone') }]).finish();
  expect(answer).toMatchObject({ status: 'failed', text: 'abc' });
});

test('where nobody can answer there is a failed answer that says so', async () => {
  const run = beginTurn([], { answerer: () => Promise.reject(new Fault('no_model')) });
  const answer = await run.finish();
  expect(answer).toMatchObject({
    role: 'assistant',
    text: '',
    status: 'failed',
    fault: { code: 'no_model' },
  });
  expect(answer.answer).toBeUndefined();
  expect(run.saved.at(-1)).toEqual(answer);
});

describe('endless repetition', () => {
  test('is cut and done, and the engine is told to stop', async () => {
    const run = beginTurn(() => forEver('the same again, ', 5));
    const answer = await run.finish();
    expect(answer).toMatchObject({ status: 'done', answer: { cut: 'repetition' } });
    expect(answer.answer?.durationMs).toBeGreaterThan(0);
    // Not long after the limits of turn/watch.
    expect(answer.text.length).toBeLessThan(1_500);
    await run.clock.advance(100);
    expect(run.engine.events.at(-1)).toBe('stopped');
    expect(run.engine.busy).toBe(0);
  });

  test('after a sound beginning keeps that beginning', async () => {
    const beginning = 'It began so well, with words that did not repeat. ';
    const steps = function* (): Generator<Step> {
      yield beginning;
      yield* forEver('no ', 5);
    };
    const answer = await beginTurn(steps).finish();
    expect(answer.answer?.cut).toBe('repetition');
    expect(answer.text.startsWith(beginning)).toBe(true);
  });

  test('of chunks that carry nothing is no answer that goes on for ever: the stall watch does not count them', async () => {
    const run = beginTurn(() => forEver('', 1_000));
    await run.clock.advance(300_000);
    expect(run.shown.at(-1)?.status).toBe('streaming');
    run.stop();
    expect((await run.finish()).status).toBe('stopped');
  });
});

describe('a stall', () => {
  test('of 60 seconds fails the answer, keeps its text and unloads the engine', async () => {
    const run = beginTurn(() => ['Some ', { waitMs: 1_000 }, 'text', HANG]);
    await run.clock.advance(60_500);
    expect(run.shown.at(-1)).toMatchObject({ text: 'Some text', status: 'streaming' });
    expect(run.engine.events).not.toContain('unload');
    const startedAt = run.clock.now();
    const answer = await run.finish();
    expect(run.clock.now() - startedAt).toBeLessThan(1_000);
    expect(answer).toMatchObject({ status: 'failed', text: 'Some text', fault: { code: 'stalled' } });
    expect(run.engine.events).toContain('unload');
    expect(run.engine.busy).toBe(0);
  });

  test('is not 59 seconds between two chunks, again and again', async () => {
    const answer = await beginTurn([
      'a',
      { waitMs: 59_000 },
      'b',
      { waitMs: 59_000 },
      'c',
      lastChunk(),
    ]).finish();
    expect(answer).toMatchObject({ status: 'done', text: 'abc' });
  });

  test('is not a model that takes ten minutes to fetch', async () => {
    let waited: Promise<void> | undefined;
    const run = beginTurn(['at last', lastChunk()], {
      script: { load: () => (waited ??= run.clock.wait(600_000, new AbortController().signal)) },
    });
    expect(await run.finish()).toMatchObject({ status: 'done', text: 'at last' });
    expect(run.engine.events).not.toContain('unload');
  });

  test('is not the wait for another conversation that the engine answers first', async () => {
    const first = beginTurn((_, call) => (call === 0 ? longAnswer() : ['second', lastChunk()]));
    await first.clock.advance(100);
    const second = beginTurn([], {
      clock: first.clock,
      answerer: async () => ({ engine: first.engine, modelName: 'Scripted' }),
    });
    expect(await first.clock.drive(first.finish())).toMatchObject({ status: 'done', answer: {} });
    expect(await first.clock.drive(second.finish())).toMatchObject({ status: 'done', text: 'second' });
    expect(first.engine.events).not.toContain('unload');
  });

  test('does not fail the conversation that waited behind it: the engine starts anew for that one', async () => {
    const first = beginTurn((_, call) => (call === 0 ? ['text', HANG] : [{ waitMs: 30_000 }, 'second']));
    const second = beginTurn([], {
      clock: first.clock,
      answerer: async () => ({ engine: first.engine, modelName: 'Scripted' }),
    });
    expect(await first.finish()).toMatchObject({ status: 'failed', fault: { code: 'stalled' } });
    expect(await first.clock.drive(second.finish())).toMatchObject({ status: 'done', text: 'second' });
    expect(first.engine.events.filter((event) => event === 'load')).toHaveLength(2);
  });

  test('whose unloading fails as well still ends the turn as stalled', async () => {
    const run = beginTurn([HANG]);
    Object.assign(run.engine, { unload: () => Promise.reject(new Error('no such worker')) });
    expect(await run.finish()).toMatchObject({ status: 'failed', fault: { code: 'stalled' } });
  });
});

describe('a prompt that turns out too long', () => {
  const long = [
    ...Array.from({ length: 40 }, (_, at) =>
      messageOf(`${at} ${'x'.repeat(200)}`, at % 2 ? 'assistant' : 'user'),
    ),
    messageOf('And now?'),
  ];
  const overflow: Step[] = [{ error: new Fault('context_overflow') }];

  test('is tried once more, shorter, and the question is in it again', async () => {
    const run = beginTurn((_, call) => (call === 0 ? overflow : ['short', lastChunk()]), { messages: long });
    expect(await run.finish()).toMatchObject({ status: 'done', text: 'short' });
    const [first = [], second = []] = run.engine.prompts;
    expect(second.length).toBeLessThan(first.length);
    expect(second.at(-1)).toEqual({ role: 'user', content: 'And now?' });
  });

  test('twice fails the answer, and there is no third try', async () => {
    const run = beginTurn(() => overflow, { messages: long });
    expect(await run.finish()).toMatchObject({ status: 'failed', fault: { code: 'context_overflow' } });
    expect(run.engine.prompts).toHaveLength(2);
  });

  test('is fitted by what the engine counted the time before', async () => {
    // Two tokens a character: far above the first guess.
    const usage = { promptTokens: 600, completionTokens: 1 };
    const script = { id: 'scripted:dense' };
    const first = beginTurn(['a', lastChunk('stop', usage)], {
      script,
      messages: [messageOf('y'.repeat(300))],
    });
    await first.finish();
    const dense = beginTurn(['a'], { script, messages: long });
    await dense.finish();
    const other = beginTurn(['a'], { messages: long });
    await other.finish();
    expect(dense.engine.prompts[0]?.length).toBeLessThan(other.engine.prompts[0]?.length ?? 0);
  });
});

/** Two minutes of text that does not repeat. */
function* longAnswer(): Generator<Step> {
  for (let at = 0; at < 240; at++) {
    yield `Point ${at} is ${at * at}. `;
    yield { waitMs: 500 };
  }
  yield lastChunk();
}

test('an engine that never answered yet may be silent for three times what is expected of it, and five seconds at least', async () => {
  const stalledAfter = async (msPerPromptToken: number) => {
    const messages = [messageOf('What is new?'.repeat(100))];
    const run = beginTurn([HANG], { messages });
    const expected = { msPerPromptToken, msPerToken: 10, isWhole: false };
    const own = beginTurn([HANG], {
      messages,
      answerer: async () => ({ engine: run.engine, modelName: 'Scripted', expected }),
    });
    const began = own.clock.now();
    run.stop();
    const answer = await own.finish();
    expect(answer.fault?.code).toBe('stalled');
    return own.clock.now() - began;
  };
  expect(await stalledAfter(1)).toBeCloseTo(5_000, -2);
  // 1,200 characters at 0.35 tokens each, of 20 ms, three times.
  expect(await stalledAfter(20)).toBeCloseTo(3 * (420 * 20 + 10), -2);
});
