/** The test function of tests about getting models: a page that offers one from a hub of its own. */
import type { Page } from 'playwright/test';
import { startModelHub, type ModelHub } from '../fakes/model-hub';
import { chatOn, test as base, type Chat } from './chat-test';
import { deploy } from './deployment';

export const test = base.extend<{ fileBytes: number | undefined; hub: ModelHub; gated: Chat }>({
  /** Of the model's file, where a test wants another size than the hub's own. */
  fileBytes: [undefined, { option: true }],
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  hub: async ({}, use) => {
    const hub = await startModelHub();
    await use(hub);
    await hub.close();
  },
  gated: async ({ page, hub, fileBytes }, use) => {
    const card =
      fileBytes === undefined ? hub.card('big') : hub.add('big', '/big.gguf', hub.fixture(fileBytes));
    const deployment = await deploy([card]);
    await use(chatOn(page, deployment.url));
    await deployment.remove();
  },
});

export const openGate = (chat: Chat) => chat.page.getByRole('button', { name: /^Model:/ }).click();
export const gateOf = (chat: Chat) => chat.page.getByRole('dialog', { name: 'Model' });

/** The addresses of what the service worker has kept. */
export function keptFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(caches_.map((cache) => cache.keys()));
    return requests.flat().map(({ url }) => url);
  });
}

/** Keys of the parts of that model that are in IndexedDB. */
export function keptChunks({ page }: Chat): Promise<IDBValidKey[]> {
  return page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open('smallfirst-weights');
      request.onsuccess = () => resolve(request.result);
    });
    const keys = await new Promise<IDBValidKey[]>((resolve) => {
      const request = database.transaction('weights').objectStore('weights').getAllKeys();
      request.onsuccess = () => resolve(request.result);
    });
    database.close();
    return keys.filter((key) => typeof key === 'string' && /^chunk:.*big/.test(key));
  });
}
