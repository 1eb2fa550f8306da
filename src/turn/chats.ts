/** All conversations of this page: the list, the one that is open, those that are being answered. */
import type { AppActions, AppState } from '../kernel/app-state';
import type { ChatMessage, ConversationRecord, ConversationSummary } from '../kernel/history';
import { faultOf, type Fault } from '../kernel/fault';
import { amend, cancelled, type Amended, type Change } from './amend';
import { Conversation, emptyConversation, type ConversationDeps } from './conversation';
import type { Cloud } from './escalate';
import { whileLive, withoutDeadTurns } from './live';
import type { Clock } from './pace';
import { workInBackground, type BackgroundDeps } from './background';
import type { Answerer } from './turn';

/** How long a deleted conversation can be had back. */
const UNDO_MS = 8_000;

/** On the channel, in place of an id: many conversations changed. */
const MANY = '*';

/** Where conversations are kept; `store/conversations` is one. */
export interface ChatStore {
  list(): Promise<ConversationSummary[]>;
  get(id: string): Promise<ConversationRecord | undefined>;
  summary(id: string): Promise<ConversationSummary | undefined>;
  save(conversation: ConversationSummary, messages: readonly ChatMessage[]): Promise<void>;
  removeMessages(id: string, messageIds: readonly string[]): Promise<void>;
  rename(id: string, title: string): Promise<void>;
  pin(id: string, isPinned: boolean): Promise<void>;
  remove(id: string): Promise<void>;
  restore(record: ConversationRecord): Promise<void>;
}

export interface ChatsDeps
  extends Pick<ConversationDeps, 'dial' | 'mode' | 'learned' | 'device'>, Pick<BackgroundDeps, 'taskEngine'> {
  readonly store: Promise<ChatStore>;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly locks: LockManager | undefined;
  /** Carries the id of a conversation that changed, to the other tabs; `*` where many did. */
  readonly channel: BroadcastChannel;
  readonly system: string;
  /** Faults: `no_model`. */
  readonly answerer: () => Promise<Answerer>;
  /** The large model behind this site, where there is one. */
  readonly cloud?: (conversationId: string) => Promise<Cloud | undefined>;
  readonly onAnswered: (answer: ChatMessage, conversation: ConversationSummary) => void;
  readonly onFault: (fault: Fault) => void;
  readonly onChange: () => void;
}

type ChatState = Pick<AppState, 'conversations' | 'current' | 'isAnswering' | 'answeringIds' | 'undoable'>;
type ChatActions = Pick<
  AppActions,
  | 'send'
  | 'stop'
  | 'retry'
  | 'askCloud'
  | 'keepHere'
  | 'newChat'
  | 'openChat'
  | 'rename'
  | 'pin'
  | 'remove'
  | 'undoRemove'
>;

export interface Chats {
  readonly state: ChatState;
  readonly actions: ChatActions;
  /** Reads the list and opens the newest conversation. */
  open(): Promise<void>;
  /** Changes a message wherever it is; `change` gives undefined where it is to stay. */
  amend(conversationId: string, messageId: string, change: Change): Promise<Amended>;
  /** Of the conversation that is open; resolves when nobody waits for that answer any more. */
  cancelLater(messageId: string): Promise<void>;
  /** Stops every turn; what was there of their answers is kept. */
  close(): Promise<void>;
}

