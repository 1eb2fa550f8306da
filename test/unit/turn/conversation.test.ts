/** Facts about one open conversation: how questions are taken, kept, stopped and asked again. */
import { describe, expect, test } from 'vitest';
import type { ChatMessage, ConversationSummary } from '../../../src/kernel/history';
import { Fault, type FaultCode } from '../../../src/kernel/fault';
import { Conversation, emptyConversation, type ConversationDeps } from '../../../src/turn/conversation';
import { createFakeClock } from '../../fakes/fake-clock';
import { createScriptedEngine, forEver, HANG, lastChunk, type Script } from '../../fakes/scripted-engine';

const plainAnswer: Script['steps'] = () => ['An ', { waitMs: 400 }, 'answer', lastChunk()];

function openConversation(steps: Script['steps'] = plainAnswer, deps: Partial<ConversationDeps> = {}) {
  const clock = createFakeClock();
  const engine = createScriptedEngine({ clock, steps });
  const saves: { summary: ConversationSummary; messages: readonly ChatMessage[] }[] = [];
  const removed: string[] = [];
  const faults: FaultCode[] = [];
  let ids = 0;
  const conversation = new Conversation(emptyConversation('c', clock.now()), {
    clock,
    newId: () => `m${ids++}`,
    answerer: async () => ({ engine, modelName: 'Scripted' }),
    save: async (summary, messages) => void saves.push({ summary, messages }),
    removeMessages: async (_, messageIds) => void removed.push(...messageIds),
    onSaveFailed: ({ code }) => void faults.push(code),
    whileLive: (_, work) => work(),
    ...deps,
  });
  const texts = () => conversation.record.messages.map(({ text }) => text);
  return { conversation, clock, engine, saves, removed, faults, texts };
}

describe('send', () => {
  test('adds the question and its answer, and names the conversation by its first question', async () => {
    const { conversation, clock, texts } = openConversation();
    await clock.drive(conversation.send('  What is new?\n'));
    await clock.drive(conversation.send('And now?'));
    expect(texts()).toEqual(['What is new?', 'An answer', 'And now?', 'An answer']);
    expect(conversation.record.title).toBe('What is new?');
    expect(conversation.isAnswering).toBe(false);
  });

  test('shows the question at once, before anything answered', () => {
    const { conversation, texts } = openConversation(() => [HANG]);
    void conversation.send('Hello?');
    expect(texts()[0]).toBe('Hello?');
    expect(conversation.isAnswering).toBe(true);
  });

  test('saves the question before the answer, even where saving is slow', async () => {
    const started: string[] = [];
    const { conversation, clock } = openConversation(plainAnswer, {
      save: async (_, messages) => {
        started.push(...messages.map(({ role }) => role));
        await clock.wait(5_000, new AbortController().signal);
        started.push('kept');
      },
    });
    await clock.drive(conversation.send('Hello?'));
    expect(started.slice(0, 3)).toEqual(['user', 'kept', 'assistant']);
  });

  test('asks no engine before the question is kept, which may fall with it; a store that never answers holds it up a second', async () => {
    const kept = Promise.withResolvers<void>();
    const first = openConversation(plainAnswer, { save: () => kept.promise });
    const answered = first.conversation.send('Hello?');
    await first.clock.advance(900);
    expect(first.engine.prompts).toEqual([]);
    kept.resolve();
    await first.clock.drive(answered);
    expect(first.texts()).toEqual(['Hello?', 'An answer']);

    const never = openConversation(plainAnswer, { save: () => new Promise(() => {}) });
    void never.conversation.send('Hello?');
    await never.clock.advance(2_000);
    expect(never.texts()).toEqual(['Hello?', 'An answer']);
  });

  test('of nothing but space does nothing, as does one while an answer is under way', async () => {
    const { conversation, clock, engine } = openConversation();
    await conversation.send(' \n ');
    expect(conversation.record.messages).toEqual([]);
    const first = conversation.send('One?');
    await conversation.send('Two?');
    await clock.drive(first);
    expect(engine.prompts).toHaveLength(1);
  });

  test('that cannot be saved is answered all the same, and says so', async () => {
    const { conversation, clock, texts, faults } = openConversation(plainAnswer, {
      save: () => Promise.reject(new Fault('quota')),
    });
    await clock.drive(conversation.send('Hello?'));
    expect(texts()).toEqual(['Hello?', 'An answer']);
    expect(conversation.record.messages.at(-1)?.status).toBe('done');
    expect(new Set(faults)).toEqual(new Set(['quota']));
  });

  test('fires answered once, when it is no longer answering', async () => {
    const { conversation, clock } = openConversation();
    const seen: boolean[] = [];
    conversation.addEventListener('answered', () => seen.push(conversation.isAnswering));
    await clock.drive(conversation.send('Hello?'));
    expect(seen).toEqual([false]);
  });

  test('marks exactly the answer as live, for as long as it is made', async () => {
    const marks: string[] = [];
    const { conversation, clock } = openConversation(plainAnswer, {
      whileLive: async (messageId, work) => {
        marks.push(messageId);
        const result = await work();
        marks.push(`end of ${messageId}`);
        return result;
      },
    });
    await clock.drive(conversation.send('Hello?'));
    const answerId = conversation.record.messages.at(-1)?.id;
    expect(marks).toEqual([answerId, `end of ${answerId}`]);
  });
});

