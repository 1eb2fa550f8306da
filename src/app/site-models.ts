/** The models on offer here: the site's own, and of ours what this device may want. */
import { lenientLocks } from './lenient-locks';
import { fetchedHere, loadBuiltin, withBuiltin, type LocalBuiltin, BUILTIN_ID } from './local-builtin';
import { createLadder, type Ladder } from '../engine/ladder';
import { createLoadMarker } from '../engine/load-marker';
import { createLocalModels } from '../engine/local/local-models';
import { threadsHere } from '../engine/local/wllama/threads';
import { createTabs } from '../engine/tabs';
import { CATALOG } from '../kernel/catalog';
import type { Config, ModelCard } from '../kernel/config';
import type { Gpu } from '../kernel/gpu';
import type { KeyValue } from '../kernel/key-value';
import { modelUrlsOf, withMirrors } from '../kernel/model-source';
import type { Request } from '../kernel/network';
import { lockPage } from '../privacy/lock-page';
import { createPassportStore } from '../store/passport-store';
import { browserClock } from '../turn/browser-clock';
import { createWeights } from '../weights/weights';
import { withPassport, type SiteModels } from './device-passport';
import { newId } from './new-id';

export interface SiteModelsOptions {
  readonly baseUrl: URL;
  readonly gpu: Promise<Gpu>;
  readonly request: Request;
  readonly storage: Promise<Readonly<Record<'settings' | 'weights', KeyValue>>>;
  readonly config: Promise<Config>;
  /** The visitor's own, of files that were taken in before. */
  readonly taken: () => Promise<readonly ModelCard[]>;
  readonly chosenId: () => Promise<string | undefined>;
  /** Of the models that one tab runs for all of them. */
  readonly engineName: string;
  /** Ends what it holds open. */
  readonly signal: AbortSignal;
  readonly onChange: () => void;
}

/** Ends once it is known which model answers; nothing is loaded. */
export async function buildModels(options: SiteModelsOptions): Promise<SiteModels> {
  const { gpu, storage, request, signal, onChange } = options;
  const { settings, weights } = await storage;
  const threads = threadsHere();
  return withPassport({
    create: (changed) => buildShared(options, changed),
    store: createPassportStore(settings),
    take: async () => {
      const { takePassport } = await import('../engine/local/passport/take-passport');
      return takePassport({
        gpu: await gpu,
        threads,
        request,
        keyValue: weights,
        signal,
      });
    },
    threads,
    now: browserClock.now,
    onChange,
  });
}

async function buildShared(options: SiteModelsOptions, onChange: () => void): Promise<Ladder> {
  const { engineName: name, signal } = options;
  const builtin = loadBuiltin({ ...options, keyValue: options.storage.then(({ weights }) => weights) }).catch(
    () => undefined,
  );
  // Absent on plain http: there each tab has models of its own.
  const locks = lenientLocks(navigator.locks);
  if (!locks) return fetchedHere(await buildLadder(options, builtin, onChange), builtin);
  const channel = new BroadcastChannel(name);
  signal.addEventListener('abort', () => channel.close());
  const tabs = await createTabs({
    create: (changed) => buildLadder(options, builtin, changed),
    name,
    locks,
    channel,
    newId,
    sight: {
      isSeen: () => document.visibilityState === 'visible',
      subscribe: (listener) => document.addEventListener('visibilitychange', listener, { signal }),
    },
    now: browserClock.now,
    wait: browserClock.wait,
    onChange,
  });
  return fetchedHere(tabs, builtin);
}

/** The models of this tab, standing on what was chosen before. */
async function buildLadder(
  options: SiteModelsOptions,
  findingBuiltin: Promise<LocalBuiltin | undefined>,
  onChange: () => void,
): Promise<Ladder> {
  const { baseUrl, request, signal } = options;
  const gpu = await options.gpu;
  const { weights: keyValue } = await options.storage;
  const builtin = await findingBuiltin;
  const starts = watchStarts(signal);
  const channel = new BroadcastChannel('smallfirst-weights');
  signal.addEventListener('abort', () => channel.close());
  const weights = createWeights({
    keyValue,
    request,
    random: Math.random,
    wait: browserClock.wait,
    now: browserClock.now,
    locks: lenientLocks(navigator.locks),
    channel,
  });
  // One whose file is gone cannot be had again.
  const known = await options.taken().catch(() => []);
  const here = await Promise.all(known.map(({ url }) => weights.has(url).catch(() => false)));
  const taken = known.filter((_card, at) => here[at]);
  const models = createLocalModels({
    gpu,
    cards: [...withBuiltin(await cardsOf(await options.config, gpu), builtin), ...taken],
    builtin,
    isPersistent: keyValue.isPersistent,
    weights,
    baseUrl,
    now: browserClock.now,
    request,
    onStart: starts.onStart,
    onChange,
  });
  const ladder = createLadder({ models, now: browserClock.now, marker: starts.marker, onChange });
  await ladder.restore((await options.chosenId()) ?? (builtin?.isPreferred ? BUILTIN_ID : undefined));
  return ladder;
}

/** Marks the starts of models, but for those that are under way when the page is left, or out of sight. */
function watchStarts(signal: AbortSignal) {
  const marker = createLoadMarker(() => localStorage);
  const starting = new Set<string>();
  const leave = () => starting.forEach(marker.end);
  addEventListener('pagehide', leave, { signal });
  // A phone ends pages in the background for reasons of its own.
  const look = () => (document.visibilityState === 'hidden' ? leave() : starting.forEach(marker.begin));
  document.addEventListener('visibilitychange', look, { signal });
  const onStart = (id: string, isUnderWay: boolean) => {
    if (isUnderWay) starting.add(id);
    else starting.delete(id);
    if (isUnderWay) marker.begin(id);
    else marker.end(id);
  };
  return { marker, onStart };
}

/** Has the browser itself refuse whatever is no file of this page or of a model: see `privacy/lock-page`. */
export async function lockToModels(baseUrl: URL, gpu: Gpu, config: Config): Promise<void> {
  lockPage(document.head, baseUrl, (await cardsOf(config, gpu)).flatMap(modelUrlsOf));
}

async function cardsOf({ models: own, mirrors = [] }: Config, gpu: Gpu): Promise<ModelCard[]> {
  const forGpu = gpu.kind === 'gpu' ? (await import('../kernel/gpu-catalog')).GPU_CATALOG : [];
  const ours = [...CATALOG.slice(0, 1), ...forGpu, ...CATALOG.slice(1)];
  return [...own, ...ours.filter(({ id }) => !own.some((card) => card.id === id))].map((card) =>
    withMirrors(card, mirrors),
  );
}
