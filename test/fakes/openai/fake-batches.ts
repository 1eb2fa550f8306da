/** The fake vendor's Batch API: the real wire format, a course of states that tests set, and books at half price. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer as readBuffer } from 'node:stream/consumers';
import type { BatchBill, BatchCourse, BatchFault, BatchOperation } from './batch-course';
import { workOffBatch, checkBatch, type FakeBatch } from './fake-batch';
import { createFakeFiles, nowS, ok, pageOf, refusal, type FakeFile, type WireReply } from './fake-files';

export interface FakeBatches {
  /** The oldest first; `files` too. */
  readonly all: readonly FakeBatch[];
  readonly files: readonly FakeFile[];
  /** What is billed, one for each line that was answered. */
  readonly bills: readonly BatchBill[];
  /** How often each thing was asked for. */
  readonly counts: Readonly<Record<BatchOperation, number>>;
  /** The courses of the next batches, one each. */
  script(...next: readonly BatchCourse[]): void;
  /** Of every batch for which nothing is scripted. */
  behave(usual: BatchCourse): void;
  /** What the next requests of that kind meet, one each. */
  fail(operation: BatchOperation, ...next: readonly BatchFault[]): void;
  /** Ends the waiting of those that wait. */
  finish(): void;
  /** Whether it was a request about files or batches; then it is answered. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

export function createFakeBatches(key: string): FakeBatches {
  const files = createFakeFiles();
  const batches: FakeBatch[] = [];
  const bills: BatchBill[] = [];
  const scripted: BatchCourse[] = [];
  const faults = new Map<BatchOperation, BatchFault[]>();
  const counts = { upload: 0, files: 0, create: 0, batches: 0, look: 0, cancel: 0, content: 0, remove: 0 };
  let usual: BatchCourse = { end: 'completed' };
  let isFinishing = false;

  function create(body: Record<string, unknown>): WireReply {
    const input = files.find(String(body['input_file_id']));
    if (!input) return refusal(400, `No such File object: ${String(body['input_file_id'])}`, null);
    if (body['endpoint'] !== '/v1/chat/completions' || body['completion_window'] !== '24h') {
      return refusal(400, 'Invalid endpoint or completion_window.', 'invalid_value');
    }
    const batch: FakeBatch = {
      id: `batch_${batches.length + 1}`,
      course: scripted.shift() ?? usual,
      input: input.content.split('\n').filter(Boolean),
      status: 'validating',
      looks: 0,
      wire: {
        object: 'batch',
        endpoint: body['endpoint'],
        errors: null,
        input_file_id: input.id,
        completion_window: '24h',
        output_file_id: null,
        error_file_id: null,
        created_at: nowS(),
        expires_at: nowS() + 86_400,
        metadata: body['metadata'] ?? null,
      },
    };
    batches.push(batch);
    return ok(bodyOf(batch));
  }

  /** One look further on its course. */
  function advance(batch: FakeBatch): void {
    const { course } = batch;
    if (++batch.looks < (course.looks ?? 1)) return;
    const next = nextStateOf(batch, isFinishing);
    if (next === undefined) return;
    batch.looks = 0;
    batch.status = next;
    batch.wire[`${next}_at`] = nowS();
    if (next === 'failed') batch.wire['errors'] = { object: 'list', data: failuresOf(batch) };
    if (next === 'completed' || next === 'expired' || next === 'cancelled') {
      const { outputs, errors, billed } = workOffBatch(batch);
      bills.push(...billed);
      const keep = (lines: readonly string[], name: string) =>
        lines.length === 0
          ? null
          : files.add({
              filename: `${batch.id}_${name}.jsonl`,
              purpose: 'batch_output',
              content: `${lines.join('\n')}\n`,
            }).id;
      batch.wire['output_file_id'] = keep(outputs, 'output');
      batch.wire['error_file_id'] = keep(errors, 'error');
      batch.wire['request_counts'] = {
        total: batch.input.length,
        completed: outputs.length,
        failed: errors.length,
      };
    }
  }

  function perform(operation: BatchOperation, id: string, url: URL, body: Uint8Array, type: string) {
    const batch = batches.find((one) => one.id === id);
    switch (operation) {
      case 'upload':
        return files.upload(type, body);
      case 'files':
        return files.list(url.searchParams);
      case 'content':
        return files.content(id);
      case 'remove':
        return files.remove(id);
      case 'create':
        return create(JSON.parse(Buffer.from(body).toString()) as Record<string, unknown>);
      case 'batches':
        return ok(pageOf(batches.map(bodyOf), url.searchParams));
      default:
    }
    if (!batch) return refusal(404, `No batch found with id '${id}'.`, null);
    if (operation === 'look') advance(batch);
    else if (['validating', 'in_progress'].includes(batch.status)) {
      batch.status = 'cancelling';
      batch.looks = 0;
      batch.wire['cancelling_at'] = nowS();
    } else if (batch.status !== 'cancelling') {
      return refusal(400, `Cannot cancel a batch with status '${batch.status}'.`, null);
    }
    return ok(bodyOf(batch));
  }

  return {
    all: batches,
    files: files.all,
    bills,
    counts,
    script: (...next) => void scripted.push(...next),
    behave: (next) => void (usual = next),
    fail: (operation, ...next) => void faults.set(operation, [...(faults.get(operation) ?? []), ...next]),
    finish: () => void (isFinishing = true),
    async answer(request, response) {
      const url = new URL(request.url ?? '/', 'http://fake');
      const [, operation, id = ''] = operationOf(request.method ?? '', url.pathname);
      if (!operation) return false;
      const body = await readBuffer(request);
      if (request.headers.authorization !== `Bearer ${key}`) {
        send(response, refusal(401, 'Incorrect API key provided.', 'invalid_api_key'));
        return true;
      }
      counts[operation]++;
      const fault = faults.get(operation)?.shift();
      if (fault?.kind === 'hang-up') response.destroy();
      else if (fault?.kind === 'status') {
        send(response, refusal(fault.status, 'It echoes what it was sent.', fault.code ?? null));
      } else {
        const reply = await perform(operation, id, url, body, request.headers['content-type'] ?? '');
        if (fault?.kind === 'lost') response.destroy();
        else if (fault?.kind === 'cut') cut(response, reply);
        else send(response, reply);
      }
      return true;
    },
  };
}

