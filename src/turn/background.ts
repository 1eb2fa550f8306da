/** What a small model does for a conversation after an answer, and nobody waits for: its title, and how the question sounded. */
import type { Engine } from '../kernel/engine';
import type { ChatMessage } from '../kernel/history';
import type { Task } from '../kernel/task';
import type { Change } from './amend';
import type { Conversation } from './conversation';
import { titleOf } from './first-title';
import { readSentiment } from './read-sentiment';
import { writeTitle } from './write-title';

export interface BackgroundDeps {
  /** Who does such work, if anybody does. */
  readonly taskEngine: (task: Task) => Promise<Engine | undefined>;
  /** Not any more once it was deleted: then it must not come back. */
  readonly isListed: (conversationId: string) => boolean;
  readonly rename: (conversationId: string, title: string) => Promise<void>;
}

/** Never rejects: where a model fails, the first words stay the title and no tone is known. */
export async function workInBackground(
  conversation: Conversation,
  answer: ChatMessage,
  deps: BackgroundDeps,
): Promise<void> {
  for (const work of [improveTitle, readTone]) {
    try {
      await work(conversation, answer, deps);
    } catch {
      // Nobody asked for it.
    }
  }
}

/** After the first answer. A title that a person gave meanwhile stays. */
async function improveTitle(conversation: Conversation, _answer: ChatMessage, deps: BackgroundDeps) {
  const { id, messages } = conversation.record;
  const question = messages[0]?.text ?? '';
  const hasFirstWords = () => conversation.record.title === titleOf(question);
  if (messages.length > 2 || !hasFirstWords()) return;
  const engine = await deps.taskEngine('title');
  const title = engine && (await writeTitle(engine, question));
  if (title && hasFirstWords() && deps.isListed(id)) await deps.rename(id, title);
}

/** For the answer's receipt, and for the site. */
async function readTone(conversation: Conversation, { id }: ChatMessage, deps: BackgroundDeps) {
  const { messages } = conversation.record;
  const question = messages[messages.findIndex((message) => message.id === id) - 1];
  const engine = question && (await deps.taskEngine('sentiment'));
  const sentiment = engine && (await readSentiment(engine, question.text));
  if (!sentiment || !deps.isListed(conversation.record.id)) return;
  const change: Change = (now) =>
    now.status === 'done' && now.answer ? { ...now, answer: { ...now.answer, sentiment } } : undefined;
  await conversation.amend(id, change);
}
