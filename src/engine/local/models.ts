/** The models on offer: which one answers, and how each gets onto the device and off it. */
import type { ModelOffer, ModelsState, ModelState } from '../../kernel/app-state';
import type { ModelCard } from '../../kernel/config';
import type { LocalEngine } from '../../kernel/engine';
import { Fault, faultOf, faultRecordOf } from '../../kernel/fault';
import type { Weights } from '../../weights/weights';
import { createRate } from './rate';

/** A model from the page's own site and not above this is fetched without asking. */
const BUNDLED_BYTES = 16 * 1024 * 1024;

export interface ModelsDeps {
  readonly cards: readonly ModelCard[];
  readonly weights: Weights;
  /** The page's address; model URLs are relative to it. */
  readonly baseUrl: URL;
  readonly now: () => number;
  readonly createEngine: (card: ModelCard, openFile: OpenFile) => LocalEngine;
  readonly onChange: () => void;
}

export type OpenFile = (
  signal: AbortSignal,
  onProgress: (doneBytes: number, totalBytes: number) => void,
) => Promise<Blob>;

export interface Models {
  readonly state: ModelsState;
  /** The chosen model and its engine; `hasVerdict`: it says itself, with a hidden token, whether it can answer. Faults: `no_model`. */
  chosen(): { engine: LocalEngine; modelName: string; hasVerdict: boolean };
  /** The engine of a model that was trained for background work of that name; loaded when it is asked. */
  forTask(task: 'title'): LocalEngine | undefined;
  /**
   * Loads `id` and makes it the one that answers. One that is ready answers until then, and finishes what it began;
   * after that its memory is given back. Never rejects: see `state`.
   */
  choose(id: string): Promise<void>;
  /** Loads the chosen model ahead of the first question. */
  preload(): void;
  /** Takes up a choice from an earlier visit; where there is none or it is gone, the first bundled model. Loads nothing. */
  restore(id: string | undefined): Promise<void>;
  cancel(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function createModels(deps: ModelsDeps): Models {
  const { weights, onChange } = deps;
  const entries = new Map(deps.cards.map((card) => [card.id, createEntry(card, deps)]));
  /** Answers now. */
  let chosenId: string | undefined;
  /** Is to answer once it is ready; mostly the same. */
  let wantedId: string | undefined;

  const set = (entry: Entry, state: ModelState) => {
    entry.state = state;
    onChange();
  };

  const load = async (entry: Entry) => {
    const { card, engine } = entry;
    const rate = createRate();
    try {
      await engine.load({
        onProgress: (progress) => {
          if (progress.step === 'start') return set(entry, { kind: 'starting' });
          const { doneBytes, totalBytes } = progress;
          const bytesPerSecond = rate(doneBytes, deps.now());
          const known = bytesPerSecond === undefined ? {} : { bytesPerSecond };
          set(entry, { kind: 'fetching', doneBytes, totalBytes, ...known });
        },
      });
      set(entry, { kind: 'ready' });
    } catch (error) {
      const fault = faultOf(error, 'engine_load');
      const isKept = await weights.has(entry.url).catch(() => false);
      if (fault.code === 'cancelled') set(entry, { kind: isKept ? 'kept' : 'absent' });
      else
        set(entry, {
          kind: 'failed',
          fault: faultRecordOf(new Fault(fault.code, fault.detail ?? card.name)),
        });
    }
  };

  /** Gives a model's memory back, unless a request still needs it: then its end does. */
  const putAway = async (entry: Entry) => {
    if (entry.requestCount > 0) return;
    await entry.engine.unload();
    const isKept = await weights.has(entry.url).catch(() => false);
    // By now it may be the one again.
    if (entry.card.id !== chosenId && entry.card.id !== wantedId)
      set(entry, { kind: isKept ? 'kept' : 'absent' });
  };

  const choose = async (id: string) => {
    const entry = entries.get(id);
    if (!entry) return;
    const answering = entryOf(chosenId);
    const superseded = entryOf(wantedId);
    wantedId = id;
    // One that can answer goes on until the new one can; one that cannot is of no use to wait for.
    if (answering?.state.kind !== 'ready') chosenId = id;
    for (const old of new Set([answering, superseded])) {
      if (old && old !== entry && old.card.id !== chosenId) await putAway(old);
    }
    onChange();
    if (wantedId !== id) return;
    await load(entry);
    if (wantedId !== id) return;
    if (entry.state.kind !== 'ready') wantedId = chosenId;
    if (chosenId === wantedId) return;
    chosenId = id;
    onChange();
    if (answering) await putAway(answering);
  };

  /** A model that a person cancelled or removed is not fetched again because a question comes: a bundled one answers. */
  const giveUp = (id: string) => {
    if (id !== chosenId || entryOf(id)?.isBundled) return;
    chosenId = wantedId = [...entries.values()].find((entry) => entry.isBundled)?.card.id;
    onChange();
  };

  const entryOf = (id: string | undefined) => (id === undefined ? undefined : entries.get(id));

  /** The engine; its loading for a question shows like any other loading, and it stays while it is needed. */
  const watched = (entry: Entry): LocalEngine => ({
    ...entry.engine,
    async load(options) {
      entry.requestCount++;
      try {
        // Also where it was ready: its worker may have died since.
        void load(entry);
        await entry.engine.load(options);
      } finally {
        entry.requestCount--;
      }
    },
    async *generate(prompt, options) {
      entry.requestCount++;
      try {
        if (entry.state.kind !== 'ready') void load(entry);
        yield* entry.engine.generate(prompt, options);
      } finally {
        entry.requestCount--;
        if (entry.card.id !== chosenId && entry.card.id !== wantedId) void putAway(entry);
      }
    },
  });

  return {
    get state() {
      return { offers: [...entries.values()].map(offerOf), chosenId };
    },
    chosen() {
      const entry = entryOf(chosenId);
      if (!entry) throw new Fault('no_model');
      const { name, handOverToken } = entry.card;
      return { engine: watched(entry), modelName: name, hasVerdict: handOverToken !== undefined };
    },
    forTask(task) {
      const entry = [...entries.values()].find(({ card }) => card.tasks?.includes(task));
      return entry && watched(entry);
    },
    choose,
    preload() {
      const entry = entryOf(chosenId);
      if (entry) void load(entry);
    },
    async restore(id) {
      for (const entry of entries.values()) {
        if (await weights.has(entry.url).catch(() => false)) entry.state = { kind: 'kept' };
      }
      const wanted = id === undefined ? undefined : entries.get(id);
      const usable = wanted && (wanted.isBundled || wanted.state.kind === 'kept') ? wanted : undefined;
      const first = usable ?? [...entries.values()].find((entry) => entry.isBundled);
      chosenId = wantedId = first?.card.id;
      onChange();
    },
    async cancel(id) {
      await entries.get(id)?.engine.unload();
      giveUp(id);
    },
    async remove(id) {
      const entry = entries.get(id);
      if (!entry) return;
      await entry.engine.unload();
      await weights.remove(entry.url);
      set(entry, { kind: 'absent' });
      giveUp(id);
    },
  };
}

interface Entry {
  readonly card: ModelCard;
  readonly url: string;
  readonly isBundled: boolean;
  readonly engine: LocalEngine;
  /** How many are being answered by it or wait for it. */
  requestCount: number;
  state: ModelState;
}

function createEntry(card: ModelCard, { weights, baseUrl, createEngine }: ModelsDeps): Entry {
  const url = new URL(card.url, baseUrl).href;
  const openFile: OpenFile = (signal, onProgress) =>
    weights.open(url, card.sizeBytes, { signal, onProgress });
  return {
    card,
    url,
    isBundled: new URL(url).origin === baseUrl.origin && card.sizeBytes <= BUNDLED_BYTES,
    engine: createEngine(card, openFile),
    requestCount: 0,
    state: { kind: 'absent' },
  };
}

function offerOf({ card, state, isBundled }: Entry): ModelOffer {
  return { card, state, isBundled };
}
