/** The page's side of its service worker: registers it, offers new versions, has it keep what an engine needs offline. */

export interface Offline {
  /** Asks the service worker to keep these files and every program file this page has loaded so far. */
  keep(files: readonly string[]): Promise<void>;
  /** Lets the waiting version take over and reloads into it. */
  applyUpdate(): void;
}

export interface OfflineOptions {
  /** The page's address; the service worker lies beside it. */
  readonly baseUrl: URL;
  /** A new version is installed and waits. */
  readonly onUpdateReady: () => void;
}

/** Where there are no service workers (plain http, some private windows) every call does nothing. */
export function createOffline({ baseUrl, onUpdateReady }: OfflineOptions): Offline {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const registering = container?.register(new URL('sw.js', baseUrl), { type: 'classic' }).then(
    (registration) => {
      const offerWaiting = () => {
        // Without a controller this is the first install: nothing is being replaced.
        if (registration.waiting && container.controller) onUpdateReady();
      };
      offerWaiting();
      registration.addEventListener('updatefound', () => {
        registration.installing?.addEventListener('statechange', offerWaiting);
      });
      return registration;
    },
    () => undefined,
  );

  return {
    async keep(files) {
      if (!(await registering)) return;
      const { active } = await container!.ready;
      active?.postMessage({ type: 'keep', urls: [...new Set([...files, ...loadedFiles(baseUrl)])] });
    },
    applyUpdate() {
      void registering?.then((registration) => {
        if (!registration?.waiting) return location.reload();
        container?.addEventListener('controllerchange', () => location.reload(), { once: true });
        registration.waiting.postMessage({ type: 'take-over' });
        // A browser may hold the new version back while the old one has work left; it lets go when its page is left.
        setTimeout(() => {
          location.reload();
          // Where the change of versions came between, a reload may never be answered; the next one is.
          setInterval(() => location.reload(), RELOAD_MS);
        }, TAKE_OVER_MS);
      });
    },
  };
}

/** How long the new version may take to take over before the page reloads all the same. */
const TAKE_OVER_MS = 3000;
/** How long a reload may take; the service worker answers sooner, if need be from what it has kept. */
const RELOAD_MS = 6_000;

/** The page's own program files among what it has requested. */
function loadedFiles(baseUrl: URL): string[] {
  return performance
    .getEntriesByType('resource')
    .map(({ name }) => name)
    .filter((url) => url.startsWith(new URL('assets/', baseUrl).href));
}
