/** A persistent map, as rooms are handed it: they need not know whether it is IndexedDB or memory. */

export interface KeyValue {
  /** False where nothing outlives the tab (a private window, blocked storage). */
  readonly isPersistent: boolean;
  get<T>(key: string): Promise<T | undefined>;
  /** All values whose key starts with `prefix`, in key order. */
  list<T>(prefix: string): Promise<T[]>;
  keys(prefix: string): Promise<string[]>;
  /**
   * Reads `keys` and writes what `change` makes of their values, in one transaction: nobody else's write falls between.
   * Faults: `quota` where it does not fit, `storage_failed`.
   */
  update<T>(
    keys: readonly string[],
    change: (values: readonly (T | undefined)[]) => readonly (readonly [key: string, value: unknown])[],
  ): Promise<void>;
  set(key: string, value: unknown): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}
