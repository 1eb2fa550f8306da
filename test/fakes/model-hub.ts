/** A model hub on another origin: serves model files slowly, with CORS, or fails as hubs do. */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { ModelCard } from '../../src/kernel/config';

export interface ModelHub {
  readonly origin: string;
  /** The card of a model that this hub has; its file is the fixture, padded to `sizeBytes`. */
  card(id: string, changes?: Partial<ModelCard>): ModelCard;
  /** Paths asked for, in order. */
  readonly requests: readonly string[];
  /** From now on: bytes a second, or a status in place of the file. */
  behave(behaviour: { bytesPerSecond?: number; status?: number; html?: boolean }): void;
  close(): Promise<void>;
}

const PADDED_BYTES = 6_000_000;
const TICK_MS = 50;

export async function startModelHub(): Promise<ModelHub> {
  const fixture = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'models', 'tiny.gguf'));
  const file = Buffer.concat([fixture, Buffer.alloc(PADDED_BYTES - fixture.length)]);
  const requests: string[] = [];
  let behaviour: Parameters<ModelHub['behave']>[0] = {};

  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const cors = { 'Access-Control-Allow-Origin': '*' };
    const { bytesPerSecond = Infinity, status = 200, html = false } = behaviour;
    if (status !== 200) {
      response.writeHead(status, cors).end('no');
      return;
    }
    if (html) {
      response.writeHead(200, { ...cors, 'Content-Type': 'text/html' }).end('<h1>Log in</h1>');
      return;
    }
    response.writeHead(200, { ...cors, 'Content-Length': file.length });
    let sent = 0;
    const timer = setInterval(() => {
      const size = Math.min(file.length - sent, Math.ceil((bytesPerSecond * TICK_MS) / 1_000));
      response.write(file.subarray(sent, sent + size));
      sent += size;
      if (sent < file.length) return;
      clearInterval(timer);
      response.end();
    }, TICK_MS);
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    origin,
    requests,
    card: (id, changes = {}) => ({
      id,
      name: `Hub model ${id}`,
      engine: 'wllama',
      url: `${origin}/${id}.gguf`,
      sizeBytes: file.length,
      contextTokens: 2048,
      licence: 'MIT',
      ...changes,
    }),
    behave: (next) => (behaviour = next),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
