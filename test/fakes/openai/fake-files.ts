/** The fake vendor's files: uploaded, listed, read and removed in the real wire format. */
import { errorBodyOf } from './fake-chunks';

export interface FakeFile {
  readonly id: string;
  readonly filename: string;
  readonly purpose: 'batch' | 'batch_output';
  readonly content: string;
  readonly atS: number;
}

export interface WireReply {
  readonly status: number;
  readonly body: string;
}

export interface FakeFiles {
  readonly all: readonly FakeFile[];
  add(file: Pick<FakeFile, 'filename' | 'purpose' | 'content'>): FakeFile;
  find(id: string): FakeFile | undefined;
  upload(contentType: string, body: Uint8Array): Promise<WireReply>;
  list(query: URLSearchParams): WireReply;
  content(id: string): WireReply;
  remove(id: string): WireReply;
}

export function createFakeFiles(): FakeFiles {
  const files: FakeFile[] = [];
  let count = 0;
  const find = (id: string) => files.find((file) => file.id === id);
  const add: FakeFiles['add'] = (file) => {
    const added = { ...file, id: `file-${++count}`, atS: nowS() };
    files.push(added);
    return added;
  };
  return {
    all: files,
    add,
    find,
    async upload(contentType, body) {
      const form = await new Response(body as BodyInit, { headers: { 'Content-Type': contentType } })
        .formData()
        .catch(() => undefined);
      const [file, purpose] = [form?.get('file'), form?.get('purpose')];
      if (!(file instanceof File)) return refusal(400, "'file' is a required property", null);
      if (purpose !== 'batch') return refusal(400, "The purpose is not one of ['batch']", null);
      if (!file.name.endsWith('.jsonl')) return refusal(400, 'Invalid file format for Batch API.', null);
      return ok(fileBodyOf(add({ filename: file.name, purpose, content: await file.text() })));
    },
    list(query) {
      const purpose = query.get('purpose');
      const chosen = files.filter((file) => !purpose || file.purpose === purpose);
      return ok(pageOf(chosen.map(fileBodyOf), query));
    },
    content(id) {
      const file = find(id);
      return file ? { status: 200, body: file.content } : refusal(404, `No such File object: ${id}`, null);
    },
    remove(id) {
      const at = files.findIndex((file) => file.id === id);
      if (at < 0) return refusal(404, `No such File object: ${id}`, null);
      files.splice(at, 1);
      return ok({ id, object: 'file', deleted: true });
    },
  };
}

export function ok(body: object): WireReply {
  return { status: 200, body: JSON.stringify(body, null, 2) };
}

export function refusal(status: number, message: string, code: string | null): WireReply {
  return { status, body: errorBodyOf(message, code) };
}

export function nowS(): number {
  return Math.floor(Date.now() / 1_000);
}

/** OpenAI's cursor pages: the newest first. */
export function pageOf(oldestFirst: readonly { readonly id: string }[], query: URLSearchParams): object {
  const all = oldestFirst.toReversed();
  const limit = Number(query.get('limit') ?? 20);
  const start = query.has('after') ? all.findIndex(({ id }) => id === query.get('after')) + 1 : 0;
  const data = all.slice(start, start + limit);
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + limit < all.length,
  };
}

function fileBodyOf({ id, filename, purpose, content, atS }: FakeFile) {
  return {
    id,
    object: 'file',
    bytes: Buffer.byteLength(content),
    created_at: atS,
    expires_at: null,
    filename,
    purpose,
    status: 'processed',
    status_details: null,
  };
}
