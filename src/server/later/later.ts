/** Questions that are answered within a day at half the price: opens what is kept of them, works on it, and answers for it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as waitFor } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { Access } from '../access/access';
import type { Ledger } from '../ledger/ledger';
import type { Log } from '../log';
import type { Rotation } from '../pairs/rotation';
import { createBatchApi } from './batch-api';
import { createLaterLoop } from './later-loop';
import { createLaterRoutes } from './later-routes';
import { createLaterWork } from './later-work';
import { createQuestionStore } from './question-store';

export interface Later {
  /** Adds `/later`. */
  addApi(routes: Hono, given: { readonly access: Access; readonly rotation: Rotation }): void;
  close(): Promise<void>;
}

/** What gpt-4o reads (https://platform.openai.com/docs/models/gpt-4o). */
const MAX_PROMPT_TOKENS = 128_000;

export interface LaterOptions {
  /** Of the file of the questions. */
  readonly path: string;
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly ledger: Ledger;
  readonly maxTokens: number;
  readonly gatherMs: number;
  readonly pollMs: number;
  readonly log: Log;
  readonly now: () => number;
}

/** Throws where the file cannot be used; the ledger has been swept by then. */
export async function openLater(options: LaterOptions): Promise<Later> {
  const { path, baseUrl, apiKey, log, now } = options;
  const store = createQuestionStore(path);
  const api = createBatchApi({ baseUrl, key: apiKey });
  const work = createLaterWork({ ...options, store, api, newBatchId: randomUUID });
  const orphans = await work.recover();
  if (orphans > 0) log.warn(`${orphans} questions for later were held and never kept; they are given back`);
  const loop = createLaterLoop({
    work,
    now,
    log,
    wait: (ms, signal) => waitFor(ms, undefined, { signal, ref: false }).catch(() => undefined),
  });
  return {
    addApi(routes, { access, rotation }) {
      const { ask, look, drop } = createLaterRoutes({
        ...options,
        rotation,
        store,
        maxPromptTokens: MAX_PROMPT_TOKENS,
        newId: () => `later_${randomBytes(24).toString('base64url')}`,
        newCallId: randomUUID,
        onChange: loop.wake,
      });
      for (const path of ['/later', '/later/:id']) routes.use(path, access.crossOrigin);
      routes.post('/later', access.guard, ask);
      // The id is what lets in: a page of our own sends no Origin with a GET, and a visitor may be back under another address.
      routes.get('/later/:id', look);
      routes.delete('/later/:id', drop);
    },
    async close() {
      await api.close();
      await loop.stop();
      store.end();
    },
  };
}
