/** A full-text index over all conversations, with MiniSearch: read bit by bit, the newest first, and kept up with changes. */
import MiniSearch from 'minisearch';
import type { SearchHit, SearchResult } from '../kernel/archive';
import type { ConversationRecord, ConversationSummary } from '../kernel/history';
import type { ArchiveStore } from './archive-store';
import { excerptOf, marked } from './excerpt';
import { wordsIn } from './search-words';

const MAX_HITS = 30;
/** Conversations that are read at once. */
const BATCH = 20;

export interface SearchIndexOptions {
  readonly store: ArchiveStore;
  /** How long one call may read on, in milliseconds. */
  readonly sliceMs: number;
  /** In milliseconds. */
  readonly now: () => number;
}

export interface SearchIndex {
  search(query: string): Promise<SearchResult>;
  /** That conversation changed, or is gone. */
  markChanged(id: string): void;
  /** Any may have changed. */
  markAllChanged(): void;
}

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly text: string;
}

export function createSearchIndex({ store, sliceMs, now }: SearchIndexOptions): SearchIndex {
  const index = new MiniSearch<Entry>({
    fields: ['title', 'text'],
    tokenize: (text) => wordsIn(text).map(({ term }) => term),
    // They are folded already.
    processTerm: (term) => term,
    searchOptions: {
      combineWith: 'AND',
      boost: { title: 2 },
      prefix: (term) => term.length > 1,
      // A slip of the finger in a long word; another number is another number.
      fuzzy: (term) => (term.length > 5 && !/\d/.test(term) ? 1 : false),
    },
  });
  /** Still to be read, in this order. */
  let waiting: string[] | undefined;
  /** Of each that was read: by what its next state can be told from it. */
  const read = new Map<string, string>();

  const list = async () => {
    const summaries = await store.list();
    const listed = new Set(summaries.map(({ id }) => id));
    for (const id of read.keys()) if (!listed.has(id)) forget(id);
    return summaries.filter((summary) => read.get(summary.id) !== stateOf(summary)).map(({ id }) => id);
  };

  const forget = (id: string) => {
    read.delete(id);
    if (index.has(id)) index.discard(id);
  };

  const take = (id: string, record: ConversationRecord | undefined) => {
    forget(id);
    if (!record) return;
    read.set(id, stateOf(record));
    index.add({ id, title: record.title, text: record.messages.map(({ text }) => text).join('\n') });
  };

  /** At least one batch, so that it ends. */
  const readOn = async () => {
    const endsAt = now() + sliceMs;
    const rest = (waiting ??= await list());
    do {
      const ids = rest.splice(0, BATCH);
      const records = await Promise.all(ids.map((id) => store.get(id)));
      for (const [at, id] of ids.entries()) take(id, records[at]);
    } while (rest.length > 0 && now() < endsAt);
    return rest.length;
  };

  const hitOf = async (id: string, terms: ReadonlySet<string>): Promise<SearchHit[]> => {
    const record = await store.get(id);
    if (!record) return [];
    const { title, updatedAt, messages } = record;
    const found = excerptOf(messages, terms, title);
    const start = messages[0]?.text.slice(0, 200) ?? '';
    const excerpt = found ?? { excerpt: [{ text: start, isMatch: false }] };
    return [{ id, updatedAt, title: marked(title, terms), ...excerpt }];
  };

  return {
    async search(query) {
      const left = await readOn();
      const found = index.search(query).slice(0, MAX_HITS);
      const hits = await Promise.all(found.map(({ id, terms }) => hitOf(id as string, new Set(terms))));
      return { hits: hits.flat(), readCount: read.size, totalCount: read.size + left };
    },
    markChanged(id) {
      if (!waiting) return;
      waiting = [id, ...waiting.filter((other) => other !== id)];
    },
    markAllChanged() {
      waiting = undefined;
    },
  };
}

function stateOf({ updatedAt, title }: ConversationSummary): string {
  return `${updatedAt} ${title}`;
}