const ROUTES: readonly (readonly [method: string, path: RegExp, operation: BatchOperation])[] = [
  ['POST', /^\/v1\/files$/, 'upload'],
  ['GET', /^\/v1\/files$/, 'files'],
  ['GET', /^\/v1\/files\/([^/]+)\/content$/, 'content'],
  ['DELETE', /^\/v1\/files\/([^/]+)$/, 'remove'],
  ['POST', /^\/v1\/batches$/, 'create'],
  ['GET', /^\/v1\/batches$/, 'batches'],
  ['GET', /^\/v1\/batches\/([^/]+)$/, 'look'],
  ['POST', /^\/v1\/batches\/([^/]+)\/cancel$/, 'cancel'],
];

function operationOf(method: string, path: string): readonly [string, BatchOperation?, string?] {
  for (const [wanted, pattern, operation] of ROUTES) {
    const match = method === wanted ? pattern.exec(path) : null;
    if (match) return [path, operation, match[1] ?? ''];
  }
  return [path];
}

function nextStateOf(batch: FakeBatch, isFinishing: boolean): FakeBatch['status'] | undefined {
  const { course, status } = batch;
  const isWrong = course.end === 'failed' || checkBatch(batch).length > 0;
  switch (status) {
    case 'validating':
      return isWrong ? 'failed' : 'in_progress';
    case 'in_progress':
      if (course.waits && !isFinishing) return undefined;
      return course.end === 'expired' ? 'expired' : 'finalizing';
    case 'finalizing':
      return 'completed';
    case 'cancelling':
      return 'cancelled';
    default:
      return undefined;
  }
}

function failuresOf(batch: FakeBatch): object[] {
  const found = checkBatch(batch);
  if (found.length > 0) return found;
  return [
    { code: 'token_limit_exceeded', message: 'Enqueued token limit reached.', param: null, line: null },
  ];
}

function bodyOf({ id, status, wire, input }: FakeBatch) {
  const counts = { total: input.length, completed: 0, failed: 0 };
  return { request_counts: counts, ...wire, id, status };
}

function send(response: ServerResponse, { status, body }: WireReply): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(body);
}

function cut(response: ServerResponse, { status, body }: WireReply): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), () => response.destroy());
}
