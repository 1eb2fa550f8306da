/** Answers that come later: what fetches them is loaded when one is asked for, or awaited from an earlier visit. */
import type { ServerOptions } from '../engine/cloud/ask-server';
import type { KeyValue } from '../kernel/key-value';
import { createLaterTicketStore } from '../store/later-tickets';
import { browserClock } from '../turn/browser-clock';
import type { Later, LaterDeps } from '../turn/later-answers';

export interface AwaitedAnswersOptions extends Pick<LaterDeps, 'amend' | 'onAnswered'> {
  readonly server: ServerOptions;
  readonly keyValue: Promise<KeyValue>;
}

export interface AwaitedAnswers {
  readonly ask: Later['ask'];
  /** Looks for those that are awaited, if any are; and again whenever the page is back, or the network. */
  begin(): void;
  /** Does `work`, after which one may not be awaited any more. */
  after(work: () => Promise<void>): void;
}

export function createAwaitedAnswers({ server, keyValue, ...deps }: AwaitedAnswersOptions): AwaitedAnswers {
  const tickets = keyValue.then(createLaterTicketStore);
  let later: Promise<Later> | undefined;
  // Not part of the first load: most visits await none.
  const load = () =>
    (later ??= Promise.all([import('./join-later'), tickets]).then(([{ createAnswersLater }, kept]) =>
      createAnswersLater(server, { ...deps, tickets: kept, clock: browserClock, locks: navigator.locks }),
    ));
  const lookNow = async () => {
    if (later || (await (await tickets).list()).length > 0) (await load()).watch();
  };
  const look = () => void lookNow().catch(() => undefined);
  return {
    ask: async (...asked) => (await load()).ask(...asked),
    begin() {
      look();
      addEventListener('online', look);
      document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
    },
    after: (work) => void work().then(look, look),
  };
}
