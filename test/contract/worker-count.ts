/** Counts the dedicated workers of a page, by standing before the constructor. */

/**
 * `live` is how many were made and not terminated since; `hang` keeps every message from those that live now, as from
 * workers that are stuck in a step.
 */
export function countWorkers(): { readonly live: number; hang(): void } {
  const Native = globalThis.Worker;
  const alive = new Set<Worker>();
  const stuck = new WeakSet<Worker>();
  globalThis.Worker = class extends Native {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      alive.add(this);
    }
    override postMessage(...args: unknown[]): void {
      if (!stuck.has(this)) Reflect.apply(Native.prototype.postMessage, this, args);
    }
    override terminate(): void {
      alive.delete(this);
      super.terminate();
    }
  };
  return {
    hang: () => alive.forEach((worker) => stuck.add(worker)),
    get live() {
      return alive.size;
    },
  };
}
