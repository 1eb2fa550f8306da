/** What every engine on this device must do; one suite for all of them. */
import { describe, expect, test } from 'vitest';
import type { Chunk, GenerateOptions, LocalEngine } from '../../src/kernel/engine';
import type { Message } from '../../src/kernel/message';
import { isFault, type FaultCode } from '../../src/kernel/fault';

export interface EngineUnderTest {
  /** A fresh engine, nothing loaded. */
  create(): LocalEngine;
  /** A fresh engine that cannot be loaded: its file is no model. */
  createBroken(): LocalEngine;
  /** How that fails, where it is not `model_file`. */
  readonly brokenCode?: FaultCode;
  /** It never tells logprobs, so that answers are judged by their words. */
  readonly lacksLogprobs?: true;
  /** A question that gets a short answer which ends by itself. */
  readonly shortQuestion: string;
  /** A question whose answer does not end by itself. */
  readonly endlessQuestion: string;
  /** Every worker of the page that lives now, or what holds the model in place of one. */
  liveWorkers(): number;
}

const ask = (content: string): Message[] => [{ role: 'user', content }];
const never = () => new AbortController().signal;

async function collect(chunks: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const all: Chunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}
const textOf = (chunks: readonly Chunk[]) => chunks.map(({ text }) => text).join('');

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return isFault(error) ? error.code : `not a Fault: ${String(error)}`;
  }
  return 'no error';
}

