/** What a page of our own does beyond its tab, and no part of the widget's build: it opens offline, is installed and launched, and tells of answers. */
import { createAway, type Away } from '../device/away';
import { createInstaller } from '../device/install';
import { listenForLaunches } from '../device/launch';
import type { Launch } from '../kernel/app-state';
import { createOffline, type Offline } from '../offline/service-worker';
import type { Settings } from '../store/settings';

export interface OnDeviceOptions {
  readonly baseUrl: URL;
  readonly settings: Promise<Settings>;
  /** A new version waits, or this one wanted a file that its site has no more. */
  readonly onUpdate: (update: 'ready' | 'needed') => void;
  readonly onChange: () => void;
}

export interface OnDevice extends Offline, Away {
  readonly canInstall: boolean;
  /** What the page was opened for, until it is taken. */
  readonly launch: Launch | undefined;
  install(): Promise<void>;
  takeLaunch(): void;
}

export function createOnDevice({ baseUrl, settings, onUpdate, onChange }: OnDeviceOptions): OnDevice {
  const offline = createOffline({ baseUrl, onUpdateReady: () => onUpdate('ready') });
  // A deploy took away a file that this page still wanted: https://vite.dev/guide/build#load-error-handling
  addEventListener('vite:preloadError', (event) => {
    event.preventDefault();
    if (navigator.onLine) onUpdate('needed');
  });
  const away = createAway({
    document,
    navigator,
    notification: globalThis.Notification,
    baseUrl,
    hasDeclined: async () => (await settings).hasDeclinedNotices(),
    decline: async () => (await settings).declineNotices(),
    onChange,
  });
  const installer = createInstaller(window, onChange);
  let launch: Launch | undefined;
  listenForLaunches({
    window,
    onLaunch: (next) => {
      launch = next;
      onChange();
    },
  });
  return {
    ...offline,
    get isAsking() {
      return away.isAsking;
    },
    answered: (answer, conversation) => away.answered(answer, conversation),
    allow: () => away.allow(),
    decline: () => away.decline(),
    get canInstall() {
      return installer.canInstall;
    },
    get launch() {
      return launch;
    },
    install: () => installer.install(),
    takeLaunch: () => void (launch = undefined),
  };
}
