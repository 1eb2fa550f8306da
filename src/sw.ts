/** The service worker: the shell opens offline, engine files are kept once used, static hosts get isolation headers. */
import { addRoute, cleanupOutdatedCaches, createHandlerBoundToURL, precache } from 'workbox-precaching';
import { NavigationRoute, registerRoute, setCatchHandler } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

/**
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
      const fresh = await fetch(options.request.url, {
        cache: 'no-cache',
        signal: AbortSignal.timeout(SHELL_TIMEOUT_MS),
      }).catch(() => undefined);
      return withIsolation(fresh?.ok ? fresh : await keptShell(options));
    },
    { allowlist: [new RegExp(`^${new URL('./', self.registration.scope).pathname}(index\\.html)?$`)] },
  ),
);

// After the route above: this one would answer the page's address too.
addRoute();

// Their names carry a hash of their content: what is kept is never stale.
const assets = new URL('assets/', self.registration.scope).pathname;
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(assets),
  new CacheFirst({ cacheName: ENGINE_CACHE }),
);
setCatchHandler(async () => Response.error());

// Beside the core: nice to have offline, and no reason to have no service worker where one of them is missing.
const extras = ['icon.svg'].map((name) => new URL(name, self.registration.scope).href);
registerRoute(({ url }) => extras.includes(url.href), new CacheFirst({ cacheName: ENGINE_CACHE }));
self.addEventListener('install', (event) => event.waitUntil(keep(extras)));

self.addEventListener('message', (event) => {
  const message = event.data as PageMessage;
  if (message.type === 'take-over') event.waitUntil(self.skipWaiting());
  if (message.type === 'keep') event.waitUntil(keep(message.urls));
});
// The first version controls the page that installed it; later ones wait until they are asked (`take-over`).
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

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
