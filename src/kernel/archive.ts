/** All conversations at once, as the page asks for them: searched, exported, imported. */

export interface Archive {
  /**
   * The best first. The first calls read what there is, each for a moment: ask again while `readCount` is below `totalCount`.
   * Faults: `worker_load`, `storage_failed`.
   */
  search(query: string): Promise<SearchResult>;
  /** All conversations, or the one of that id. Faults: `worker_load`, `storage_failed`. */
  exportChats(kind: ExportKind, id?: string): Promise<Blob>;
  /** Takes all of a file or nothing. Faults: `import_format`, `import_newer`, `import_quota`, `import_too_large`, `worker_load`, `storage_failed`. */
  importChats(file: Blob): Promise<ImportReport>;
  /** Program files that this needs, for when there is no network. */
  ownFiles(): Promise<readonly string[]>;
}

/** `json` loses nothing and can be imported again; `markdown` is for people. */
export type ExportKind = 'json' | 'markdown';

export interface SearchResult {
  readonly hits: readonly SearchHit[];
  /** Conversations that were read so far, the newest first, of all that are here. */
  readonly readCount: number;
  readonly totalCount: number;
}

export interface SearchHit {
  readonly id: string;
  readonly title: readonly SearchText[];
  readonly updatedAt: number;
  /** The message that fits best; absent where it is the title that does. */
  readonly messageId?: string;
  readonly excerpt: readonly SearchText[];
}

/** A piece of a text, and whether it is what was looked for. */
export interface SearchText {
  readonly text: string;
  readonly isMatch: boolean;
}

/** What became of the conversations of a file. */
export interface ImportReport {
  readonly source: 'smallfirst' | 'chatgpt';
  readonly added: number;
  /** Were here already, with all of their messages. */
  readonly known: number;
  /** Were here with fewer messages. */
  readonly updated: number;
  /** Another went on here and there: taken beside the one that was here. */
  readonly copied: number;
}
