/** Tells listeners that something changed: once a task, however often it did. */
export interface Teller {
  readonly changed: () => void;
  /** Returns what ends it. */
  readonly subscribe: (listener: () => void) => () => void;
}

/** `afterwards` runs once the listeners were told. */
export function createTeller(afterwards: () => void): Teller {
  const listeners = new Set<() => void>();
  let isTold = false;
  return {
    changed() {
      if (isTold) return;
      isTold = true;
      queueMicrotask(() => {
        isTold = false;
        listeners.forEach((listener) => listener());
        afterwards();
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
