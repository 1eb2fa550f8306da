/** Web Locks for a browser that refuses them with all other storage: there is no other tab to share with then, and work just runs. */

/** `undefined` where there are none, on plain http. */
export function lenientLocks(locks: LockManager | undefined): LockManager | undefined {
  if (!locks) return undefined;
  const request = async (name: string, ...rest: readonly unknown[]): Promise<unknown> => {
    const work = rest.at(-1) as LockGrantedCallback<unknown>;
    const options = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    let hasRun = false;
    try {
      return await locks.request(name, options, (lock) => {
        hasRun = true;
        return work(lock);
      });
    } catch (error) {
      if (hasRun || !isRefusal(error)) throw error;
      return work({ name, mode: options.mode ?? 'exclusive' });
    }
  };
  const query = async (): Promise<LockManagerSnapshot> =>
    locks.query().catch((error: unknown) => {
      if (!isRefusal(error)) throw error;
      return { held: [], pending: [] };
    });
  return { request, query };
}

/** “Block all cookies” in Chromium: https://w3c.github.io/web-locks/#dom-lockmanager-request */
function isRefusal(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'SecurityError';
}
