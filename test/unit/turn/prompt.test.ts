/** Facts about how a conversation is fitted into a window, whatever the conversation. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatMessage } from '../../../src/kernel/history';
import type { Message } from '../../../src/kernel/message';
import { answerTokensOf, promptOf, tokensPerCharacterOf, type Window } from '../../../src/turn/prompt';
import { messageOf } from '../../fakes/turn-run';

/** As in turn/prompt: what a template adds around each message. */
const TOKENS_PER_MESSAGE = 8;

const role = fc.constantFrom('user' as const, 'assistant' as const);
/** Lengths are drawn evenly: a string arbitrary prefers short ones, which always fit. */
const textUpTo = (length: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: length }), fc.nat(9_999))
    .map(([size, n]) => `${n} `.repeat(size).slice(0, size));
const text = fc.oneof({ weight: 4, arbitrary: textUpTo(400) }, { weight: 1, arbitrary: fc.constant('') });
const earlier = fc.array(
  fc.record({ role, text, status: fc.constantFrom('done' as const, 'failed' as const, 'stopped' as const) }),
  { maxLength: 30 },
);
const conversation = fc
  .tuple(earlier, textUpTo(3_000))
  .map(([before, question]): ChatMessage[] =>
    before
      .map(({ role, text, status }, at) => messageOf(text, role, { status, id: String(at) }))
      .concat(messageOf(question)),
  );
const window: fc.Arbitrary<Window> = fc.record({
  contextTokens: fc.integer({ min: 256, max: 4_096 }),
  tokensPerCharacter: fc.double({ min: 0.2, max: 1.5, noNaN: true }),
});
const system = fc.option(fc.string({ minLength: 1, maxLength: 80 }), { nil: undefined });

const tokensOf = (prompt: readonly Message[], { tokensPerCharacter }: Window) =>
  prompt.reduce((sum, { content }) => sum + content.length * tokensPerCharacter + TOKENS_PER_MESSAGE, 0);

const always = (check: (prompt: Message[], said: ChatMessage[], window: Window, system?: string) => void) =>
  fc.assert(
    fc.property(conversation, window, system, (messages, window, system) => {
      check(promptOf(messages, window, system), messages, window, system);
    }),
  );
const spoken = (prompt: readonly Message[]) => prompt.filter(({ role }) => role !== 'system');
const usage = (promptTokens: number) => ({ promptTokens, completionTokens: 1 });

describe('any prompt', () => {
  test('ends with the question, whole', () => {
    always((prompt, said) => expect(prompt.at(-1)).toEqual({ role: 'user', content: said.at(-1)?.text }));
  });

  test('holds the last messages in their order, none left out between but empty ones', () => {
    always((prompt, said) => {
      const full = said.filter(({ text }) => text).map(({ role, text }) => ({ role, content: text }));
      expect(spoken(prompt)).toEqual(full.slice(full.length - spoken(prompt).length));
    });
  });

  test('leaves room for the answer, unless the question alone takes it', () => {
    always((prompt, _, window) => {
      if (spoken(prompt).length === 1) return;
      const room = window.contextTokens - answerTokensOf(window.contextTokens);
      expect(tokensOf(prompt, window)).toBeLessThanOrEqual(room + 1e-6);
    });
  });

  test('begins with the system prompt where there is one, then with a user message', () => {
    always((prompt, _, __, system) => {
      if (system) expect(prompt[0]).toEqual({ role: 'system', content: system });
      expect(prompt.filter(({ role }) => role === 'system')).toHaveLength(system ? 1 : 0);
      expect(spoken(prompt)[0]?.role).toBe('user');
    });
  });

  test('leaves out nothing that would have fitted, but an answer to nothing', () => {
    always((prompt, said, window, system) => {
      const full = said.filter(({ text }) => text);
      const next = full.at(-1 - spoken(prompt).length);
      if (!next || next.role === 'assistant') return;
      // The next question, with everything between it and the prompt, would be too much.
      const longer = [{ role: next.role, content: next.text }, ...prompt];
      expect(tokensOf(longer, window), String(system)).toBeGreaterThan(
        window.contextTokens - answerTokensOf(window.contextTokens) - 1e-6,
      );
    });
  });
});

test('an answer that failed with no text is left out, one with text is not', () => {
  const messages = [
    messageOf('One?'),
    messageOf('', 'assistant', { status: 'failed', fault: { code: 'stalled' } }),
    messageOf('Two?'),
    messageOf('Half an', 'assistant', { status: 'failed', fault: { code: 'stalled' } }),
    messageOf('Three?'),
  ];
  const prompt = promptOf(messages, { contextTokens: 4_096, tokensPerCharacter: 0.35 });
  expect(prompt.map(({ content }) => content)).toEqual(['One?', 'Two?', 'Half an', 'Three?']);
});

test('the room for an answer is a third of a small window, and never above 1,024 tokens', () => {
  expect(answerTokensOf(300)).toBe(100);
  expect(answerTokensOf(4_096)).toBe(1_024);
  expect(answerTokensOf(128_000)).toBe(1_024);
});

describe('tokensPerCharacterOf', () => {
  test('is the engine’s count without what the template adds', () => {
    const prompt: Message[] = [{ role: 'user', content: 'x'.repeat(1_000) }];
    expect(tokensPerCharacterOf(prompt, usage(508))).toBeCloseTo(0.5);
  });

  test('stays within 0.2 and 1.5, whatever was counted', () => {
    const prompt = fc.array(
      fc.record({ role: fc.constant('user' as const), content: fc.string({ maxLength: 50 }) }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(prompt, fc.nat(1_000_000), (messages, promptTokens) => {
        const ratio = tokensPerCharacterOf(messages, usage(promptTokens));
        expect(ratio).toBeGreaterThanOrEqual(0.2);
        expect(ratio).toBeLessThanOrEqual(1.5);
      }),
    );
  });

  test('an empty prompt and a count of nothing are no division by zero', () => {
    expect(tokensPerCharacterOf([], usage(0))).toBe(0.2);
  });
});
