/** An answer while it is made: what it says so far, what is known of it, and how it reaches screen and store. */
import type { AnswerFacts, ChatMessage } from '../kernel/history';
import type { Chunk } from '../kernel/engine';
import { perFrame, type Clock } from './pace';
import { endsInRepetition } from './watch';

/** Between two saves of an answer that is being made. */
const SAVE_EVERY_MS = 250;

export interface AnsweringOptions {
  readonly answerId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Shows the answer as it stands, at most once a frame. */
  readonly show: (answer: ChatMessage) => void;
  /** Keeps the answer as it stands; the last call before the turn ends has its final state. A failure is its own to tell. */
  readonly save: (answer: ChatMessage) => Promise<void>;
}

export interface Answering {
  readonly message: ChatMessage;
  /** Sets who answers, and forgets what was known of another answer. */
  begin(facts: AnswerFacts): void;
  learn(more: Partial<AnswerFacts>): void;
  change(changes: Partial<ChatMessage>): void;
  /**
   * Shows what `chunks` say, a frame at a time, until they end or repeat themselves. A text of an attempt before, which broke
   * off, stays until the new one is as long: what a person is reading does not vanish.
   */
  take(chunks: AsyncIterable<Chunk>, onChunk?: (chunk: Chunk) => void): Promise<void>;
  keep(): Promise<void>;
  /** Keeps the final state, and only then shows it: who sees it ended may close the page. A stop is shown before: who pressed it waits for it. */
  end(changes: Partial<ChatMessage>): Promise<void>;
}

/** `given`: an answer that is there already, and is to be replaced by a better one. */
export function createAnswering(options: AnsweringOptions, given?: ChatMessage): Answering {
  const { clock, signal, show, save } = options;
  const startedAt = clock.now();
  let savedAt = 0;
  /** The one save under way in the middle of the answer; nobody waits for it but the last. */
  let saving: Promise<void> | undefined;
  let facts: AnswerFacts | undefined = given?.answer;
  let {
    fault: _,
    later: _later,
    ...message
  }: ChatMessage = {
    ...(given ?? { text: '', createdAt: startedAt }),
    id: options.answerId,
    role: 'assistant',
    status: 'streaming',
  };

  const learn = (more: Partial<AnswerFacts>) => (facts = facts && { ...facts, ...more });
  const set = (changes: Partial<ChatMessage>) =>
    (message = { ...message, ...changes, ...(facts ? { answer: facts } : {}) });
  const change = (changes: Partial<ChatMessage>) => show(set(changes));
  // An answer that cannot be kept is still an answer.
  const keep = () => save(message).catch(() => undefined);

  return {
    get message() {
      return message;
    },
    begin: (begun) => void (facts = begun),
    learn,
    change,
    keep,
    async end(changes) {
      set(changes);
      if (message.status === 'stopped') show(message);
      await saving;
      await keep();
      show(message);
    },
    async take(chunks, onChunk) {
      let said = '';
      for await (const frame of perFrame(chunks, clock)) {
        signal.throwIfAborted();
        const text = frame.map((chunk) => chunk.text).join('');
        for (const chunk of frame) {
          onChunk?.(chunk);
          if (chunk.isHandOver) learn({ isHandOver: true });
          if (chunk.usage) learn({ usage: chunk.usage });
          if (chunk.finish === 'length') learn({ cut: 'length' });
        }
        if (text && facts?.firstTextMs === undefined) learn({ firstTextMs: clock.now() - startedAt });
        said += text;
        change({ text: said.length < message.text.length ? message.text : said });
        if (endsInRepetition(said)) {
          learn({ cut: 'repetition' });
          break;
        }
        if (saving || clock.now() - savedAt < SAVE_EVERY_MS) continue;
        savedAt = clock.now();
        saving = keep().finally(() => (saving = undefined));
      }
      learn({ durationMs: clock.now() - startedAt });
      if (said === message.text) set({});
      else change({ text: said });
    },
  };
}
