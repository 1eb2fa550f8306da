/** `/api/later` without its loop, in front of a fake vendor and real files: a test does each step, moves the clock, and may crash it anywhere. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import type { CallerVariables } from '../../src/server/access/caller';
import { createBatchApi, type BatchApi } from '../../src/server/later/batch-api';
import { createLaterRoutes } from '../../src/server/later/later-routes';
import { createLaterWork } from '../../src/server/later/later-work';
import { createQuestionStore, type QuestionStore } from '../../src/server/later/question-store';
import { utcDayOf, type Caps, type Ledger, type LedgerEntry } from '../../src/server/ledger/ledger';
import { createSqliteLedger } from '../../src/server/ledger/sqlite-ledger';
import { createLog } from '../../src/server/log';
import { createFindModel } from '../../src/server/pairs/known-models';
import { createRotation } from '../../src/server/pairs/rotation';
import { startFakeOpenai, type FakeOpenai } from './openai/fake-openai';

export const GATHER_MS = 60_000;
const POLL_MS = 60_000;
const MAX_TOKENS = 100;
const HOUR_MS = 3_600_000;
const STARTED_MS = Date.parse('2026-11-26T08:00:00Z');

/** What a question's state is told as. */
export interface LaterBody {
  readonly id: string;
  readonly status: 'waiting' | 'answered' | 'failed' | 'cancelled';
  readonly answer_by: number;
  readonly cost_nano_usd: number | null;
  readonly completion: {
    readonly choices: readonly { readonly message: { readonly content: string } }[];
  } | null;
  readonly error: { readonly code: string } | null;
}

export interface LaterSite {
  /** Where its files are. */
  readonly dir: string;
  readonly fake: FakeOpenai;
  readonly clock: { nowMs: number };
  readonly logged: readonly string[];
  post(text: string, more?: object, key?: string): Promise<Response>;
  ask(text: string, more?: object): Promise<LaterBody>;
  look(id: string): Promise<LaterBody>;
  drop(id: string): Promise<Response>;
  /** Does what is due now, and whatever that makes due. */
  work(): Promise<void>;
  /** Goes from one time at which something is due to the next, until nothing waits or `mostMs` have passed. */
  run(mostMs?: number): Promise<void>;
  /** As after a crash, or a restart: everything in memory is gone. `recover` has run. */
  restart(): Promise<void>;
  /** From here on the `count`th thing that touches the vendor, the questions or the ledger is the last: it is done, or not, and then nobody is there. */
  crashAt(count: number, isDone: boolean): void;
  /** Whether the crash has come. */
  hasCrashed(): boolean;
  /** How often something of these was touched since the last start. */
  touches(): number;
  entries(): Promise<readonly LedgerEntry[]>;
  /** Whether the text stands in any file of the server. */
  isOnDisk(text: string): boolean;
  close(): Promise<void>;
}

/** Nothing after it happens. */
class Crash extends Error {}

/** Where there is one, a disk in memory: what these tests show is the order of things, and every change is synced. */
const DISK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