test('a change to the answer under way comes after it, and not below it', async () => {
  const { conversation, clock, texts } = openConversation();
  const sent = conversation.send('Hello?');
  await clock.advance(50);
  const id = conversation.record.messages[1]?.id ?? '';
  const changed = conversation.amend(id, (message) => ({ ...message, text: `${message.text}!` }));
  await clock.drive(Promise.all([sent, changed]));
  expect(texts()).toEqual(['Hello?', 'An answer!']);
});

describe('stop', () => {
  test('keeps what is there of the answer, and resolves when that was saved', async () => {
    const { conversation, clock, saves } = openConversation(() => forEver('word ', 20));
    void conversation.send('Hello?');
    await clock.advance(300);
    await clock.drive(conversation.stop());
    const answer = conversation.record.messages.at(-1);
    expect(answer?.status).toBe('stopped');
    expect(answer?.text).toContain('word word');
    expect(saves.at(-1)?.messages).toEqual([answer]);
    expect(conversation.isAnswering).toBe(false);
  });

  test('while nothing is being answered does nothing', async () => {
    await openConversation().conversation.stop();
  });

  test('is followed by the next question as ever', async () => {
    const { conversation, clock, texts } = openConversation((_, call) => (call ? ['fine'] : [HANG]));
    void conversation.send('One?');
    await clock.advance(100);
    await clock.drive(conversation.stop());
    await clock.drive(conversation.send('Two?'));
    expect(texts()).toEqual(['One?', '', 'Two?', 'fine']);
  });
});

describe('retry', () => {
  const failsFirst: Script['steps'] = (_, call) =>
    call === 0 ? ['half', { error: new Fault('worker_gone') }] : ['whole'];

  test('replaces the answer to the last question, in memory and in the store', async () => {
    const { conversation, clock, texts, removed } = openConversation(failsFirst);
    await clock.drive(conversation.send('Hello?'));
    const failedId = conversation.record.messages[1]?.id;
    await clock.drive(conversation.retry());
    expect(texts()).toEqual(['Hello?', 'whole']);
    expect(removed).toEqual([failedId]);
  });

  test('pressed twice asks once', async () => {
    const { conversation, clock, engine, texts } = openConversation(failsFirst);
    await clock.drive(conversation.send('Hello?'));
    await clock.drive(Promise.all([conversation.retry(), conversation.retry()]));
    expect(engine.prompts).toHaveLength(2);
    expect(texts()).toEqual(['Hello?', 'whole']);
  });

  test('does not put the answer it replaces into the prompt', async () => {
    const { conversation, clock, engine } = openConversation(failsFirst);
    await clock.drive(conversation.send('Hello?'));
    await clock.drive(conversation.retry());
    expect(engine.prompts[1]).toEqual([{ role: 'user', content: 'Hello?' }]);
  });

  test('is answered although the old answer could not be removed from the store', async () => {
    const { conversation, clock, texts, faults } = openConversation(failsFirst, {
      removeMessages: () => Promise.reject(new Fault('storage_failed')),
    });
    await clock.drive(conversation.send('Hello?'));
    await clock.drive(conversation.retry());
    expect(texts()).toEqual(['Hello?', 'whole']);
    expect(faults).toEqual(['storage_failed']);
  });

  test('of a conversation without a question does nothing', async () => {
    const { conversation, engine } = openConversation();
    await conversation.retry();
    expect(engine.prompts).toEqual([]);
  });
});
