/** Reads `conversations.json` of a ChatGPT export: each conversation is a tree, of which the branch that was last open is taken. */
import * as v from 'valibot';
import { Fault } from '../kernel/fault';
import type { ChatMessage, ConversationRecord } from '../kernel/history';

// As exports of 2023 to 2026 have it; described by nobody officially, so all but the tree itself may be missing.
const MessageSchema = v.looseObject({
  id: v.optional(v.nullable(v.string())),
  author: v.looseObject({ role: v.string() }),
  create_time: v.optional(v.nullable(v.number())),
  content: v.looseObject({
    content_type: v.optional(v.string()),
    parts: v.optional(v.array(v.unknown())),
  }),
  recipient: v.optional(v.nullable(v.string())),
  metadata: v.optional(v.nullable(v.looseObject({}))),
});
const NodeSchema = v.looseObject({
  id: v.optional(v.string()),
  message: v.optional(v.nullable(MessageSchema)),
  parent: v.optional(v.nullable(v.string())),
});
const ConversationSchema = v.looseObject({
  title: v.optional(v.nullable(v.string())),
  create_time: v.optional(v.nullable(v.number())),
  update_time: v.optional(v.nullable(v.number())),
  current_node: v.optional(v.nullable(v.string())),
  conversation_id: v.optional(v.nullable(v.string())),
  id: v.optional(v.nullable(v.string())),
  mapping: v.record(v.string(), NodeSchema),
});

type Node = v.InferOutput<typeof NodeSchema>;
type Tree = v.InferOutput<typeof ConversationSchema>;

const TITLE_CHARACTERS = 120;

/** Whether a file's data looks like one; `readChatgptFile` says for sure. */
export function isChatgptFile(data: unknown): data is readonly unknown[] {
  return (
    Array.isArray(data) && data.every((one) => typeof one === 'object' && one !== null && 'mapping' in one)
  );
}

/** Conversations without a word in them are left out. Faults: `import_format` with the place. */
export function readChatgptFile(data: readonly unknown[]): ConversationRecord[] {
  return data.flatMap((one, at) => {
    const { success, output, issues } = v.safeParse(ConversationSchema, one, { abortEarly: true });
    if (!success) {
      const [issue] = issues;
      throw new Fault('import_format', `${at}.${v.getDotPath(issue) ?? ''}: ${issue.message}`);
    }
    const record = recordOf(output, at);
    return record.messages.length > 0 ? [record] : [];
  });
}

function recordOf(tree: Tree, at: number): ConversationRecord {
  const createdAt = msOf(tree.create_time) ?? 0;
  const messages = joined(branchOf(tree).flatMap(([key, node]) => messageOf(key, node, createdAt)));
  // Ids of an export stay the same from one export to the next: what was imported before is known again.
  const id = `chatgpt-${tree.conversation_id ?? tree.id ?? `${createdAt}-${at}`}`.slice(0, 200);
  return {
    id,
    title: titleOf(tree.title) || 'ChatGPT',
    createdAt,
    updatedAt: msOf(tree.update_time) ?? messages.at(-1)?.createdAt ?? createdAt,
    messages,
  };
}

/** From the root to the node that was last open; where that is not told, to the newest. A circle ends it. */
function branchOf({ mapping, current_node }: Tree): [key: string, node: Node][] {
  const branch: [string, Node][] = [];
  const seen = new Set<string>();
  let key = current_node && Object.hasOwn(mapping, current_node) ? current_node : newestIn(mapping);
  while (key !== undefined && !seen.has(key) && Object.hasOwn(mapping, key)) {
    seen.add(key);
    const node: Node = mapping[key]!;
    branch.push([key, node]);
    key = node.parent ?? undefined;
  }
  return branch.toReversed();
}

function newestIn(mapping: Tree['mapping']): string | undefined {
  let newest: [key: string, time: number] | undefined;
  for (const [key, { message }] of Object.entries(mapping)) {
    const time = message?.create_time ?? 0;
    if (!newest || time >= newest[1]) newest = [key, time];
  }
  return newest?.[0];
}

/** Only what was said between the two: not what ChatGPT said to its tools, thought to itself, or was told behind the scenes. */
function messageOf(key: string, { message }: Node, otherwise: number): ChatMessage[] {
  if (!message) return [];
  const { author, content, recipient, metadata, create_time } = message;
  const { role } = author;
  if (role !== 'user' && role !== 'assistant') return [];
  if ((recipient && recipient !== 'all') || metadata?.['is_visually_hidden_from_conversation'] === true)
    return [];
  const text = textOf(content).trim();
  if (!text) return [];
  const model = metadata?.['model_slug'];
  return [
    {
      id: message.id ?? key,
      role,
      text,
      status: 'done',
      createdAt: msOf(create_time) ?? otherwise,
      // Without an engine's id the page shows no receipt: there is none for what was made elsewhere.
      ...(role === 'assistant'
        ? {
            answer: {
              place: 'cloud',
              engineId: '',
              modelName: typeof model === 'string' ? `ChatGPT, ${model}` : 'ChatGPT',
            },
          }
        : {}),
    },
  ];
}

function textOf({ content_type, parts }: v.InferOutput<typeof MessageSchema>['content']): string {
  if (content_type !== undefined && content_type !== 'text' && content_type !== 'multimodal_text') return '';
  return (parts ?? []).map(partText).filter(Boolean).join('\n\n');
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part;
  if (typeof part !== 'object' || part === null) return '';
  if ('text' in part && typeof part.text === 'string') return part.text;
  const isImage = 'content_type' in part && part.content_type === 'image_asset_pointer';
  return isImage ? '*(an image, which the import leaves out)*' : '';
}

/** Several in a row of the same side become one: what a tool did between them is gone. */
function joined(messages: readonly ChatMessage[]): ChatMessage[] {
  const all: ChatMessage[] = [];
  const ids = new Set<string>();
  for (const message of messages) {
    const last = all.at(-1);
    if (last?.role === message.role)
      all[all.length - 1] = { ...last, text: `${last.text}\n\n${message.text}` };
    else if (!ids.has(message.id)) all.push(message);
    ids.add(message.id);
  }
  return all;
}

function titleOf(title: string | null | undefined): string {
  return (title ?? '')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim()
    .slice(0, TITLE_CHARACTERS);
}

/** Exports count seconds. */
function msOf(seconds: number | null | undefined): number | undefined {
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.round(seconds * 1_000) : undefined;
}
