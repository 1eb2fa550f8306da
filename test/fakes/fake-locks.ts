/** A LockManager of one page: grants at once, lists what is held, and can lose its holder as a tab that dies does. */

export interface FakeLocks extends LockManager {
  /** A lock that is held elsewhere until it is let go of. */
  hold(name: string): void;
  release(name: string): void;
}

export function createFakeLocks(): FakeLocks {
  const held = new Set<string>();
  const request = async (
    name: string,
    ...rest: readonly [...options: LockOptions[], work: (lock: Lock | null) => unknown]
  ): Promise<unknown> => {
    const work = rest.at(-1) as (lock: Lock | null) => unknown;
    if (rest.length > 1 && (rest[0] as LockOptions).ifAvailable && held.has(name)) return work(null);
    held.add(name);
    try {
      return await work({ name, mode: 'exclusive' });
    } finally {
      held.delete(name);
    }
  };
  return {
    request,
    query: async () => ({ held: [...held].map((name) => ({ name, mode: 'exclusive' })), pending: [] }),
    hold: (name) => void held.add(name),
    release: (name) => void held.delete(name),
  };
}
