/** Web Locks of several tabs: exclusive ones in a line, with signals, stealing, and tabs that die. */

export interface TabLocks {
  /** The LockManager as one tab sees it. */
  tab(): LockManager;
  /** The tab goes: what it holds is free, what it waits for is forgotten. */
  kill(tab: LockManager): void;
}

interface Waiter {
  readonly tab: LockManager;
  readonly name: string;
  readonly go: () => void;
}

export function createTabLocks(): TabLocks {
  const held = new Map<string, { readonly tab: LockManager; readonly lose: () => void }>();
  let waiting: readonly Waiter[] = [];
  const dead = new Set<LockManager>();

  const next = (name: string) => {
    if (held.has(name)) return;
    const waiter = waiting.find((each) => each.name === name);
    waiting = waiting.filter((each) => each !== waiter);
    waiter?.go();
  };

  const tab = (): LockManager => {
    const own = {
      request: (name: string, options: LockOptions, work: (lock: Lock) => Promise<unknown>) =>
        new Promise((resolve, reject) => {
          const { signal, steal } = options;
          const abortError = () => new DOMException('aborted', 'AbortError');
          const go = () => {
            const holding = { tab: own, lose: () => reject(abortError()) };
            held.set(name, holding);
            const free = () => {
              if (held.get(name) === holding) held.delete(name);
              if (!dead.has(own)) next(name);
            };
            setImmediate(() => void work({ name, mode: 'exclusive' }).then(resolve, reject).finally(free));
          };
          if (signal?.aborted) return reject(abortError());
          if (steal) {
            held.get(name)?.lose();
            return go();
          }
          const waiter = { tab: own, name, go };
          waiting = [...waiting, waiter];
          signal?.addEventListener('abort', () => {
            if (!waiting.includes(waiter)) return;
            waiting = waiting.filter((each) => each !== waiter);
            reject(abortError());
          });
          next(name);
        }),
    } as unknown as LockManager;
    return own;
  };

  return {
    tab,
    kill(gone) {
      dead.add(gone);
      waiting = waiting.filter((each) => each.tab !== gone);
      for (const [name, holding] of held) {
        if (holding.tab !== gone) continue;
        held.delete(name);
        next(name);
      }
    },
  };
}
