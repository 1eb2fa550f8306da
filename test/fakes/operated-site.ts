/** The whole server within the test, without a socket: a fake vendor behind it, books in memory, a clock and a log of the test's own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readEnvironment } from '../../src/server/environment';
import { capsOf, createEscalationServer, type EscalationServer } from '../../src/server/escalation';
import { createApp } from '../../src/server/http-app';
import type { Ledger } from '../../src/server/ledger/ledger';
import { createLog } from '../../src/server/log';
import { fileKeeping } from '../../src/server/operator/keeping';
import { openOperatorBook } from '../../src/server/operator/operator-book';
import { createFindModel } from '../../src/server/pairs/known-models';
import { createEmbeddedStore } from '../../src/server/store/embedded-store';
import { startFakeOpenai, type FakeModel, type FakeOpenai } from './openai/fake-openai';

export const ADMIN_TOKEN = 'admin-token-for-tests-only';
export const API_TOKEN = 'api-token-for-tests-only';
const ORIGIN = 'https://shop.example.org';

export interface OperatedSite {
  readonly fake: FakeOpenai;
  readonly ledger: Ledger;
  readonly escalation: EscalationServer;
  /** Every line of every level. */
  readonly logged: readonly string[];
  /** Where its files are. */
  readonly dir: string;
  nowMs: number;
  /** As the operator; `token` in place of the right one, `null` for none. */
  operate(method: 'GET' | 'PUT', path: string, body?: unknown, token?: string | null): Promise<Response>;
  /** As a page at `origin`, from its own visitor's address. */
  fromPage(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** With the API token. */
  ask(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Begins anew on the same files. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface OperatedSiteOptions {
  readonly nowMs: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly reportAnswers?: boolean;
  readonly models?: readonly FakeModel[];
}

export async function openOperatedSite(options: OperatedSiteOptions): Promise<OperatedSite> {
  const dir = mkdtempSync(join(tmpdir(), 'smallfirst-operated-'));
  const world = { nowMs: options.nowMs };
  const now = () => world.nowMs;
  const fake = await startFakeOpenai({ now, ...(options.models ? { models: options.models } : {}) });
  const logged: string[] = [];
  const log = createLog('debug', (line) => logged.push(line), { now });
  const reading = readEnvironment({
    OPENAI_API_KEY: fake.key,
    OPENAI_BASE_URL: fake.url,
    SMALL_MODEL: 'gpt-4o-mini',
    ADMIN_TOKEN,
    API_TOKEN,
    ALLOWED_ORIGINS: ORIGIN,
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...options.env,
  });
  if (!reading.ok) throw new Error(reading.problems.join(' '));
  const { environment } = reading;
  const reportsAnswers = options.reportAnswers ?? false;

  async function open() {
    const caps = capsOf(environment);
    const store = createEmbeddedStore({ path: join(dir, 'ledger.db'), caps, now });
    const keeping = fileKeeping(join(dir, 'data', 'operator.json'));
    const book = await openOperatorBook({ keeping, caps, now, log });
    const escalation = createEscalationServer({
      environment,
      apiKey: fake.key,
      findModel: createFindModel(),
      store,
      book,
      reportsAnswers,
      log,
      now,
    });
    const config = { models: [], ...(reportsAnswers ? { reportAnswers: true } : {}) };
    const app = createApp({ distDir: 'absent', modelsDir: 'absent', config, log, escalation });
    return { ledger: store.ledger, escalation, app };
  }

  let opened = await open();
  const send = async (method: string, path: string, body: unknown, headers: Record<string, string>) =>
    opened.app.request(
      path,
      {
        method,
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      },
      { incoming: { socket: { remoteAddress: '203.0.113.7' } } },
    );
  return {
    fake,
    get ledger() {
      return opened.ledger;
    },
    get escalation() {
      return opened.escalation;
    },
    logged,
    dir,
    get nowMs() {
      return world.nowMs;
    },
    set nowMs(value) {
      world.nowMs = value;
    },
    operate: (method, path, body, token = ADMIN_TOKEN) =>
      send(method, path, body, token === null ? {} : { authorization: `Bearer ${token}` }),
    fromPage: (path, body, headers = {}) => send('POST', path, body, { origin: ORIGIN, ...headers }),
    ask: (body, headers = {}) =>
      send('POST', '/v1/chat/completions', body, { authorization: `Bearer ${API_TOKEN}`, ...headers }),
    async restart() {
      await opened.escalation.close();
      opened = await open();
    },
    async close() {
      await opened.escalation.close();
      await fake.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
