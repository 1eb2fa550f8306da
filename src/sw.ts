/** The service worker: the shell opens offline, engine files are kept once used, static hosts get isolation headers. */
import { addRoute, cleanupOutdatedCaches, createHandlerBoundToURL, precache } from 'workbox-precaching';
import { NavigationRoute, registerRoute, setCatchHandler } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

/**
 * The page hears `{ type: 'open-chat', id }` when a notification was clicked.
 *
 * | from the page                      | what it does                                                        |
 * |------------------------------------|---------------------------------------------------------------------|
 * | `{ type: 'keep', urls: string[] }` | keeps those program files; older builds of the same file are dropped |
 * | `{ type: 'take-over' }`            | the waiting version becomes the active one                           |
 */
type PageMessage = { type: 'keep'; urls: string[] } | { type: 'take-over' };

declare const self: ServiceWorkerGlobalScope & {
  __WB_MANIFEST: { url: string; revision: string | null }[];
};

const ENGINE_CACHE = 'engine-files';
const SHELL_TIMEOUT_MS = 3_000;

precache(self.__WB_MANIFEST);
cleanupOutdatedCaches();

// A page that has shared memory needs these two headers; a plain static host does not send them.
const withIsolation = (response: Response): Response => {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
};

// The network's shell while there is one: its headers (what a page may connect to) change with the operator's config,
// and nothing else would tell. The kept one opens offline, and where the network is too slow to wait for.
const keptShell = createHandlerBoundToURL('index.html');
registerRoute(
  new NavigationRoute(
    async (options) => {
      // Not the address itself: what was shared with the app stands in it, and leaves this device for no server's log.
      const fresh = await fetch(self.registration.scope, {
        cache: 'no-cache',
        signal: AbortSignal.timeout(SHELL_TIMEOUT_MS),
      }).catch(() => undefined);
      return withIsolation(fresh?.ok ? fresh : await keptShell(options));
    },
    {
      allowlist: [new RegExp(`^${new URL('./', self.registration.scope).pathname}(index\\.html)?([?].*)?$`)],
    },
  ),
);

// After the route above: this one would answer the page's address too.
addRoute();

// Their names carry a hash of their content: what is kept is never stale.
const assets = new URL('assets/', self.registration.scope).pathname;
const cacheFirst = new CacheFirst({ cacheName: ENGINE_CACHE });
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(assets),
  async (options) => {
    const response = await cacheFirst.handle(options);
    // A page that is isolated takes only workers that are: https://html.spec.whatwg.org/#check-a-global-object's-embedder-policy
    return options.request.destination === 'worker' ? withIsolation(response) : response;
  },
);
setCatchHandler(async () => Response.error());

// Beside the core: nice to have offline, and no reason to have no service worker where one of them is missing.
const extras = ['icon.svg', 'manifest.webmanifest', 'icons/icon-192.png', 'icons/badge-icon-96.png'].map(
  (name) => new URL(name, self.registration.scope).href,
);
registerRoute(({ url }) => extras.includes(url.href), new CacheFirst({ cacheName: ENGINE_CACHE }));
self.addEventListener('install', (event) => event.waitUntil(keep(extras)));

self.addEventListener('message', (event) => {
  const message = event.data as PageMessage;
  if (message.type === 'take-over') event.waitUntil(self.skipWaiting());
  if (message.type === 'keep') event.waitUntil(keep(message.urls));
});
// The first version controls the page that installed it; later ones wait until they are asked (`take-over`).
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openChat((event.notification.data as { chatId: string }).chatId));
});

async function openChat(id: string): Promise<void> {
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (!page) {
    await self.clients.openWindow(new URL(`./?chat=${encodeURIComponent(id)}`, self.registration.scope));
    return;
  }
  await page.focus();
  page.postMessage({ type: 'open-chat', id });
}

async function keep(urls: readonly string[]): Promise<void> {
  const cache = await caches.open(ENGINE_CACHE);
  for (const url of urls) {
    if (await caches.match(url)) continue;
    const response = await fetch(url, { credentials: 'omit' }).catch(() => undefined);
    if (!response?.ok) continue;
    for (const { url: kept } of await cache.keys()) {
      if (stemOf(kept) === stemOf(url)) await cache.delete(kept);
    }
    await cache.put(url, response);
  }
}

/** `assets/wllama-Ab3dE_9x.wasm` without its content hash. */
function stemOf(url: string): string {
  return url.replace(/-[\w-]{8}(\.\w+)$/, '$1');
}
