/** What the page was opened for: a shortcut, something that was shared with it, a file, or a notification. */

import type { Launch } from '../kernel/app-state';

export interface LaunchOptions {
  readonly window: Window;
  readonly onLaunch: (launch: Launch) => void;
}

/** https://wicg.github.io/web-app-launch/ and https://wicg.github.io/file-system-access/#files-launch, of 2026 in Chromium only. */
interface LaunchQueue {
  setConsumer(consumer: (params: LaunchParams) => void): void;
}
interface LaunchParams {
  readonly targetURL?: string;
  readonly files?: readonly { getFile(): Promise<File> }[];
}

/** The launch that an address of this page stands for. */
export function launchOf(url: URL): Launch | undefined {
  const { searchParams: params } = url;
  const chatId = params.get('chat');
  if (chatId) return { chatId };
  if (params.has('search')) return { isSearch: true };
  const text = sharedText(['title', 'text', 'url'].map((name) => params.get(name)?.trim() ?? ''));
  if (text) return { text };
  return params.has('new') ? { isNewChat: true } : undefined;
}

/** Tells the launch that this page came with, and those that come while it is open. */
export function listenForLaunches({ window, onLaunch }: LaunchOptions): void {
  const { location, history, navigator } = window;
  const first = new URL(location.href);
  const launch = launchOf(first);
  if (launch) {
    // A reload is no second share; and what was shared is in no address that somebody copies.
    history.replaceState(history.state, '', first.pathname);
    onLaunch(launch);
  }
  let isAhead = true;
  const isReload = isReloaded(window.performance);
  (window as { launchQueue?: LaunchQueue }).launchQueue?.setConsumer(({ targetURL, files = [] }) => {
    // The launch that opened the page is in its address, and comes here too; after a reload it comes once more.
    const isKnown = isAhead && (isReload || targetURL === first.href);
    isAhead = false;
    if (isReload && isKnown) return;
    for (const handle of files) void handle.getFile().then((file) => onLaunch({ file }));
    const next = targetURL && !isKnown ? launchOf(new URL(targetURL)) : undefined;
    if (next) onLaunch(next);
  });
  navigator.serviceWorker?.addEventListener(
    'message',
    ({ data }: MessageEvent<{ type: string; id: string }>) => {
      if (data.type === 'open-chat') onLaunch({ chatId: data.id });
    },
  );
}

/** Each part once: many programs put the address into the text too. */
function sharedText(parts: readonly string[]): string {
  return parts
    .filter(
      (part, at) =>
        part && !parts.some((other, otherAt) => otherAt !== at && contains(other, part, otherAt < at)),
    )
    .join('\n');
}

function contains(whole: string, part: string, isEarlier: boolean): boolean {
  return whole === part ? isEarlier : whole.includes(part);
}

function isReloaded(performance: Performance): boolean {
  const [entry] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
  return entry?.type === 'reload';
}
