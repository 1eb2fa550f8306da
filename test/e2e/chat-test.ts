/** The test function of every e2e test: a page on a deployment, and what a person does there. */
import { test as base, expect, type BrowserContext, type Locator, type Page } from 'playwright/test';
import { deploy, type Deployment } from './deployment';

const TOKEN_DELAY_MS = 30;

/** The page as a person knows it: by the names that a screen reader says. */
export interface Chat {
  readonly page: Page;
  readonly input: Locator;
  readonly send: Locator;
  readonly stop: Locator;
  readonly log: Locator;
  readonly questions: Locator;
  readonly answers: Locator;
  open(url?: string): Promise<void>;
  /** Sends and waits for nothing. */
  ask(text: string): Promise<void>;
  /** Sends and waits until the answer has ended; gives its element. */
  askAndWait(text: string): Promise<Locator>;
}

export function chatOn(page: Page, url: string): Chat {
  const input = page.getByRole('textbox', { name: 'Message' });
  const send = page.getByRole('button', { name: 'Send' });
  const answers = page.locator('[role=article][data-role=assistant]');
  const ready = () => expect(page.locator('chat-page')).toHaveAttribute('data-phase', 'ready');
  const ask = async (text: string) => {
    await ready();
    await input.fill(text);
    await send.click();
  };
  return {
    page,
    input,
    send,
    stop: page.getByRole('button', { name: 'Stop' }),
    log: page.getByRole('log', { name: 'Conversation' }),
    questions: page.locator('[role=article][data-role=user]'),
    answers,
    ask,
    open: async (other) => {
      await page.addInitScript(makeSlowable);
      await page.goto(other ?? url);
      await expect(input).toBeVisible();
    },
    askAndWait: async (text) => {
      await ready();
      const before = await answers.count();
      await ask(text);
      const answer = answers.nth(before);
      await expect(answer).toHaveAttribute('data-status', /^(done|stopped|failed)$/);
      return answer;
    },
  };
}

/**
 * From now on each token takes its time: the fixture says hundreds of words a second, and a test wants to act in
 * between. Every token is asked for by one message to the engine's worker; that message waits.
 */
export async function slowDown(page: Page, delayMs = TOKEN_DELAY_MS): Promise<{ end: () => Promise<void> }> {
  const wait = (ms: number) =>
    page.evaluate((ms) => void Object.assign(globalThis, { tokenDelayMs: ms }), ms);
  await wait(delayMs);
  return { end: () => wait(0) };
}

/** Runs in the page before its own code. */
export function makeSlowable(): void {
  const post = Worker.prototype.postMessage;
  Worker.prototype.postMessage = function (this: Worker, ...args: unknown[]) {
    const delayMs = (globalThis as { tokenDelayMs?: number }).tokenDelayMs;
    if (delayMs) setTimeout(() => Reflect.apply(post, this, args), delayMs);
    else Reflect.apply(post, this, args);
  };
}

/** What IndexedDB has under the key, or all of it: what is shown is kept a little later. */
export function kept(page: Page, storeName: 'chats' | 'settings', key?: string): Promise<unknown> {
  return page.evaluate(
    async ([storeName, key]) => {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('smallfirst');
        request.onsuccess = () => resolve(request.result);
      });
      const value = await new Promise((resolve) => {
        const store = database.transaction(storeName).objectStore(storeName);
        const request = (key === undefined ? store.getAll() : store.get(key)) as IDBRequest<unknown>;
        request.onsuccess = () => resolve(request.result);
      });
      database.close();
      return value;
    },
    [storeName, key] as const,
  );
}

/** Records every request of a context that leaves `origin`, and refuses it. */
export async function forbidForeign(context: BrowserContext, origin: string): Promise<string[]> {
  const foreign: string[] = [];
  await context.route(
    (url) => url.origin !== origin && !['data:', 'blob:'].includes(url.protocol),
    (route) => {
      foreign.push(route.request().url());
      return route.abort('blockedbyclient');
    },
  );
  return foreign;
}

export const test = base.extend<{ chat: Chat; errors: string[] }, { deployment: Deployment }>({
  deployment: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
    async ({}, use) => {
      const deployment = await deploy();
      await use(deployment);
      await deployment.remove();
    },
    { scope: 'worker' },
  ],
  /** What the page complained of: uncaught errors, and errors in its console. */
  errors: async ({ page }, use) => {
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
    await use(errors);
  },
  chat: async ({ page, deployment }, use) => {
    await use(chatOn(page, deployment.url));
  },
});

export { expect };
