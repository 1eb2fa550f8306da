/** What the visitor chose, and the last config seen, so that an offline start knows both. */
import { parseConfig, type Config } from '../kernel/config';
import type { KeyValue } from '../kernel/key-value';

export interface Settings {
  chosenModelId(): Promise<string | undefined>;
  chooseModel(id: string): Promise<void>;
  lastConfig(): Promise<Config | undefined>;
  keepConfig(config: Config): Promise<void>;
}

export function createSettings(keyValue: KeyValue): Settings {
  return {
    chosenModelId: () => keyValue.get<string>('chosen-model'),
    chooseModel: (id) => keyValue.set('chosen-model', id),
    async lastConfig() {
      const result = parseConfig(await keyValue.get('config'));
      return result.ok ? result.config : undefined;
    },
    keepConfig: (config) => keyValue.set('config', config),
  };
}
