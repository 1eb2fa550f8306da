/** The models on offer here: the site's own, and of ours what this device may want. */
import { createLadder, type Ladder } from '../engine/ladder';
import { createLoadMarker } from '../engine/load-marker';
import { createLocalModels } from '../engine/local/local-models';
import { createTabs } from '../engine/tabs';
import { CATALOG } from '../kernel/catalog';
import type { ModelCard } from '../kernel/config';
import type { Gpu } from '../kernel/gpu';
import type { KeyValue } from '../kernel/key-value';
import { modelUrlsOf } from '../kernel/model-source';
import type { Request } from '../kernel/network';
import { lockPage } from '../privacy/lock-page';
import { browserClock } from '../turn/browser-clock';
import { createWeights } from '../weights/weights';
import { newId } from './new-id';

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

/** Ends once it is known which model answers; nothing is loaded. One tab runs the models for all of them. */
export async function buildModels(options: SiteModelsOptions): Promise<Ladder> {
  const { onChange } = options;
  // Absent on plain http: there each tab has models of its own.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return buildLadder(options, onChange);
  return createTabs({
    create: (changed) => buildLadder(options, changed),
    locks,
    channel: new BroadcastChannel('smallfirst-engine'),
    newId,
    sight: {
      isSeen: () => document.visibilityState === 'visible',
      subscribe: (listener) => document.addEventListener('visibilitychange', listener),
    },
    now: browserClock.now,
    wait: browserClock.wait,
    onChange,
  });
}

/** The models of this tab, standing on what was chosen before. */
async function buildLadder(options: SiteModelsOptions, onChange: () => void): Promise<Ladder> {
  const { baseUrl, request } = options;
  const gpu = await options.gpu;
  const starts = watchStarts();
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
    onStart: starts.onStart,
    onChange,
  });
  const ladder = createLadder({ models, now: browserClock.now, marker: starts.marker, onChange });
  await ladder.restore(await options.chosenId());
  return ladder;
}

/** Marks the starts of models, but for those that are under way when the page is left, or out of sight. */
function watchStarts() {
  const marker = createLoadMarker(() => localStorage);
  const starting = new Set<string>();
  const leave = () => starting.forEach(marker.end);
  addEventListener('pagehide', leave);
  // A phone ends pages in the background for reasons of its own.
  document.addEventListener('visibilitychange', () =>
    document.visibilityState === 'hidden' ? leave() : starting.forEach(marker.begin),
  );
  const onStart = (id: string, isUnderWay: boolean) => {
    if (isUnderWay) starting.add(id);
    else starting.delete(id);
    if (isUnderWay) marker.begin(id);
    else marker.end(id);
  };
  return { marker, onStart };
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
