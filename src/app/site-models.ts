/** The models on offer here: the site's own, and of ours what this device may want. */
import { createLocalModels } from '../engine/local/local-models';
import type { Models } from '../engine/local/models';
import { CATALOG } from '../kernel/catalog';
import type { ModelCard } from '../kernel/config';
import type { Gpu } from '../kernel/gpu';
import type { KeyValue } from '../kernel/key-value';
import { modelUrlsOf } from '../kernel/model-source';
import type { Request } from '../kernel/network';
import { lockPage } from '../privacy/lock-page';
import { browserClock } from '../turn/browser-clock';
import { createWeights } from '../weights/weights';

export interface SiteModelsOptions {
  readonly baseUrl: URL;
  readonly gpu: Promise<Gpu>;
  readonly request: Request;
  /** Where model files are kept. */
  readonly keyValue: Promise<KeyValue>;
  /** Of the site's config. */
  readonly own: Promise<readonly ModelCard[]>;
  readonly chosenId: () => Promise<string | undefined>;
  readonly onChange: () => void;
}

/** Ends once it is known which model answers; nothing is loaded. */
export async function buildModels(options: SiteModelsOptions): Promise<Models> {
  const { baseUrl, request, onChange } = options;
  const gpu = await options.gpu;
  const models = createLocalModels({
    gpu,
    cards: cardsOf(await options.own, gpu.kind === 'gpu' ? await gpuCatalog() : []),
    weights: createWeights({
      keyValue: await options.keyValue,
      request,
      random: Math.random,
      wait: browserClock.wait,
      now: browserClock.now,
      locks: navigator.locks,
      channel: new BroadcastChannel('smallfirst-weights'),
    }),
    baseUrl,
    now: browserClock.now,
    request,
    onChange,
  });
  await models.restore(await options.chosenId());
  return models;
}

/** Has the browser itself refuse whatever is no file of this page or of a model: see `privacy/lock-page`. */
export async function lockToModels(baseUrl: URL, gpu: Gpu, own: readonly ModelCard[]): Promise<void> {
  const cards = cardsOf(own, gpu.kind === 'gpu' ? await gpuCatalog() : []);
  lockPage(document.head, baseUrl, cards.flatMap(modelUrlsOf));
}

function cardsOf(own: readonly ModelCard[], forGpu: readonly ModelCard[]): ModelCard[] {
  const ours = [...CATALOG.slice(0, 1), ...forGpu, ...CATALOG.slice(1)];
  return [...own, ...ours.filter(({ id }) => !own.some((card) => card.id === id))];
}

async function gpuCatalog(): Promise<readonly ModelCard[]> {
  return (await import('../kernel/gpu-catalog')).GPU_CATALOG;
}
