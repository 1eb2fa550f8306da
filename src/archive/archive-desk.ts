/** Does what is asked of all conversations at once: in a worker, or, where nothing is kept, on the page. */
import type { Archive, ExportKind, ImportReport } from '../kernel/archive';
import { Fault, isFault } from '../kernel/fault';
import type { ConversationRecord } from '../kernel/history';
import type { ArchiveStore } from './archive-store';
import { CHAT_FILE } from './chat-file';
import { markdownOf } from './chat-markdown';
import { idsFor, merge } from './merge-import';
import { readImport } from './read-import';
import { createSearchIndex } from './search-index';

export type ArchiveDesk = Omit<Archive, 'ownFiles'>;

export interface DeskOptions {
  readonly store: ArchiveStore;
  /** Carries the ids of conversations that changed, `*` for many. */
  readonly channel: BroadcastChannel;
  /** How long a search may read on before it answers, in milliseconds. */
  readonly sliceMs: number;
  readonly now: () => number;
}

const MANY = '*';
/** Conversations that are read at once. */
const BATCH = 50;

export function createDesk({ store, channel, sliceMs, now }: DeskOptions): ArchiveDesk {
  const index = createSearchIndex({ store, sliceMs, now });
  channel.addEventListener('message', ({ data: id }: MessageEvent<string>) =>
    id === MANY ? index.markAllChanged() : index.markChanged(id),
  );

  async function* records(id: string | undefined): AsyncGenerator<ConversationRecord> {
    // In an order that does not change with use: the same conversations make the same file.
    const summaries = (await store.list()).sort(
      (a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1),
    );
    const ids = id === undefined ? summaries.map((summary) => summary.id) : [id];
    for (let at = 0; at < ids.length; at += BATCH) {
      const batch = await Promise.all(ids.slice(at, at + BATCH).map((one) => store.get(one)));
      yield* batch.filter((record) => record !== undefined);
    }
  }

  const exporting: Record<ExportKind, (id: string | undefined) => Promise<Blob>> = {
    async json(id) {
      const parts: string[] = [CHAT_FILE.head];
      for await (const record of records(id)) {
        if (parts.length > 1) parts.push(CHAT_FILE.between);
        parts.push(JSON.stringify(record));
      }
      return new Blob([...parts, CHAT_FILE.tail], { type: 'application/json' });
    },
    async markdown(id) {
      const parts: string[] = [];
      for await (const record of records(id)) parts.push(markdownOf(record), '\n');
      return new Blob(parts.slice(0, -1), { type: 'text/markdown' });
    },
  };

  return {
    search: (query) => index.search(query),
    exportChats: (kind, id) => exporting[kind](id),
    async importChats(file) {
      const { source, conversations } = await readImport(file);
      let counts: Omit<ImportReport, 'source'> | undefined;
      try {
        await store.changeMany(idsFor(conversations), (stored) => {
          const merged = merge(stored, conversations);
          ({ counts } = merged);
          return merged.changed;
        });
      } catch (error) {
        if (isFault(error) && error.code === 'quota')
          throw new Fault('import_quota', undefined, { cause: error });
        throw error;
      }
      index.markAllChanged();
      channel.postMessage(MANY);
      return { source, ...(counts ?? { added: 0, known: 0, updated: 0, copied: 0 }) };
    },
  };
}
