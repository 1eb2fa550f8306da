/** What is remembered of models that were fetched or taken from a file: to list them again, and to know when the browser took one away. */
import type { Models } from '../engine/local/models';
import { takenCardOf } from '../kernel/taken-model';
import { openStorage, type StorageOptions } from '../store/open-storage';
import { createSettings, type Settings } from '../store/settings';
import type { Guest } from './guest';

/** The settings that say which model answers; a guest on a page beside the app goes by the app's. */
export async function openModelSettings(
  guest: Guest | undefined,
  own: Promise<Settings>,
  options: Omit<StorageOptions, 'name'>,
): Promise<Settings> {
  if (!guest || guest.engineStorageName === guest.storageName) return own;
  return createSettings((await openStorage({ ...options, name: guest.engineStorageName })).settings);
}

/** When there is something that a person would not like to fetch again. */
export function askToPersist(): void {
  void navigator.storage?.persist?.().catch(() => false);
}

/** Takes a file in that no list names. One that is no model is not listed at the next visit: of it nothing is kept. */
export async function takeModel(
  models: Models,
  settings: Settings,
  fileName: string,
  content: Blob,
): Promise<void> {
  const card = takenCardOf(fileName, content.size);
  await settings.chooseModel(card.id);
  await models.put(card.id, content, card);
  const offer = models.state.offers.find(({ card: { id } }) => id === card.id);
  if (offer?.state.kind !== 'failed')
    await settings.setTakenModels([...(await others(settings, card.id)), card]);
}

/** Removed by a person: it is neither listed again nor missed. */
export async function forgetModel(settings: Settings, id: string): Promise<void> {
  if ((await settings.fetchedModelId()) === id) await settings.setFetchedModel(undefined);
  await settings.setTakenModels(await others(settings, id));
}

/** Whether the fetched model that answered last is gone from the store; said once. */
export async function isEvicted(models: Models, settings: Settings): Promise<boolean> {
  const id = await settings.fetchedModelId().catch(() => undefined);
  const offer = models.state.offers.find(({ card }) => card.id === id);
  if (!offer || !['absent', 'paused'].includes(offer.state.kind)) return false;
  await settings.setFetchedModel(undefined);
  return true;
}

/** A model that answered and is then gone was taken away by the browser. */
export async function rememberFetched(
  models: Models | undefined,
  settings: Promise<Settings>,
): Promise<void> {
  const id = models?.state.chosenId;
  if (id !== undefined && models?.isFetched(id)) await (await settings).setFetchedModel(id);
}

async function others(settings: Settings, id: string) {
  return (await settings.takenModels()).filter((card) => card.id !== id);
}
