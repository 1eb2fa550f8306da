/** The service worker: the shell opens offline, engine files are kept once used, static hosts get isolation headers. */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching';
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

precacheAndRoute(self.__WB_MANIFEST, { cleanURLs: false });
cleanupOutdatedCaches();

// A page that has shared memory needs these two headers; a plain static host does not send them.
const withIsolation = (response: Response): Response => {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
};
const shell = createHandlerBoundToURL('index.html');
registerRoute(
  new NavigationRoute(async (options) => withIsolation(await shell(options)), {
    allowlist: [new RegExp(`^${new URL('./', self.registration.scope).pathname}(index\\.html)?$`)],
  }),
);

// Their names carry a hash of their content: what is kept is never stale.
const assets = new URL('assets/', self.registration.scope).pathname;
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(assets),
  new CacheFirst({ cacheName: ENGINE_CACHE }),
);
setCatchHandler(async () => Response.error());

self.addEventListener('message', (event) => {
  const message = event.data as PageMessage;
  if (message.type === 'take-over') void self.skipWaiting();
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
