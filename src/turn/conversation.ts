/** One conversation that is open: takes questions, runs their turns one at a time, keeps everything. */
import type { ChatMessage, ConversationRecord, ConversationSummary } from '../kernel/history';
import { faultOf, type Fault } from '../kernel/fault';
import type { InferenceMode } from '../kernel/inference-mode';
import type { Cloud } from './escalate';
import type { Clock } from './pace';
import { titleOf } from './first-title';
import { runTurn, type Answerer, type TurnOptions } from './turn';

/** What a conversation needs of the world. */
export interface ConversationDeps {
  readonly clock: Clock;
  readonly newId: () => string;
  /** Who answers now; asked anew for each turn. */
  readonly answerer: () => Promise<Answerer>;
  /** The large model behind this site, where there is one; may ask in this conversation's name. */
  readonly cloud?: (conversationId: string) => Promise<Cloud | undefined>;
  /** From 0, save, to 1, best. */
  readonly dial?: () => number;
  /** Who answers, as the site wants it. */
  readonly mode?: (() => InferenceMode) | undefined;
  /** What the gates learned of models like the one that answers, once it is loaded. */
  readonly learned?: (() => TurnOptions['learned']) | undefined;
  /** Of this device and the model that answers on it, where one is chosen. */
  readonly device?: (() => TurnOptions['device']) | undefined;
  readonly system?: string;
  readonly save: (summary: ConversationSummary, messages: readonly ChatMessage[]) => Promise<void>;
  readonly removeMessages: (id: string, messageIds: readonly string[]) => Promise<void>;
  /** Told when something could not be kept; the conversation goes on in memory. */
  readonly onSaveFailed: (fault: Fault) => void;
  /** Runs `work` while marking the message as being answered, so that other tabs do not take it for a dead one. */
  readonly whileLive: <T>(messageId: string, work: () => Promise<T>) => Promise<T>;
}

/** Fires `change` whenever `record` or `isAnswering` is another, and `answered` after each turn. */
export class Conversation extends EventTarget {
  #record: ConversationRecord;
  #deps: ConversationDeps;
  #turn: { answerId: string; abort: AbortController; done: Promise<void> } | undefined;
  #answeredId: string | undefined;

  constructor(record: ConversationRecord, deps: ConversationDeps) {
    super();
    this.#record = record;
    this.#deps = deps;
  }

  get record(): ConversationRecord {
    return this.#record;
  }

  /** Of the answer that was made last. */
  get answeredId(): string | undefined {
    return this.#answeredId;
  }

  get isAnswering(): boolean {
    return this.#turn !== undefined;
  }

