/** What an app is told that is a guest on a page of somebody else's. */
import type { Config } from '../kernel/config';
import type { Escalation } from '../kernel/wire';
import type { InferenceMode } from '../kernel/inference-mode';

/** The app's own storage, on its own page. */
export const APP_STORAGE = 'smallfirst';

export interface AppOptions {
  /** Where the app's own files are. */
  readonly baseUrl: URL;
  /** Where it is a guest on a page of somebody else's. */
  readonly guest?: Guest;
}

export interface Guest {
  /** Whose config is read, and whose large model is asked. */
  readonly serverUrl: URL;
  /** Of what is kept in the storage of that page's site. */
  readonly storageName: string;
  /** Of the storage that says which model answers: on a page of our own server that of the app. */
  readonly engineStorageName: string;
  readonly mode: InferenceMode;
  /** The model that the site suggests; it answers only where it is here already. */
  readonly modelId: string | undefined;
}

/** The site's own models lie where its server says, and that need not be where the app's files are. */
export function withAbsoluteUrls(config: Config, serverUrl: URL): Config {
  const models = config.models.map((card) => ({ ...card, url: new URL(card.url, serverUrl).href }));
  return { ...config, models };
}

/** Who asks for an answer later comes back for it to a page of ours. */
export function withoutLater<Read extends { readonly escalation: Escalation }>(read: Read): Read {
  return read.escalation ? { ...read, escalation: { ...read.escalation, later: false } } : read;
}

/** A guest costs its host's visitors nothing before they write; then it loads its model, once, where that is to answer. */
export function createWarmUp(mode: () => InferenceMode, preload: () => void): () => void {
  let isWarm = false;
  return () => {
    if (isWarm || mode() === 'prefer_in_cloud' || mode() === 'only_in_cloud') return;
    isWarm = true;
    preload();
  };
}
