/** Lets one request at a time through, each tab in turn: nobody waits for more than one other request per tab ahead. */
import { Fault } from '../../kernel/fault';

export interface FairQueue {
  /** Resolves when it is this tab's turn; call what it returns to leave. Faults: `cancelled`. */
  enter(tab: string, signal: AbortSignal): Promise<() => void>;
}

export function createFairQueue(): FairQueue {
  /** In the order in which the tabs come next; a tab that was served goes to the end. */
  const waiting = new Map<string, (() => void)[]>();
  let isBusy = false;

  const next = () => {
    const [first] = waiting;
    isBusy = first !== undefined;
    if (!first) return;
    const [tab, line] = first;
    const go = line.shift();
    waiting.delete(tab);
    if (line.length > 0) waiting.set(tab, line);
    go?.();
  };

  return {
    enter: (tab, signal) =>
      new Promise((resolve, reject) => {
        const go = () => {
          signal.removeEventListener('abort', leaveLine);
          let isLeft = false;
          resolve(() => {
            if (!isLeft) next();
            isLeft = true;
          });
        };
        const leaveLine = () => {
          const rest = (waiting.get(tab) ?? []).filter((each) => each !== go);
          if (rest.length > 0) waiting.set(tab, rest);
          else waiting.delete(tab);
          reject(new Fault('cancelled'));
        };
        if (signal.aborted) return reject(new Fault('cancelled'));
        signal.addEventListener('abort', leaveLine, { once: true });
        waiting.set(tab, [...(waiting.get(tab) ?? []), go]);
        if (!isBusy) next();
      }),
  };
}
