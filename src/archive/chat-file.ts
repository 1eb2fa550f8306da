/** The file in which conversations leave this device and come back: JSON, one conversation a line, nothing lost. */
import * as v from 'valibot';
import { Fault, FAULTS } from '../kernel/fault';
import type { ConversationRecord } from '../kernel/history';
import { ESCALATION_REASONS, STAY_REASONS } from '../kernel/route';

const FORMAT = 'smallfirst-chats';
/** Raised when an older page could misread a file. */
const VERSION = 1;

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const count = v.pipe(v.number(), v.finite());
const keysOf = <T extends object>(table: T) => v.picklist(Object.keys(table));

// What the page shows is held to its shape; what is beside it stays as it came: nothing is lost.
const AnswerSchema = v.looseObject({
  place: v.picklist(['local', 'cloud']),
  engineId: v.string(),
  modelName: v.string(),
  firstTextMs: v.optional(count),
  durationMs: v.optional(count),
  usage: v.optional(v.looseObject({ promptTokens: count, completionTokens: count })),
  cut: v.optional(v.picklist(['length', 'repetition'])),
  routing: v.optional(
    v.looseObject({
      wanted: v.optional(keysOf(ESCALATION_REASONS)),
      stayed: v.optional(keysOf(STAY_REASONS)),
      evidence: v.optional(v.looseObject({ signals: v.array(v.string()) })),
    }),
  ),
  billing: v.optional(
    v.looseObject({
      model: v.string(),
      promptTokens: count,
      cachedTokens: count,
      completionTokens: count,
      costNanoUsd: count,
      priceAsOf: v.string(),
      sentBytes: count,
    }),
  ),
  draft: v.optional(v.string()),
});

const MessageSchema = v.looseObject({
  id,
  role: v.picklist(['user', 'assistant']),
  text: v.string(),
  status: v.picklist(['streaming', 'done', 'stopped', 'failed', 'incomplete']),
  createdAt: count,
  answer: v.optional(AnswerSchema),
  fault: v.optional(v.looseObject({ code: keysOf(FAULTS), detail: v.optional(v.string()) })),
  isKept: v.optional(v.literal(true)),
});

const ConversationSchema = v.looseObject({
  id,
  title: v.string(),
  createdAt: count,
  updatedAt: count,
  isPinned: v.optional(v.literal(true)),
  messages: v.pipe(
    v.array(MessageSchema),
    v.check(
      (messages) => new Set(messages.map(({ id }) => id)).size === messages.length,
      'two messages have the same id',
    ),
  ),
});

/** Before the first conversation, between two, and after the last one. */
export const CHAT_FILE = {
  head: `{"format":"${FORMAT}","version":${VERSION},"conversations":[\n`,
  between: ',\n',
  tail: '\n]}\n',
} as const;

export function isChatFile(
  data: unknown,
): data is { readonly version?: unknown; readonly conversations?: unknown } {
  return typeof data === 'object' && data !== null && 'format' in data && data.format === FORMAT;
}

/** The conversations of a file as they are in it. Faults: `import_format` with the place, `import_newer`. */
export function readChatFile(file: {
  readonly version?: unknown;
  readonly conversations?: unknown;
}): ConversationRecord[] {
  const { version, conversations } = file;
  if (typeof version === 'number' && version > VERSION) throw new Fault('import_newer', `version ${version}`);
  if (version !== VERSION) throw new Fault('import_format', 'no version');
  if (!Array.isArray(conversations)) throw new Fault('import_format', 'no conversations');
  for (const [at, conversation] of conversations.entries()) {
    const { success, issues } = v.safeParse(ConversationSchema, conversation, { abortEarly: true });
    if (!success) throw new Fault('import_format', `conversations.${at}.${placeOf(issues[0])}`);
  }
  // Not the parser's output: it would put the fields in an order of its own.
  return conversations as ConversationRecord[];
}

function placeOf(issue: v.BaseIssue<unknown>): string {
  return `${v.getDotPath(issue) ?? ''}: ${issue.message}`;
}