export function describeEngine(name: string, subject: EngineUnderTest): void {
  const greedy = (options: Partial<GenerateOptions> = {}): GenerateOptions => ({
    signal: never(),
    temperature: 0,
    ...options,
  });
  /** Runs `work` on a fresh engine and unloads it whatever happens. */
  const on = (work: (engine: LocalEngine) => Promise<void>) => async () => {
    const engine = subject.create();
    try {
      await work(engine);
    } finally {
      await engine.unload();
    }
  };

  describe(`the engine contract: ${name}`, () => {
    test(
      'text streams in more than one chunk, and the last one says how it ended',
      on(async (engine) => {
        const chunks = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        expect(chunks.filter(({ text }) => text).length).toBeGreaterThan(1);
        expect(textOf(chunks)).not.toBe('');
        expect(chunks.findLast(({ finish }) => finish)?.finish).toBe('stop');
      }),
    );

    test(
      'usage counts the whole prompt, what was cached of it included',
      on(async (engine) => {
        const first = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        const answer = textOf(first);
        const usage = first.findLast((chunk) => chunk.usage)?.usage;
        expect(usage?.promptTokens).toBeGreaterThan(1);
        expect(usage?.completionTokens).toBeGreaterThan(1);
        const longer: Message[] = [
          ...ask(subject.shortQuestion),
          { role: 'assistant', content: answer },
          ...ask(subject.shortQuestion),
        ];
        const second = await collect(engine.generate(longer, greedy()));
        const promptTokens = second.findLast((chunk) => chunk.usage)?.usage?.promptTokens ?? 0;
        expect(promptTokens).toBeGreaterThan((usage?.promptTokens ?? 0) + 1);
      }),
    );

    test(
      'the same prompt at temperature 0 gets the same answer',
      on(async (engine) => {
        const once = textOf(await collect(engine.generate(ask(subject.shortQuestion), greedy())));
        const again = textOf(await collect(engine.generate(ask(subject.shortQuestion), greedy())));
        expect(again).toBe(once);
      }),
    );

    test.runIf(subject.lacksLogprobs)(
      'a request for logprobs is answered without any',
      on(async (engine) => {
        const chunks = await collect(engine.generate(ask(subject.shortQuestion), greedy({ topLogprobs: 4 })));
        expect(textOf(chunks)).not.toBe('');
        expect(chunks.flatMap((chunk) => chunk.logprobs ?? [])).toEqual([]);
      }),
    );

    test.skipIf(subject.lacksLogprobs)(
      'logprobs come with alternatives, the chosen token among them, and sum to at most 1',
      on(async (engine) => {
        const chunks = await collect(
          engine.generate(ask(subject.shortQuestion), greedy({ topLogprobs: 4, maxTokens: 12 })),
        );
        const logprobs = chunks.flatMap((chunk) => chunk.logprobs ?? []);
        expect(logprobs.length).toBeGreaterThan(1);
        for (const { token, logprob, alternatives } of logprobs) {
          expect(logprob).toBeLessThanOrEqual(0);
          expect(alternatives.length).toBeGreaterThanOrEqual(2);
          expect(alternatives.map((alternative) => alternative.token)).toContain(token);
          const mass = alternatives.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
          expect(mass).toBeLessThan(1.001);
        }
      }),
    );

    test(
      'maxTokens cuts the answer, and says so',
      on(async (engine) => {
        const chunks = await collect(engine.generate(ask(subject.endlessQuestion), greedy({ maxTokens: 9 })));
        expect(chunks.findLast(({ finish }) => finish)?.finish).toBe('length');
        expect(chunks.findLast(({ usage }) => usage)?.usage?.completionTokens).toBe(9);
      }),
    );

    test(
      'a stop before the first token frees the engine for the next request',
      on(async (engine) => {
        await engine.load();
        const stop = new AbortController();
        const stopped = codeOf(
          collect(engine.generate(ask(subject.endlessQuestion), greedy({ signal: stop.signal }))),
        );
        stop.abort();
        expect(await stopped).toBe('cancelled');
        const next = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        expect(textOf(next)).not.toBe('');
      }),
    );

    test(
      'a stop mid-stream ends the text at once and frees the engine for the next request',
      on(async (engine) => {
        const stop = new AbortController();
        let textsAfterStop = 0;
        const stopped = codeOf(
          (async () => {
            let texts = 0;
            const options = greedy({ signal: stop.signal });
            for await (const { text } of engine.generate(ask(subject.endlessQuestion), options)) {
              if (stop.signal.aborted && text) textsAfterStop++;
              if (text && ++texts === 5) stop.abort();
            }
          })(),
        );
        expect(await stopped).toBe('cancelled');
        expect(textsAfterStop).toBe(0);
        const next = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        expect(textOf(next)).not.toBe('');
      }),
    );

    test(
      'leaving the stream early frees the engine as a stop does',
      on(async (engine) => {
        for await (const { text } of engine.generate(ask(subject.endlessQuestion), greedy())) if (text) break;
        const next = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        expect(textOf(next)).not.toBe('');
      }),
    );

    test(
      'a request that was stopped before it began does not begin',
      on(async (engine) => {
        const signal = AbortSignal.abort();
        const stopped = codeOf(collect(engine.generate(ask(subject.shortQuestion), greedy({ signal }))));
        expect(await stopped).toBe('cancelled');
      }),
    );

    test(
      'two requests queue in the order they came',
      on(async (engine) => {
        const events: string[] = [];
        const run = async (label: string) => {
          for await (const { text } of engine.generate(ask(subject.shortQuestion), greedy())) {
            if (text) events.push(label);
          }
        };
        await Promise.all([run('first'), run('second')]);
        expect(events.indexOf('second')).toBeGreaterThan(0);
        expect(events.lastIndexOf('first')).toBeLessThan(events.indexOf('second'));
      }),
    );

    test(
      'a prompt longer than the context is the fault context_overflow, and the engine goes on',
      on(async (engine) => {
        const tooLong = ask('word '.repeat(engine.contextTokens * 2));
        expect(await codeOf(collect(engine.generate(tooLong, greedy())))).toBe('context_overflow');
        const next = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
        expect(textOf(next)).not.toBe('');
      }),
    );

    test(
      'an answer that fills the context ends with length, not with a hang',
      on(async (engine) => {
        const chunks = await collect(engine.generate(ask(subject.endlessQuestion), greedy()));
        expect(chunks.findLast(({ finish }) => finish)?.finish).toBe('length');
      }),
    );

    test('a load that fails says why, every time, and leaves no worker', async () => {
      const before = subject.liveWorkers();
      const engine = subject.createBroken();
      const code = subject.brokenCode ?? 'model_file';
      expect(await codeOf(engine.load())).toBe(code);
      expect(await codeOf(collect(engine.generate(ask('x'), greedy())))).toBe(code);
      expect(subject.liveWorkers()).toBe(before);
    });

    test('loading reports the start, and a second load while one is under way is the same', async () => {
      const engine = subject.create();
      const steps: string[] = [];
      await Promise.all([engine.load({ onProgress: ({ step }) => steps.push(step) }), engine.load()]);
      expect(steps).toContain('start');
      await engine.unload();
    });

    test('unload frees the worker, ends what is under way with cancelled, and the engine can load again', async () => {
      const before = subject.liveWorkers();
      const engine = subject.create();
      await engine.load();
      expect(subject.liveWorkers()).toBeGreaterThan(before);
      expect(engine.ownFiles().length).toBeGreaterThan(0);
      const underWay = codeOf(collect(engine.generate(ask(subject.endlessQuestion), greedy())));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await engine.unload();
      expect(await underWay).toBe('cancelled');
      expect(subject.liveWorkers()).toBe(before);
      const again = await collect(engine.generate(ask(subject.shortQuestion), greedy()));
      expect(textOf(again)).not.toBe('');
      await engine.unload();
    });
  });
}
