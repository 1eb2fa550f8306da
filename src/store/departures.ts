/** Keeps the list of what left this device, on this device. */
import type { DepartureRecord } from '../kernel/departure';
import type { KeyValue } from '../kernel/key-value';

const PREFIX = 'departure:';

export interface DepartureStore {
  add(record: DepartureRecord): Promise<void>;
  /** The newest first. */
  list(): Promise<DepartureRecord[]>;
  clear(): Promise<void>;
}

export function createDepartureStore(keyValue: KeyValue): DepartureStore {
  return {
    // By time, so that they come back in order.
    add: (record) => keyValue.set(`${PREFIX}${new Date(record.at).toISOString()}:${record.id}`, record),
    list: async () => (await keyValue.list<DepartureRecord>(PREFIX)).toReversed(),
    clear: async () => keyValue.remove(await keyValue.keys(PREFIX)),
  };
}
