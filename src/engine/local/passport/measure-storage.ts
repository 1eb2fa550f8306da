/** How fast the browser writes where model files are kept. */
import type { KeyValue } from '../../../kernel/key-value';

const PART_BYTES = 8 * 2 ** 20;
const PARTS = 2;
const KEY = 'passport:';

/** Bytes a second; undefined where nothing is kept, or it does not fit. Leaves nothing behind. */
export async function measureWrite(keyValue: KeyValue, now: () => number): Promise<number | undefined> {
  if (!keyValue.isPersistent) return undefined;
  const keys = Array.from({ length: PARTS }, (_, at) => `${KEY}${at}`);
  // Made up, so that no file system writes less of it.
  const part = new Uint32Array(PART_BYTES / 4);
  for (let at = 0, state = 1; at < part.length; at++)
    part[at] = state = Math.imul(state, 1_664_525) + 1_013_904_223;
  const content = new Blob([part]);
  try {
    const startedAt = now();
    for (const key of keys) await keyValue.set(key, content);
    return (PARTS * PART_BYTES * 1_000) / Math.max(1, now() - startedAt);
  } catch {
    return undefined;
  } finally {
    await keyValue.remove(keys).catch(() => undefined);
  }
}