  /** Asks `text` and resolves when it was answered, failed or stopped. While a turn runs, or for no text, does nothing. */
  async send(text: string): Promise<void> {
    const question = text.trim();
    if (!question || this.#turn) return;
    const now = this.#deps.clock.now();
    const title = this.#record.messages.length === 0 ? titleOf(question) : this.#record.title;
    const message: ChatMessage = {
      id: this.#deps.newId(),
      role: 'user',
      text: question,
      status: 'done',
      createdAt: now,
    };
    this.#change({ title, updatedAt: now, messages: [...this.#record.messages, message] });
    await this.#answer(message);
  }

  /** Answers the last question once more; the answer it had is replaced. */
  async retry(): Promise<void> {
    const { messages } = this.#record;
    const at = messages.findLastIndex(({ role }) => role === 'user');
    const question = messages[at];
    if (!question || this.#turn) return;
    const replaced = messages.slice(at + 1).map(({ id }) => id);
    this.#change({ messages: messages.slice(0, at + 1) });
    await this.#answer(question, replaced);
  }

  /** Has the large model answer the question that the message asks or answers; what is there already gives way to it. */
  async askCloud(messageId: string): Promise<void> {
    const { messages } = this.#record;
    const at = messages.findIndex(({ id }) => id === messageId);
    const asked = messages.slice(0, at + 1).findLastIndex(({ role }) => role === 'user');
    const question = messages[asked];
    const next = messages[asked + 1];
    if (!question || this.#turn) return;
    await this.#answer(question, [], next?.role === 'assistant' ? next : undefined);
  }

  /** Leaves the exchange that the message belongs to out of whatever goes to the cloud, or takes that back. */
  async keepHere(messageId: string, isKept: boolean): Promise<void> {
    const { messages } = this.#record;
    const at = messages.findIndex(({ id }) => id === messageId);
    const asked = messages.slice(0, at + 1).findLastIndex(({ role }) => role === 'user');
    const question = messages[asked];
    if (!question || this.#turn) return;
    const { isKept: _, ...rest } = question;
    const changed: ChatMessage = isKept ? { ...rest, isKept } : rest;
    this.#change({ messages: messages.with(asked, changed) });
    await this.#keep(this.#deps.save(this.#record, [changed]));
  }

  /** Changes a message; `change` gives undefined where it is to stay. Whether it did, or undefined where there is none. */
  async amend(
    messageId: string,
    change: (message: ChatMessage) => ChatMessage | undefined,
  ): Promise<boolean | undefined> {
    // A turn that is still at it would put its own over the change.
    if (this.#turn?.answerId === messageId) await this.#turn.done;
    const { messages } = this.#record;
    const at = messages.findIndex(({ id }) => id === messageId);
    const message = messages[at];
    if (!message) return undefined;
    const changed = change(message);
    if (!changed) return false;
    this.#change({ messages: messages.with(at, changed) });
    await this.#keep(this.#deps.save(this.#record, [changed]));
    return true;
  }

  /** Stops the answer under way; what is there of it stays. Resolves when it was kept. */
  async stop(): Promise<void> {
    this.#turn?.abort.abort();
    await this.#turn?.done;
  }

  rename(title: string): void {
    this.#change({ title });
  }

  pin(isPinned: boolean): void {
    const { isPinned: _, ...record } = this.#record;
    this.#record = isPinned ? { ...record, isPinned } : record;
    this.#emit('change');
  }

  async #answer(
    question: ChatMessage,
    replacedIds: readonly string[] = [],
    replaces?: ChatMessage,
  ): Promise<void> {
    const abort = new AbortController();
    const answerId = replaces?.id ?? this.#deps.newId();
    const done = this.#deps.whileLive(answerId, () =>
      this.#run(question, replacedIds, { answerId, signal: abort.signal, ...(replaces ? { replaces } : {}) }),
    );
    this.#turn = { answerId, abort, done };
    this.#emit('change');
    try {
      await done;
    } finally {
      this.#turn = undefined;
      this.#answeredId = answerId;
      this.#emit('change');
      this.#emit('answered');
    }
  }

  async #run(
    question: ChatMessage,
    replacedIds: readonly string[],
    asked: Pick<TurnOptions, 'answerId' | 'signal' | 'replaces'>,
  ): Promise<void> {
    const { clock, answerer, system, save } = this.#deps;
    const all = this.#record.messages;
    const end = all.findIndex(({ id }) => id === question.id) + 1;
    const messages = all.slice(0, end);
    const saved = this.#keepQuestion(question, replacedIds);
    const cloud = await this.#deps.cloud?.(this.#record.id);
    await runTurn({
      ...asked,
      messages,
      questionKept: saved,
      answerer,
      clock,
      cloud,
      ...(this.#deps.dial ? { dial: this.#deps.dial() } : {}),
      ...(this.#deps.mode ? { mode: this.#deps.mode() } : {}),
      learned: this.#deps.learned?.(),
      device: this.#deps.device?.(),
      ...(system === undefined ? {} : { system }),
      show: (answer) => this.#change({ messages: withAnswer(this.#record.messages, answer, question.id) }),
      save: async (answer) => {
        await saved;
        await this.#keep(save({ ...this.#record, updatedAt: clock.now() }, [answer]));
      },
    });
  }

  async #keepQuestion(question: ChatMessage, replacedIds: readonly string[]): Promise<void> {
    const { removeMessages, save } = this.#deps;
    if (replacedIds.length > 0) await this.#keep(removeMessages(this.#record.id, replacedIds));
    await this.#keep(save(this.#record, [question]));
  }

  /** A failure to save never ends a turn. */
  async #keep(saving: Promise<void>): Promise<void> {
    try {
      await saving;
    } catch (error) {
      this.#deps.onSaveFailed(faultOf(error, 'storage_failed'));
    }
  }

  #change(changes: Partial<ConversationRecord>): void {
    this.#record = { ...this.#record, ...changes };
    this.#emit('change');
  }

  #emit(type: 'change' | 'answered'): void {
    this.dispatchEvent(new Event(type));
  }
}

/** In its place, or right behind its question; the others may have changed meanwhile. */
function withAnswer(
  messages: readonly ChatMessage[],
  answer: ChatMessage,
  questionId: string,
): ChatMessage[] {
  const at = messages.findIndex(({ id }) => id === answer.id);
  if (at >= 0) return messages.with(at, answer);
  const behind = messages.findIndex(({ id }) => id === questionId) + 1;
  return [...messages.slice(0, behind), answer, ...messages.slice(behind)];
}

export function emptyConversation(id: string, now: number): ConversationRecord {
  return { id, title: 'New chat', createdAt: now, updatedAt: now, messages: [] };
}
