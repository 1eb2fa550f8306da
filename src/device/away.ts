/** Tells somebody who is elsewhere that an answer is there: by a badge, and by a notification where that was wanted. */
import type { ChatMessage, ConversationSummary } from '../kernel/history';

/** An answer that took this long is one to leave alone meanwhile. */
const LONG_MS = 10_000;

export interface AwayOptions {
  readonly document: Document;
  readonly navigator: Navigator;
  /** Absent where the browser has none. */
  readonly notification: typeof Notification | undefined;
  readonly baseUrl: URL;
  readonly hasDeclined: () => Promise<boolean>;
  readonly decline: () => Promise<void>;
  readonly onChange: () => void;
}

export interface Away {
  /** A long answer came while nobody looked, and nobody has said yet whether to be told of the next. */
  readonly isAsking: boolean;
  answered(answer: ChatMessage, conversation: ConversationSummary): Promise<void>;
  /** Has the browser ask for its permission; call it from a click. */
  allow(): Promise<void>;
  decline(): Promise<void>;
}

export function createAway(options: AwayOptions): Away {
  const { document, navigator, notification, baseUrl, onChange } = options;
  let unseen = 0;
  let isAsking = false;
  const ask = (value: boolean) => {
    isAsking = value;
    onChange();
  };

  document.addEventListener('visibilitychange', () => {
    if (document.hidden || unseen === 0) return;
    unseen = 0;
    void navigator.clearAppBadge?.().catch(() => undefined);
    void closeAll();
  });

  const registration = () => navigator.serviceWorker?.getRegistration(baseUrl);
  const closeAll = async () => {
    for (const shown of (await (await registration())?.getNotifications()) ?? []) shown.close();
  };

  return {
    get isAsking() {
      return isAsking;
    },
    async answered({ answer, status }, { id, title }) {
      if (!document.hidden || status === 'stopped') return;
      unseen++;
      await navigator.setAppBadge?.(unseen).catch(() => undefined);
      if (notification?.permission === 'granted' && !(await options.hasDeclined())) {
        await (
          await registration()
        )?.showNotification('Your answer is ready', {
          body: title,
          icon: new URL('icons/icon-192.png', baseUrl).href,
          badge: new URL('icons/badge-icon-96.png', baseUrl).href,
          tag: id,
          data: { chatId: id },
        });
      } else if (notification?.permission === 'default' && (answer?.durationMs ?? 0) >= LONG_MS) {
        if (!(await options.hasDeclined())) ask(true);
      }
    },
    async allow() {
      ask(false);
      await notification?.requestPermission();
    },
    async decline() {
      ask(false);
      await options.decline();
    },
  };
}
