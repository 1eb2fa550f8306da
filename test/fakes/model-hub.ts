/** A model hub on another origin: serves model files slowly, with CORS, or fails as hubs do. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../src/kernel/config';
import { CHUNK_BYTES } from '../../src/weights/chunk-store';
import { LIB_URL, MLC_BYTES, MLC_URL, mlcModel } from './mlc-model';

type SiteCard = Config['models'][number];

export interface ModelHub {
  readonly origin: string;
  /** The card of a model that this hub has; its file is the fixture, padded to `sizeBytes`. */
  card(id: string, changes?: Partial<SiteCard>): SiteCard;
  /** The card of a model as MLC publishes it, whose library fits no web-llm. */
  mlcCard(id: string): SiteCard;
  /** SHA-256 of each 8 MiB of that file. */
  readonly chunkSha256: readonly string[];
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  /** Bytes of all bodies together. */
  readonly sentBytes: number;
  /** The fixture, made larger: llama.cpp reads what it names, and leaves the rest. */
  fixture(sizeBytes: number): Buffer;
  /** Has another model file at that path, and gives its card. */
  add(id: string, path: string, content: Buffer, changes?: Partial<SiteCard>): SiteCard;
  /** From now on. */
  behave(behaviour: HubBehaviour): void;
  /** Breaks every connection. */
  cut(): void;
  close(): Promise<void>;
}

export interface HubBehaviour {
  /** Of each connection. */
  readonly bytesPerSecond?: number;
  readonly status?: number;
  readonly html?: boolean;
  /** Answers with the whole file whatever was asked for. */
  readonly ignoresRange?: boolean;
  /** Offsets of the file at which the connection breaks, each once. */
  readonly cutAt?: readonly number[];
  /** The byte at this offset comes wrong, once. */
  readonly flipAt?: number;
}

const PADDED_BYTES = 20_000_000;
const TICK_MS = 50;

export async function startModelHub(): Promise<ModelHub> {
  const fixture = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'models', 'tiny.gguf'));
  const mlcFiles = new Map(
    [...mlcModel()].map(([url, bytes]) => [new URL(url).pathname, Buffer.from(bytes)]),
  );
  const gguf = Buffer.concat([fixture, Buffer.alloc(PADDED_BYTES - fixture.length)]);
  const others = new Map<string, Buffer>();
  const requests: string[] = [];
  let behaviour: HubBehaviour = {};
  let cuts: number[] = [];
  let flipAt: number | undefined;
  let sentBytes = 0;

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const cors = { 'Access-Control-Allow-Origin': '*' };
    const { bytesPerSecond = Infinity, status = 200, html = false, ignoresRange = false } = behaviour;
    if (status !== 200) {
      response.writeHead(status, cors).end('no');
      return;
    }
    if (html) {
      response.writeHead(200, { ...cors, 'Content-Type': 'text/html' }).end('<h1>Log in</h1>');
      return;
    }
    const file = others.get(request.url ?? '') ?? mlcFiles.get(request.url ?? '') ?? gguf;
    const [, from = 0, last = file.length - 1] =
      (ignoresRange ? null : /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) ?? [];
    let body = file.subarray(Number(from), Number(last) + 1);
    const isIn = (offset: number) => offset >= Number(from) && offset <= Number(last);
    if (flipAt !== undefined && isIn(flipAt)) {
      body = Buffer.from(body);
      body[flipAt - Number(from)]! ^= 1;
      flipAt = undefined;
    }
    const isPart = body.length < file.length;
    response.writeHead(isPart ? 206 : 200, {
      ...cors,
      'Content-Length': body.length,
      ...(isPart ? { 'Content-Range': `bytes ${from}-${last}/${file.length}` } : {}),
    });
    let sent = 0;
    const timer = setInterval(() => {
      const size = Math.min(body.length - sent, Math.ceil((bytesPerSecond * TICK_MS) / 1_000));
      const at = Number(from) + sent;
      const cut = cuts.find((offset) => offset >= at && offset < at + size);
      if (cut !== undefined) {
        cuts = cuts.filter((offset) => offset !== cut);
        sentBytes += cut - at;
        response.write(body.subarray(sent, sent + cut - at), () => response.destroy());
        clearInterval(timer);
        return;
      }
      response.write(body.subarray(sent, sent + size));
      sent += size;
      sentBytes += size;
      if (sent < body.length) return;
      clearInterval(timer);
      response.end();
    }, TICK_MS);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const cardOf = (id: string, path: string, sizeBytes: number, changes: Partial<SiteCard>): SiteCard => ({
    id,
    name: `Hub model ${id}`,
    engine: 'wllama',
    url: origin + path,
    sizeBytes,
    contextTokens: 2048,
    licence: 'MIT',
    ...changes,
  });

  return {
    origin,
    requests,
    fixture: (sizeBytes) => Buffer.concat([fixture, Buffer.alloc(sizeBytes - fixture.length)]),
    add(id, path, content, changes = {}) {
      others.set(path, content);
      return cardOf(id, path, content.length, changes);
    },
    get sentBytes() {
      return sentBytes;
    },
    card: (id, changes = {}) => cardOf(id, `/${id}.gguf`, gguf.length, changes),
    mlcCard: (id) => ({
      id,
      name: `Hub model ${id}`,
      engine: 'webllm',
      url: origin + new URL(MLC_URL).pathname,
      lib: origin + new URL(LIB_URL).pathname,
      sizeBytes: MLC_BYTES,
      contextTokens: 512,
      licence: 'MIT',
    }),
    chunkSha256: Array.from({ length: Math.ceil(gguf.length / CHUNK_BYTES) }, (_, at) =>
      createHash('sha256')
        .update(gguf.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES))
        .digest('hex'),
    ),
    behave: (next) => {
      behaviour = next;
      cuts = [...(next.cutAt ?? [])];
      flipAt = next.flipAt;
    },
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
