/** The completions handler on a port, in front of a fake vendor and a ledger in memory. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { AddressInfo } from 'node:net';
import { PRICES } from '../../../src/meter/price';
import type { Price } from '../../../src/kernel/wire';
import type { CallerVariables } from '../../../src/server/access/caller';
import { createCompletions } from '../../../src/server/completions/completions';
import { createModelsHandler } from '../../../src/server/completions/models-on-offer';
import { createUpstream, type UpstreamOptions } from '../../../src/server/completions/upstream';
import { createLog, type Log } from '../../../src/server/log';
import { createFindModel, type FindModel } from '../../../src/server/pairs/known-models';
import { createRotation, type Rotation } from '../../../src/server/pairs/rotation';
import { createMemoryLedger, type MemoryLedger, type MemoryLedgerOptions } from '../memory-ledger';
import { startFakeOpenai, type FakeModel, type FakeOpenai } from './fake-openai';

export interface CompletionsServer {
  readonly url: string;
  readonly port: number;
  readonly fake: FakeOpenai;
  readonly ledger: MemoryLedger;
  readonly rotation: Rotation;
  readonly log: Log;
  /** Every line of every level. */
  readonly logged: readonly string[];
  post(body: unknown, options?: { key?: string; signal?: AbortSignal }): Promise<Response>;
  close(): Promise<void>;
}

export interface CompletionsServerOptions extends MemoryLedgerOptions {
  readonly upstream?: Partial<UpstreamOptions>;
  readonly maxCallMs?: number;
  /** What the vendor serves, and until when. */
  readonly models?: readonly FakeModel[];
  readonly flagship?: string;
  readonly stopping?: AbortSignal;
  readonly findModel?: FindModel;
}

const [flagship, small] = PRICES;
export const PAIR = { flagship, small } as { readonly flagship: Price; readonly small: Price };
export const MAX_TOKENS = 100;

export async function startCompletions(options: CompletionsServerOptions = {}): Promise<CompletionsServer> {
  const now = options.now ?? Date.now;
  const fake = await startFakeOpenai({ now, ...(options.models ? { models: options.models } : {}) });
  const ledger = createMemoryLedger(options);
  const logged: string[] = [];
  const upstream = createUpstream({ baseUrl: fake.url, key: fake.key, retryBaseMs: 5, ...options.upstream });
  let count = 0;
  const app = new Hono<CallerVariables>();
  app.use(async (c, next) => {
    c.set('caller', { kind: 'visitor', visitor: c.req.header('x-visitor') ?? 'v1', site: 'https://site' });
    await next();
  });
  const log = createLog('debug', (line) => logged.push(line), { now });
  const rotation = createRotation({
    flagship: options.flagship ?? 'gpt-4o',
    small: 'gpt-4o-mini',
    findModel: options.findModel ?? createFindModel(),
    now,
    log,
  });
  const completions = createCompletions({
    ledger,
    upstream,
    rotation,
    maxTokens: MAX_TOKENS,
    now,
    newId: () => `call-${++count}`,
    log,
    ...(options.stopping ? { stopping: options.stopping } : {}),
    ...(options.maxCallMs === undefined ? {} : { maxCallMs: options.maxCallMs }),
  });
  app.post('/v1/chat/completions', completions);
  app.get('/v1/models', createModelsHandler(rotation));
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  // A test that computes for seconds must not find its connection closed in the same turn of the event loop.
  if ('keepAliveTimeout' in server) server.keepAliveTimeout = 60_000;
  if (!server.listening) await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/v1`;
  return {
    url,
    port,
    fake,
    ledger,
    rotation,
    log,
    logged,
    post: (body, { key, signal } = {}) =>
      fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(key ? { 'Idempotency-Key': key } : {}) },
        body: typeof body === 'string' ? body : JSON.stringify(body),
        ...(signal ? { signal } : {}),
      }),
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await upstream.close();
      await fake.close();
    },
  };
}

export function ask(text: string, more: object = {}): object {
  return { model: 'flagship', messages: [{ role: 'user', content: text }], ...more };
}

/** Polls until `isSo`, for at most `mostMs`; how long it took, in milliseconds. */
export async function until(isSo: () => boolean, mostMs = 2_000): Promise<number> {
  const startedMs = performance.now();
  while (!isSo()) {
    if (performance.now() - startedMs > mostMs) throw new Error(`not so after ${mostMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - startedMs;
}