export async function startLaterSite(caps: Partial<Caps> = {}): Promise<LaterSite> {
  const dir = mkdtempSync(join(DISK, 'smallfirst-later-'));
  const fake = await startFakeOpenai();
  const clock = { nowMs: STARTED_MS };
  const now = () => clock.nowMs;
  const logged: string[] = [];
  const log = createLog('debug', (line) => logged.push(line));
  let left = Infinity;
  let isDoneFirst = false;
  let hasCrashed = false;
  let count = 0;
  let nextId = 0;

  function crashing<T extends object>(target: T, isAsync: boolean): T {
    const fall = () => {
      hasCrashed = true;
      throw new Crash();
    };
    return new Proxy(target, {
      get(object, name: string) {
        const method = (object as Record<string, unknown>)[name];
        if (typeof method !== 'function' || name === 'lines') return method;
        return (...values: unknown[]) => {
          if (hasCrashed) throw new Crash();
          const isLast = ++count === left;
          if (isLast && !isDoneFirst) fall();
          const result: unknown = Reflect.apply(method, object, values);
          if (!isLast) return result;
          return isAsync ? (result as Promise<unknown>).then(fall) : fall();
        };
      },
    });
  }

  let store: QuestionStore;
  let ledger: Ledger;
  let api: BatchApi;
  let work: ReturnType<typeof createLaterWork>;
  let app: Hono<CallerVariables>;

  async function open(): Promise<void> {
    store = createQuestionStore(join(dir, 'later.db'));
    ledger = createSqliteLedger({
      path: join(dir, 'ledger.db'),
      caps: { dayNanoUsd: 1e12, siteNanoUsd: 1e12, visitorNanoUsd: 1e12, ...caps },
      now,
    });
    await ledger.sweep();
    api = createBatchApi({ baseUrl: fake.url, key: fake.key });
    const parts = {
      store: crashing(store, false),
      ledger: crashing(ledger, true),
      api: crashing(api, true),
    };
    const options = { ...parts, log, now, pollMs: POLL_MS, gatherMs: GATHER_MS };
    work = createLaterWork({ ...options, newBatchId: () => `b${++nextId}` });
    const routes = createLaterRoutes({
      ...options,
      rotation: createRotation({
        flagship: 'gpt-4o',
        small: 'gpt-4o-mini',
        findModel: createFindModel(),
        now,
        log,
      }),
      maxTokens: MAX_TOKENS,
      maxPromptTokens: 128_000,
      newId: () => `later_${++nextId}`,
      newCallId: () => `call-${++nextId}`,
      onChange: () => undefined,
    });
    app = new Hono<CallerVariables>();
    app.use(async (c, next) => {
      c.set('caller', { kind: 'visitor', visitor: 'v1', site: 'https://site' });
      await next();
    });
    app.post('/api/later', routes.ask);
    app.get('/api/later/:id', routes.look);
    app.delete('/api/later/:id', routes.drop);
    await work.recover();
  }

  async function shut(): Promise<void> {
    store.end();
    await Promise.all([ledger.close(), api.close()]);
  }

  /** A crash ends it where it stands. */
  async function unlessCrashed<T>(doing: () => Promise<T>): Promise<T | undefined> {
    try {
      return await doing();
    } catch (error) {
      if (hasCrashed) return undefined;
      throw error;
    }
  }

  const work1 = async (): Promise<number> => {
    for (;;) {
      const dueMs = await unlessCrashed(() => work.step());
      if (dueMs === undefined) return Infinity;
      if (dueMs > clock.nowMs) return dueMs;
    }
  };

  await open();
  const site: LaterSite = {
    dir,
    fake,
    clock,
    logged,
    post: async (text, more = {}, key) => {
      const response = await app.request('/api/later', {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(key === undefined ? {} : { 'Idempotency-Key': key }),
        },
        body: JSON.stringify({ model: 'flagship', messages: [{ role: 'user', content: text }], ...more }),
      });
      return response;
    },
    async ask(text, more) {
      const response = await site.post(text, more);
      if (response.status !== 202) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as LaterBody;
    },
    look: async (id) => (await (await app.request(`/api/later/${id}`)).json()) as LaterBody,
    drop: async (id) => app.request(`/api/later/${id}`, { method: 'DELETE' }),
    work: async () => void (await work1()),
    async run(mostMs = 4 * 24 * HOUR_MS) {
      for (const endMs = clock.nowMs + mostMs; clock.nowMs < endMs;) {
        const dueMs = await work1();
        if (hasCrashed || (store.openCalls().size === 0 && store.batches().length === 0)) return;
        clock.nowMs = Math.min(dueMs, endMs);
      }
    },
    async restart() {
      await shut();
      [left, hasCrashed, count] = [Infinity, false, 0];
      await open();
    },
    crashAt(at, isDone) {
      [left, isDoneFirst, count] = [at, isDone, 0];
    },
    hasCrashed: () => hasCrashed,
    touches: () => count,
    async entries() {
      const all: LedgerEntry[] = [];
      for (let atMs = STARTED_MS; atMs < clock.nowMs + 24 * HOUR_MS; atMs += 24 * HOUR_MS) {
        all.push(...(await ledger.entries(utcDayOf(atMs).day)));
      }
      return all;
    },
    isOnDisk: (text) => readdirSync(dir).some((name) => readFileSync(join(dir, name)).includes(text)),
    async close() {
      await shut();
      await fake.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  return site;
}
