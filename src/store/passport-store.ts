/** What was measured of this device and of the network, and how long the cloud took last. */
import type { KeyValue } from '../kernel/key-value';
import type { NetworkRates, Passport } from '../kernel/passport';

export interface DeviceRecord {
  readonly passport?: Passport;
  readonly rates: NetworkRates;
  /** Of the last answer from the cloud. */
  readonly cloudMs?: number;
}

export interface PassportStore {
  read(): Promise<DeviceRecord>;
  write(record: DeviceRecord): Promise<void>;
}

/** Another shape of the record has another name. */
const KEY = 'passport-1';

export function createPassportStore(keyValue: KeyValue): PassportStore {
  return {
    read: async () => (await keyValue.get<DeviceRecord>(KEY)) ?? { rates: {} },
    write: (record) => keyValue.set(KEY, record),
  };
}
