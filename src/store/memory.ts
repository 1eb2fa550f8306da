/** The key-value map of a tab that may keep nothing: it lasts as long as the tab. */
import type { KeyValue } from '../kernel/key-value';

export function createMemoryKeyValue(): KeyValue {
  const map = new Map<string, unknown>();
  const matching = (prefix: string) => [...map.keys()].filter((key) => key.startsWith(prefix)).sort();
  // Values are cloned on the way in, as IndexedDB does: a later change of the original is no change here.
  return {
    isPersistent: false,
    get: async <T>(key: string) => map.get(key) as T | undefined,
    list: async <T>(prefix: string) => matching(prefix).map((key) => map.get(key) as T),
    keys: async (prefix) => matching(prefix),
    set: async (key, value) => void map.set(key, structuredClone(value)),
    remove: async (keys) => keys.forEach((key) => map.delete(key)),
    update: async <T>(
      keys: readonly string[],
      change: (values: readonly (T | undefined)[]) => readonly (readonly [string, unknown])[],
    ) => {
      const entries = structuredClone(change(keys.map((key) => map.get(key) as T | undefined)));
      for (const [key, value] of entries) map.set(key, value);
    },
  };
}
