/** What the visitor chose, and the last config seen, so that an offline start knows both. */
import { parseConfig, type Config, type ModelCard } from '../kernel/config';
import { PRIVACY_CHOICES, type PrivacyChoice } from '../kernel/departure';
import { escalationOf, type Escalation } from '../kernel/wire';
import type { KeyValue } from '../kernel/key-value';

export interface Settings {
  chosenModelId(): Promise<string | undefined>;
  chooseModel(id: string): Promise<void>;
  /** A model that was fetched and has answered here: should it be gone, the browser took it away. */
  fetchedModelId(): Promise<string | undefined>;
  setFetchedModel(id: string | undefined): Promise<void>;
  /** Models that the visitor took from files. */
  takenModels(): Promise<readonly ModelCard[]>;
  setTakenModels(cards: readonly ModelCard[]): Promise<void>;
  lastConfig(): Promise<Config | undefined>;
  keepConfig(config: Config): Promise<void>;
  lastEscalation(): Promise<Escalation>;
  keepEscalation(escalation: Escalation): Promise<void>;
  /** From 0, save, to 1, best; undefined where nobody moved it. */
  dial(): Promise<number | undefined>;
  setDial(dial: number): Promise<void>;
  /** What may leave this device; undefined where nobody chose. */
  privacy(): Promise<PrivacyChoice | undefined>;
  setPrivacy(choice: PrivacyChoice): Promise<void>;
  /** Whether somebody said not to be told of answers. */
  hasDeclinedNotices(): Promise<boolean>;
  declineNotices(): Promise<void>;
  /** Names that somebody ticked, so as not to send them. */
  hiddenNames(): Promise<readonly string[]>;
  hideNames(names: readonly string[]): Promise<void>;
}

export function createSettings(keyValue: KeyValue): Settings {
  return {
    chosenModelId: () => keyValue.get<string>('chosen-model'),
    chooseModel: (id) => keyValue.set('chosen-model', id),
    fetchedModelId: () => keyValue.get<string>('fetched-model'),
    setFetchedModel: (id) => keyValue.set('fetched-model', id),
    takenModels: async () => (await keyValue.get<readonly ModelCard[]>('taken-models')) ?? [],
    setTakenModels: (cards) => keyValue.set('taken-models', cards),
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
    async privacy() {
      const choice = await keyValue.get<PrivacyChoice>('privacy');
      return choice && PRIVACY_CHOICES.includes(choice) ? choice : undefined;
    },
    setPrivacy: (choice) => keyValue.set('privacy', choice),
    hasDeclinedNotices: async () => (await keyValue.get<boolean>('no-notices')) === true,
    declineNotices: () => keyValue.set('no-notices', true),
    hiddenNames: async () => (await keyValue.get<readonly string[]>('hidden-names')) ?? [],
    hideNames: (names) => keyValue.set('hidden-names', names),
  };
}
