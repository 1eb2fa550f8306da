/** Breaks an engine at a chosen point: its worker is terminated, never answers again, or takes the page with it. */
import type { Page } from 'playwright/test';

export type Break = 'terminate' | 'hang' | 'kill';

/** When it breaks: so many milliseconds after a worker was made, or at the n-th message to one since it was armed. */
export type Point = { readonly afterMs: number } | { readonly atMessage: number };

interface Broken {
  armed: { kind: Break; point: Point } | undefined;
  messages: number;
}
type InPage = typeof globalThis & { broken: Broken; killPage: () => Promise<void>; fault?: string };

/** Before the page is opened. A point of the load is armed with it, others by `arm`. */
export async function makeBreakable(
  page: Page,
  onLoad?: { kind: Break; point: { afterMs: number } },
): Promise<void> {
  await page.exposeFunction('killPage', () => void kill(page));
  await page.addInitScript((armed) => {
    const inPage = globalThis as InPage;
    const state: Broken = (inPage.broken = { armed, messages: 0 });
    const alive = new Set<Worker>();
    const stuck = new WeakSet<Worker>();
    const Native = globalThis.Worker;
    const { terminate, postMessage } = Native.prototype;
    const fall = (kind: string) => {
      state.armed = undefined;
      inPage.fault = kind;
      if (kind === 'hang') for (const worker of alive) stuck.add(worker);
      // Tells nobody, as with the real thing; and what is killed does not go on until the page is gone.
      else for (const worker of alive) terminate.call(worker);
      if (kind === 'kill') void inPage.killPage();
    };
    globalThis.Worker = class extends Native {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        alive.add(this);
        const { armed: now } = state;
        if (now && 'afterMs' in now.point) setTimeout(() => state.armed && fall(now.kind), now.point.afterMs);
      }
      override postMessage(...given: unknown[]): void {
        const { armed: now } = state;
        if (now && 'atMessage' in now.point && ++state.messages >= now.point.atMessage) fall(now.kind);
        if (!stuck.has(this)) Reflect.apply(postMessage, this, given);
      }
    };
  }, onLoad);
}

export async function arm(page: Page, kind: Break, point: Point): Promise<void> {
  await page.evaluate((armed) => void Object.assign((globalThis as InPage).broken, { armed, messages: 0 }), {
    kind,
    point,
  });
}

/** What has happened so far, if anything. */
export function faultOn(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (globalThis as InPage).fault);
}

/** As the system ends a page that took too much memory: nothing of it is asked or told. */
export async function kill(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answered: there is nobody left to answer it.
  void session.send('Page.crash').catch(() => undefined);
  await crashed;
}
