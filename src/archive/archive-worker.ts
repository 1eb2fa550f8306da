/** The worker in which all conversations are read, so that the page need not: see `archive-messages`. */
import { faultOf, faultRecordOf } from '../kernel/fault';
import { createConversationStore } from '../store/conversations';
import { openChatDatabase } from '../store/open-storage';
import { createDesk, type ArchiveDesk } from './archive-desk';
import type { FromArchive, ToArchive } from './archive-messages';

const SLICE_MS = 250;

const opening = openChatDatabase({ onBlocked: () => {}, onOutdated: () => {} }).then(({ chats }) =>
  createDesk({
    store: createConversationStore(chats),
    channel: new BroadcastChannel('smallfirst'),
    sliceMs: SLICE_MS,
    now: () => performance.now(),
  }),
);

addEventListener('message', ({ data }: MessageEvent<ToArchive>) => void answer(data));

async function answer({ id, method, args }: ToArchive): Promise<void> {
  const say = (reply: FromArchive) => postMessage(reply);
  try {
    const work = (await opening)[method] as (
      ...args: readonly unknown[]
    ) => ReturnType<ArchiveDesk[typeof method]>;
    say({ id, value: await work(...args) });
  } catch (error) {
    say({ id, fault: faultRecordOf(faultOf(error, 'storage_failed')) });
  }
}
