/** A LockManager of one page: grants at once, lists what is held, and can lose its holder as a tab that dies does. */

export interface FakeLocks extends LockManager {
  /** A lock that is held elsewhere until it is let go of. */
  hold(name: string): void;
  release(name: string): void;
}

export function createFakeLocks(): FakeLocks {
  const held = new Set<string>();
  const request = async (name: string, work: (lock: Lock) => unknown): Promise<unknown> => {
    held.add(name);
    try {
      return await work({ name, mode: 'exclusive' });
    } finally {
      held.delete(name);
    }
  };
  return {
    request: request as LockManager['request'],
    query: async () => ({ held: [...held].map((name) => ({ name, mode: 'exclusive' })), pending: [] }),
    hold: (name) => void held.add(name),
    release: (name) => void held.delete(name),
  };
}