export function createChats(deps: ChatsDeps): Chats {
  const { clock, channel, locks, onChange, newId } = deps;
  let summaries: readonly ConversationSummary[] = [];
  let undoable: ConversationRecord | undefined;
  let undoTimer: AbortController | undefined;
  /** How often a chat was asked for: the last one is shown, whichever is read first. */
  let opens = 0;
  /** Open ones by id: the current one, and those still being answered. */
  const live = new Map<string, Conversation>();
  let current = adopt(emptyConversation(newId(), clock.now()));

  function adopt(record: ConversationRecord): Conversation {
    const conversation = new Conversation(record, {
      ...deps,
      save: async (summary, messages) => {
        await (await deps.store).save(summary, messages);
        changedStored(summary.id);
      },
      removeMessages: async (id, messageIds) => (await deps.store).removeMessages(id, messageIds),
      onSaveFailed: deps.onFault,
      whileLive: (messageId, work) => whileLive(locks, messageId, work),
    });
    conversation.addEventListener('change', () => {
      listTitle(conversation.record);
      onChange();
    });
    conversation.addEventListener('answered', () => {
      if (conversation !== current) live.delete(record.id);
      const answer = conversation.record.messages.find(({ id }) => id === conversation.answeredId);
      if (answer) deps.onAnswered(answer, conversation.record);
      if (answer?.status === 'done') void workInBackground(conversation, answer, background);
      onChange();
    });
    live.set(record.id, conversation);
    return conversation;
  }

  const changedStored = (id: string) => channel.postMessage(id);

  /** Each frame of an answer comes by here: the list is another only where a row of it is. */
  const listTitle = ({ messages, ...summary }: ConversationRecord) => {
    if (messages.length === 0) return;
    const listed = summaries.find(({ id }) => id === summary.id);
    const isSame =
      listed?.title === summary.title &&
      listed.updatedAt === summary.updatedAt &&
      listed.isPinned === summary.isPinned;
    if (!isSame) list(summary.id, summary);
  };

  const list = (id: string, summary: ConversationSummary | undefined) => {
    const rest = summaries.filter((listed) => listed.id !== id);
    summaries = summary ? [summary, ...rest].sort((a, b) => b.updatedAt - a.updatedAt) : rest;
  };

  const show = (conversation: Conversation) => {
    if (!current.isAnswering) live.delete(current.record.id);
    current = conversation;
    live.set(conversation.record.id, conversation);
    onChange();
  };

  const read = async (id: string): Promise<ConversationRecord | undefined> => {
    const record = await (await deps.store).get(id);
    return record && withoutDeadTurns(locks, record);
  };

  const refreshList = async () => {
    summaries = await (await deps.store).list();
    onChange();
  };

  /** Of one conversation, as it is stored now. */
  const refreshRow = async (id: string) => {
    list(id, await (await deps.store).summary(id));
    onChange();
  };

  /** What another tab changed is shown here too, but for a conversation this tab is answering; one at a time, the newest last. */
  let hearing = Promise.resolve();
  channel.onmessage = ({ data: id }: MessageEvent<string>) => {
    const hear = async () => {
      await (id === MANY ? refreshList() : refreshRow(id));
      const shownId = current.record.id;
      if (id !== MANY && id !== shownId) return;
      const isIdle = () => shownId === current.record.id && !current.isAnswering;
      if (!isIdle()) return;
      const record = await read(shownId);
      if (!record && id === MANY) return;
      // Deleted there: left open, its next question would bring back half of it.
      if (isIdle()) show(adopt(record ?? emptyConversation(newId(), clock.now())));
    };
    hearing = hearing.catch(() => undefined).then(hear);
    attempt(() => hearing);
  };

  /** What a person set off and nobody waits for: its failure becomes a notice. */
  function attempt(work: () => Promise<void>): void {
    work().catch((error: unknown) => deps.onFault(faultOf(error, 'storage_failed')));
  }

  const newChat = () => {
    opens++;
    if (current.record.messages.length > 0) show(adopt(emptyConversation(newId(), clock.now())));
  };

  const rename = async (id: string, title: string) => {
    live.get(id)?.rename(title);
    await (await deps.store).rename(id, title);
    changedStored(id);
    await refreshRow(id);
  };

  const pin = async (id: string, isPinned: boolean) => {
    live.get(id)?.pin(isPinned);
    await (await deps.store).pin(id, isPinned);
    changedStored(id);
    await refreshRow(id);
  };

  const background: BackgroundDeps = {
    taskEngine: deps.taskEngine,
    isListed: (id) => summaries.some((summary) => summary.id === id),
    rename,
  };

  const remove = async (id: string) => {
    await live.get(id)?.stop();
    const record = live.get(id)?.record ?? (await read(id));
    live.delete(id);
    summaries = summaries.filter((summary) => summary.id !== id);
    if (current.record.id === id) show(adopt(emptyConversation(newId(), clock.now())));
    await (await deps.store).remove(id);
    changedStored(id);
    undoTimer?.abort();
    undoTimer = new AbortController();
    const { signal } = undoTimer;
    undoable = record;
    onChange();
    await clock.wait(UNDO_MS, signal);
    if (signal.aborted) return;
    undoable = undefined;
    onChange();
  };

  const undoRemove = async () => {
    const record = undoable;
    undoTimer?.abort();
    undoable = undefined;
    if (!record) return;
    await (await deps.store).restore(record);
    changedStored(record.id);
    await refreshRow(record.id);
    show(adopt(await withoutDeadTurns(locks, record)));
  };

  return {
    amend: async (conversationId, messageId, change) => {
      if (undoable?.id === conversationId) return 'hidden';
      const save = async (record: ConversationRecord, changed: ChatMessage) => {
        await (await deps.store).save({ ...record, updatedAt: clock.now() }, [changed]);
        changedStored(conversationId);
        await refreshList();
      };
      const open = live.get(conversationId);
      return amend({ open, read: () => read(conversationId), save }, messageId, change);
    },
    get state() {
      return {
        conversations: summaries,
        current: current.record,
        isAnswering: current.isAnswering,
        answeringIds: [...live.values()].filter((one) => one.isAnswering).map(({ record }) => record.id),
        undoable,
      };
    },
    async open() {
      await refreshList();
      const newest = summaries[0];
      const record = newest && (await read(newest.id));
      if (record && current.record.messages.length === 0) show(adopt(record));
    },
    cancelLater: async (messageId) => void (await current.amend(messageId, cancelled)),
    async close() {
      undoTimer?.abort();
      channel.onmessage = null;
      await Promise.all([...live.values()].map((conversation) => conversation.stop()));
    },
    actions: {
      send: (text) => attempt(() => current.send(text)),
      stop: () => attempt(() => current.stop()),
      retry: () => attempt(() => current.retry()),
      askCloud: (messageId) => attempt(() => current.askCloud(messageId)),
      keepHere: (messageId, isKept) => attempt(() => current.keepHere(messageId, isKept)),
      newChat,
      openChat: (id) =>
        attempt(async () => {
          const mine = ++opens;
          const open = live.get(id);
          const record = open ? undefined : await read(id);
          if (mine !== opens) return;
          if (open) show(open);
          else if (record) show(adopt(record));
          else await refreshRow(id);
        }),
      rename: (id, title) => attempt(() => rename(id, title)),
      pin: (id, isPinned) => attempt(() => pin(id, isPinned)),
      remove: (id) => attempt(() => remove(id)),
      undoRemove: () => attempt(undoRemove),
    },
  };
}
