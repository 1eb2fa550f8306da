/** All conversations at once, as the page asks for them: the work is loaded when it is first wanted. */
import type { Archive } from '../kernel/archive';
import type { KeyValue } from '../kernel/key-value';
import type { ArchiveDesk } from './archive-desk';
import type { ArchiveStore } from './archive-store';

export interface ArchiveOptions {
  readonly chats: Promise<KeyValue>;
  /** Over `chats`, for a tab that keeps nothing: no worker could read its memory. */
  readonly storeOf: (chats: KeyValue) => ArchiveStore;
  readonly newChannel: () => BroadcastChannel;
  readonly now: () => number;
}

/** Up to here a task on the page goes unnoticed. */
const SLICE_MS = 20;

export function openArchive({ chats, storeOf, newChannel, now }: ArchiveOptions): Archive {
  let opening: Promise<ArchiveDesk> | undefined;
  const open = async (): Promise<ArchiveDesk> => {
    const keyValue = await chats;
    if (keyValue.isPersistent) return (await import('./archive-client')).createArchiveClient();
    const { createDesk } = await import('./archive-desk');
    return createDesk({ store: storeOf(keyValue), channel: newChannel(), sliceMs: SLICE_MS, now });
  };
  const desk = () =>
    (opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    }));
  return {
    search: async (query) => (await desk()).search(query),
    exportChats: async (kind, id) => (await desk()).exportChats(kind, id),
    importChats: async (file) => (await desk()).importChats(file),
    ownFiles: async () =>
      (await chats).isPersistent ? [(await import('./archive-client')).ARCHIVE_FILE] : [],
  };
}
