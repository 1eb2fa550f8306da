/** A conversation as Markdown, for people and other programs to read. */
import type { ChatMessage, ConversationRecord } from '../kernel/history';

/** Ends with a line break. */
export function markdownOf({ title, createdAt, messages }: ConversationRecord): string {
  const head = `# ${title.replace(/\s+/g, ' ')}\n\n*${dateText(createdAt)}*\n`;
  return [head, ...messages.map(messageText)].join('\n');
}

function messageText(message: ChatMessage): string {
  return `## ${speakerOf(message)}\n\n${message.text.trimEnd()}\n`;
}

function speakerOf({ role, answer, status }: ChatMessage): string {
  if (role === 'user') return 'You';
  const place = answer?.engineId ? (answer.place === 'cloud' ? ', in the cloud' : ', on this device') : '';
  const outcome = status === 'done' ? '' : ` (${status})`;
  return `${answer?.modelName || 'Answer'}${place}${outcome}`;
}

/** The same wherever it is read: `2026-11-26 21:05 UTC`. */
function dateText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
