/** The vendor's Batch API: files of questions, and the batches that are made of them (https://platform.openai.com/docs/guides/batch). */
import { Agent, FormData, request } from 'undici';
import * as v from 'valibot';
import { failureOf, problemOfStatus, UpstreamFailure } from '../completions/upstream-failure';

const BATCH_STATES = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;

const BatchSchema = v.object({
  id: v.string(),
  status: v.picklist(BATCH_STATES),
  output_file_id: v.nullish(v.string()),
  error_file_id: v.nullish(v.string()),
  metadata: v.nullish(v.record(v.string(), v.string())),
  errors: v.nullish(v.object({ data: v.nullish(v.array(v.object({ code: v.nullish(v.string()) }))) })),
});
const FileSchema = v.object({ id: v.string(), filename: v.string() });

/** A batch as the vendor tells of it. */
export type UpstreamBatch = v.InferOutput<typeof BatchSchema>;

/** Every method throws only `UpstreamFailure`. */
export interface BatchApi {
  /** `lines` is JSONL; gives the file's id. */
  upload(filename: string, lines: string): Promise<string>;
  /** The id of a file that was uploaded under that name, however that ended. */
  findFile(filename: string): Promise<string | undefined>;
  /** `mark` is kept with the batch, to find it by. */
  create(fileId: string, mark: string): Promise<UpstreamBatch>;
  findBatch(mark: string): Promise<UpstreamBatch | undefined>;
  look(batchId: string): Promise<UpstreamBatch>;
  /** What was answered until then is billed all the same. */
  cancel(batchId: string): Promise<void>;
  /** The file's lines, one after the other. */
  lines(fileId: string): AsyncIterable<string>;
  /** A file that is not there any more is no failure. */
  removeFile(fileId: string): Promise<void>;
  close(): Promise<void>;
}

export interface BatchApiOptions {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly key: string;
}

const TIMEOUT_MS = 60_000;
const MAX_JSON_BYTES = 4_194_304;
/** One answer, with its twenty alternatives for each token. */
const MAX_LINE_CHARACTERS = 16_777_216;
const PAGE_SIZE = 100;
/** So far back is looked for what was made a moment ago. */
const MAX_PAGES = 20;
const MARK = 'smallfirst';

type Sent = Omit<NonNullable<Parameters<typeof request>[1]>, 'dispatcher'>;

export function createBatchApi({ baseUrl, key }: BatchApiOptions): BatchApi {
  const agent = new Agent({
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    connectTimeout: 10_000,
  });
  const closing = new AbortController();
  const { signal } = closing;

  async function ask(path: string, sent: Sent = {}): Promise<AsyncIterable<Uint8Array>> {
    const headers = { authorization: `Bearer ${key}`, ...(sent.headers as Record<string, string>) };
    let response;
    try {
      response = await request(`${baseUrl}${path}`, { ...sent, headers, dispatcher: agent, signal });
    } catch (error) {
      throw failureOf(error, signal, 'unanswered');
    }
    if (response.statusCode === 200) return response.body;
    const code = codeIn(await readText(response.body, signal).catch(() => ''));
    throw problemOfStatus(response.statusCode, code, String(response.headers['retry-after'] ?? ''));
  }

  async function askJson<Schema extends v.GenericSchema>(
    schema: Schema,
    path: string,
    sent?: Sent,
  ): Promise<v.InferOutput<Schema>> {
    const result = v.safeParse(schema, jsonOf(await readText(await ask(path, sent), signal)));
    if (!result.success) throw new UpstreamFailure('invalid', 'billed');
    return result.output;
  }

  const post = (body: object): Sent => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

  /** The newest come first. */
  async function find<Item extends { readonly id: string }>(
    schema: v.GenericSchema<unknown, Item>,
    path: string,
    isIt: (item: Item) => boolean,
  ): Promise<Item | undefined> {
    const page = v.object({ data: v.array(schema), has_more: v.nullish(v.boolean()) });
    let after: string | undefined;
    for (let count = 0; count < MAX_PAGES; count++) {
      const from = after === undefined ? '' : `&after=${encodeURIComponent(after)}`;
      const { data, has_more: hasMore } = await askJson(page, `${path}limit=${PAGE_SIZE}${from}`);
      const found = data.find(isIt);
      after = data.at(-1)?.id;
      if (found || !hasMore || after === undefined) return found;
    }
    return undefined;
  }

  return {
    async upload(filename, lines) {
      const body = new FormData();
      body.set('purpose', 'batch');
      body.set('file', new Blob([lines], { type: 'application/jsonl' }), filename);
      return (await askJson(FileSchema, '/files', { method: 'POST', body })).id;
    },
    findFile: async (filename) =>
      (await find(FileSchema, '/files?purpose=batch&', (file) => file.filename === filename))?.id,
    create: (fileId, mark) =>
      askJson(
        BatchSchema,
        '/batches',
        post({
          input_file_id: fileId,
          endpoint: '/v1/chat/completions',
          completion_window: '24h',
          metadata: { [MARK]: mark },
        }),
      ),
    findBatch: (mark) => find(BatchSchema, '/batches?', ({ metadata }) => metadata?.[MARK] === mark),
    look: (batchId) => askJson(BatchSchema, `/batches/${encodeURIComponent(batchId)}`),
    async cancel(batchId) {
      await askJson(BatchSchema, `/batches/${encodeURIComponent(batchId)}/cancel`, post({}));
    },
    async *lines(fileId) {
      yield* linesOf(await ask(`/files/${encodeURIComponent(fileId)}/content`), signal);
    },
    async removeFile(fileId) {
      try {
        await readText(await ask(`/files/${encodeURIComponent(fileId)}`, { method: 'DELETE' }), signal);
      } catch (error) {
        if ((error as UpstreamFailure).kind !== 'no-model') throw error;
      }
    },
    async close() {
      closing.abort();
      await agent.destroy();
    },
  };
}

async function readText(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string> {
  const parts: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of body) {
      sizeBytes += part.length;
      if (sizeBytes > MAX_JSON_BYTES) throw new UpstreamFailure('too-large', 'billed');
      parts.push(part);
    }
  } catch (error) {
    throw failureOf(error, signal, 'answering');
  }
  return Buffer.concat(parts).toString();
}

async function* linesOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const part of body) {
      const lines = (rest + decoder.decode(part, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE_CHARACTERS) throw new UpstreamFailure('too-large', 'billed');
      yield* lines;
    }
  } catch (error) {
    throw failureOf(error, signal, 'answering');
  }
  if (rest) yield rest;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Only the code: an error's text may repeat the key, or what the visitor wrote. */
function codeIn(text: string): string | undefined {
  const code = (jsonOf(text) as { error?: { code?: unknown } } | null | undefined)?.error?.code;
  return typeof code === 'string' ? code : undefined;
}
