/** What a person can do with the models: choose, stop, remove, take one's own, give away. */
import type { AppActions } from '../kernel/app-state';
import type { Settings } from '../store/settings';
import type { SiteModels } from './device-passport';
import { askToPersist, forgetModel, takeModel } from './kept-models';

export interface ModelActionsOptions {
  readonly models: () => Promise<SiteModels>;
  /** Once there are models; a failure is told elsewhere. */
  readonly withModels: (work: (models: SiteModels) => Promise<void>) => void;
  readonly settings: Promise<Settings>;
}

export function createModelActions({
  models,
  withModels,
  settings,
}: ModelActionsOptions): Pick<
  AppActions,
  | 'chooseModel'
  | 'cancelModel'
  | 'removeModel'
  | 'importModel'
  | 'addModel'
  | 'exportModel'
  | 'readModels'
  | 'measureDevice'
> {
  return {
    chooseModel: (id) =>
      withModels(async (built) => {
        await (await settings).chooseModel(id).catch(() => undefined);
        // Asked for when there is something that a person would not like to fetch again.
        if (built.isFetched(id)) askToPersist();
        await built.choose(id);
      }),
    cancelModel: (id) => withModels((built) => built.cancel(id)),
    removeModel: (id) =>
      withModels(async (built) => {
        await built.remove(id);
        await forgetModel(await settings, id);
      }),
    importModel: (id, content) =>
      withModels(async (built) => {
        askToPersist();
        await (await settings).chooseModel(id).catch(() => undefined);
        await built.put(id, content);
      }),
    addModel: (name, content) =>
      withModels(async (built) => {
        askToPersist();
        await takeModel(built, await settings, name, content);
      }),
    exportModel: async (id) => (await models()).file(id),
    readModels: () => withModels(async () => undefined),
    measureDevice: (isAnew) => withModels((built) => built.measureDevice(isAnew)),
  };
}
