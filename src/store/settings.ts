/** What the visitor chose, and the last config seen, so that an offline start knows both. */
import { parseConfig, type Config } from '../kernel/config';
import { escalationOf, type Escalation } from '../kernel/wire';
import type { KeyValue } from '../kernel/key-value';

export interface Settings {
  chosenModelId(): Promise<string | undefined>;
  chooseModel(id: string): Promise<void>;
  lastConfig(): Promise<Config | undefined>;
  keepConfig(config: Config): Promise<void>;
  lastEscalation(): Promise<Escalation>;
  keepEscalation(escalation: Escalation): Promise<void>;
  /** From 0, save, to 1, best; undefined where nobody moved it. */
  dial(): Promise<number | undefined>;
  setDial(dial: number): Promise<void>;
  /** Whether somebody agreed that all that follows may go to the cloud. */
  isConsentAlways(): Promise<boolean>;
  setConsentAlways(isAlways: boolean): Promise<void>;
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
    lastEscalation: async () => escalationOf({ escalation: await keyValue.get('escalation') }),
    keepEscalation: (escalation) => keyValue.set('escalation', escalation),
    async dial() {
      const dial = await keyValue.get<number>('dial');
      return typeof dial === 'number' && dial >= 0 && dial <= 1 ? dial : undefined;
    },
    setDial: (dial) => keyValue.set('dial', dial),
    isConsentAlways: async () => (await keyValue.get('consent')) === 'always',
    setConsentAlways: (isAlways) => keyValue.set('consent', isAlways ? 'always' : 'ask'),
  };
}
