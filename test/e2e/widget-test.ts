/** The test function of every e2e test of the widget: a site of somebody else's, and the chat on it as a visitor knows it. */
import type { FrameLocator, Locator, Page } from 'playwright/test';
import { expect, makeSlowable, test as base } from './chat-test';
import { startHostPages, type HostPageName } from './host-pages';
import type { HostSite } from '../fakes/host-site';

/** What the fixture says to “Hello”, whichever of its synonyms it takes. */
export const HELLO = /Hello! I am the built-in test fixture/;

export interface Widget {
  readonly root: Page | FrameLocator;
  readonly input: Locator;
  readonly answers: Locator;
  /** Goes to that page of the host; `query` as in `host-pages`. */
  visit(name: HostPageName, query?: Readonly<Record<string, string>>): Promise<void>;
  open(): Promise<void>;
  ask(text: string): Promise<void>;
  /** Asks and waits until the answer has ended; gives its element. */
  askAndWait(text: string): Promise<Locator>;
}

export function widgetOn(page: Page, host: HostSite, root: Page | FrameLocator = page): Widget {
  const input = root.getByRole('textbox', { name: 'Message' });
  const answers = root.locator('[role=article][data-role=assistant]');
  const ask = async (text: string) => {
    await input.fill(text);
    await input.press('Enter');
  };
  return {
    root,
    input,
    answers,
    ask,
    async visit(name, query = {}) {
      await page.addInitScript(makeSlowable);
      await page.goto(`${host.origin}/${name}?${new URLSearchParams(query)}`);
    },
    open: () => root.getByRole('button', { name: 'Open chat' }).click(),
    async askAndWait(text) {
      // Until then an earlier answer may still come in.
      await expect(root.locator('smallfirst-chat-panel')).toHaveAttribute('data-phase', 'ready');
      const before = await answers.count();
      await ask(text);
      await expect(answers.nth(before)).toHaveAttribute('data-status', /^(done|stopped|failed)$/);
      return answers.nth(before);
    },
  };
}

export const test = base.extend<{ widget: Widget }, { host: HostSite }>({
  host: [
    async ({ deployment }, use) => {
      const host = await startHostPages(() => deployment.url);
      await use(host);
      await host.close();
    },
    { scope: 'worker' },
  ],
  widget: async ({ page, host }, use) => use(widgetOn(page, host)),
});

export { expect };
