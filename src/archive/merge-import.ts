/** Joins imported conversations with those that are here: nothing is doubled by a second import, and nothing here is lost. */
import type { ImportReport } from '../kernel/archive';
import type { ChatMessage, ConversationRecord } from '../kernel/history';

export interface Merged {
  readonly changed: readonly ConversationRecord[];
  readonly counts: Omit<ImportReport, 'source'>;
}

/** Ids under which `merge` may look for, or put, these conversations. */
export function idsFor(imported: readonly ConversationRecord[]): string[] {
  return [...new Set(imported.flatMap((record) => [record.id, copyIdOf(record)]))];
}

/**
 * A conversation that is here with all of its messages is left as it is; one that grew takes the place of what is here; one that
 * went on in two ways is put beside it as a copy.
 */
export function merge(
  stored: ReadonlyMap<string, ConversationRecord>,
  imported: readonly ConversationRecord[],
): Merged {
  const changed = new Map<string, ConversationRecord>();
  const counts = { added: 0, known: 0, updated: 0, copied: 0 };
  const here = (id: string) => changed.get(id) ?? stored.get(id);
  for (const record of imported) {
    const old = here(record.id);
    if (!old) {
      changed.set(record.id, record);
      counts.added++;
    } else if (hasAllOf(old, record)) {
      counts.known++;
    } else if (hasAllOf(record, old)) {
      const { title, isPinned } = old;
      changed.set(record.id, { ...record, title, ...(isPinned ? { isPinned } : {}) });
      counts.updated++;
    } else {
      // The same content has the same id each time, so that it is known when it comes again.
      const copy = { ...record, id: copyIdOf(record) };
      if (here(copy.id)) counts.known++;
      else {
        changed.set(copy.id, copy);
        counts.copied++;
      }
    }
  }
  return { changed: [...changed.values()], counts };
}

function hasAllOf(whole: ConversationRecord, part: ConversationRecord): boolean {
  const byId = new Map(whole.messages.map((message) => [message.id, message]));
  return part.messages.every((message) => isSame(byId.get(message.id), message));
}

/** How an answer ended may be told later: one that was being made when it was exported is the same, longer. */
function isSame(a: ChatMessage | undefined, b: ChatMessage): boolean {
  return a?.role === b.role && a.text === b.text;
}

/** FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) of the content: told apart, not kept secret. */
function copyIdOf(record: ConversationRecord): string {
  let hash = 0x811c9dc5;
  const text = JSON.stringify(record.messages);
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return `${record.id.slice(0, 200)}~${(hash >>> 0).toString(36)}${text.length.toString(36)}`;
}
