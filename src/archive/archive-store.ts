/** What the archive needs of where conversations are kept; `store/conversations` is one. */
import type { ConversationRecord, ConversationSummary } from '../kernel/history';

export interface ArchiveStore {
  list(): Promise<ConversationSummary[]>;
  get(id: string): Promise<ConversationRecord | undefined>;
  /** All of it or, where it fails, nothing. */
  changeMany(
    ids: readonly string[],
    by: (stored: ReadonlyMap<string, ConversationRecord>) => readonly ConversationRecord[],
  ): Promise<void>;
}
