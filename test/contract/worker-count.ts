/** Counts the dedicated workers of a page, by standing before the constructor. */

/** `live` is how many were made and not terminated since. */
export function countWorkers(): { readonly live: number } {
  const Native = globalThis.Worker;
  const alive = new Set<Worker>();
  globalThis.Worker = class extends Native {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      alive.add(this);
    }
    override terminate(): void {
      alive.delete(this);
      super.terminate();
    }
  };
  return {
    get live() {
      return alive.size;
    },
  };
}
