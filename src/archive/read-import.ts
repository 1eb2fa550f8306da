/** Reads a file of conversations, whichever of the known kinds it is, and refuses every other. */
import { Fault } from '../kernel/fault';
import type { ConversationRecord } from '../kernel/history';
import type { ImportReport } from '../kernel/archive';
import { isChatFile, readChatFile } from './chat-file';
import { isChatgptFile, readChatgptFile } from './chatgpt-file';
import { unzipTexts } from './unzip-texts';

/** Of JSON: ten thousand conversations of twenty messages are some 60 MB, and a browser's longest string is 512 MB. */
const MAX_IMPORT_BYTES = 256 * 1024 * 1024;

export interface ReadImport {
  readonly source: ImportReport['source'];
  readonly conversations: readonly ConversationRecord[];
}

/** In a zip, which holds pictures and more beside: ChatGPT splits long histories into numbered files. */
const CHATGPT_FILE = /(^|\/)conversations(-\d+)?\.json$/;

/** Faults: `import_format`, `import_newer`, `import_too_large`. */
export async function readImport(file: Blob, maxBytes = MAX_IMPORT_BYTES): Promise<ReadImport> {
  if (await isZip(file)) {
    const texts = await unzipTexts(file, CHATGPT_FILE, maxBytes);
    if (texts.length === 0) throw new Fault('import_format', 'no conversations.json in the zip');
    const all = texts.map((text) => conversationsOf(parse(text)));
    return { source: 'chatgpt', conversations: all.flatMap(({ conversations }) => conversations) };
  }
  if (file.size > maxBytes) throw new Fault('import_too_large', `${Math.round(file.size / 1e6)} MB`);
  return conversationsOf(parse(await file.text()));
}

function conversationsOf(data: unknown): ReadImport {
  if (isChatFile(data)) return { source: 'smallfirst', conversations: readChatFile(data) };
  if (isChatgptFile(data)) return { source: 'chatgpt', conversations: readChatgptFile(data) };
  throw new Fault('import_format', 'no conversations in it');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Fault('import_format', 'not JSON', { cause: error });
  }
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT: the signature of a local file header. */
async function isZip(file: Blob): Promise<boolean> {
  const [p, k, three, four] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return p === 0x50 && k === 0x4b && three === 3 && four === 4;
}
