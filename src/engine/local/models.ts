/** The models on offer: which one answers, and how each gets onto the device and off it. */
import type { ModelsState, ModelState } from '../../kernel/app-state';
import type { ModelCard } from '../../kernel/config';
import type { LocalEngine } from '../../kernel/engine';
import { Fault, faultOf, faultRecordOf } from '../../kernel/fault';
import type { Gpu } from '../../kernel/gpu';
import { isTakenUrl } from '../../kernel/taken-model';
import type { Task } from '../../kernel/task';
import { createRate } from './rate';
import { createEntry, offerOf, type Entry } from './model-entry';
import { NOTHING, type ModelFiles } from './model-files';

export interface ModelsDeps {
  readonly cards: readonly ModelCard[];
  /** The page's address; model URLs are relative to it. */
  readonly baseUrl: URL;
  readonly now: () => number;
  readonly gpu?: Gpu;
  /** False where what is fetched goes with the tab. */
  readonly isPersistent?: boolean;
  /** Why this device cannot run a model. */
  readonly refusalOf?: (card: ModelCard) => Fault | undefined;
  readonly createFiles: (card: ModelCard, url: string) => ModelFiles;
  readonly createEngine: (card: ModelCard, files: ModelFiles) => LocalEngine;
  /** Told when a model that is not bundled begins to start, which is when a tab may be killed, and when that is over. */
  readonly onStart?: (id: string, isUnderWay: boolean) => void;
  readonly onChange: () => void;
}

export interface Chosen {
  readonly id: string;
  readonly engine: LocalEngine;
  readonly modelName: string;
  readonly hasVerdict: boolean;
}

export interface Models {
  readonly state: ModelsState;
  /** The chosen model and its engine; `hasVerdict`: it says itself, with a hidden token, whether it can answer. Faults: `no_model`. */
  chosen(): Chosen;
  /** The engine of a model that was trained for background work of that name, where one is ready: nothing is fetched or loaded for it. */
  forTask(task: Task): LocalEngine | undefined;
  /**
   * Loads `id` and makes it the one that answers. One that is ready answers until then, and finishes what it began;
   * after that its memory is given back. Never rejects: see `state`.
   */
  choose(id: string): Promise<void>;
  /** Loads the chosen model ahead of the first question. Never rejects: see `state`. */
  preload(): Promise<void>;
  /** Starts a model anew, in a new worker where the old one is still there; with another context where one is given. Never rejects. */
  restart(id: string, contextTokens?: number): Promise<void>;
  /** Takes up a choice from an earlier visit; where there is none or it is gone, the first bundled model. Loads nothing. */
  restore(id: string | undefined): Promise<void>;
  /** Stops its fetch or its start. What came is kept, and taken up again when it is chosen. */
  cancel(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Frees what all of them hold of memory. */
  unload(): Promise<void>;
  /** Whether it is a model that is fetched only where a person asks for it. */
  isFetched(id: string): boolean;
  /** Goes on with what stopped because there was no network. */
  resume(): Promise<void>;
  /**
   * Takes a file that the person has in place of fetching it, and makes the model the one that answers. `card`: of a model that no list
   * names; it is offered then, until it is removed.
   */
  put(id: string, content: Blob, card?: ModelCard): Promise<void>;
  /** A model that is here whole as one file, for the person to keep elsewhere. */
  file(id: string): Promise<Blob | undefined>;
}

export function createModels(deps: ModelsDeps): Models {
  const { onChange } = deps;
  const entries = new Map(deps.cards.map((card) => [card.id, createEntry(card, deps)]));
  /** Answers now. */
  let chosenId: string | undefined;
  /** Is to answer once it is ready; mostly the same. */
  let wantedId: string | undefined;

  const set = (entry: Entry, state: ModelState) => {
    entry.state = state;
    onChange();
  };

  /** What a model is when it is not being loaded: by what is here of its files. */
  const rest = async (entry: Entry): Promise<ModelState> => {
    entry.kept = await entry.files.state().catch(() => NOTHING);
    if (entry.kept.isWhole) return { kind: 'kept' };
    const { doneBytes } = entry.kept;
    return doneBytes > 0
      ? { kind: 'paused', doneBytes, totalBytes: entry.card.sizeBytes }
      : { kind: 'absent' };
  };

  const load = async (entry: Entry) => {
    const { card, engine, refusal } = entry;
    const rate = createRate();
    try {
      if (refusal) throw refusal;
      await engine.load({
        onProgress: (progress) => {
          if (progress.step === 'start') {
            if (!entry.isBundled) deps.onStart?.(card.id, true);
            const { share } = progress;
            return set(entry, { kind: 'starting', ...(share === undefined ? {} : { share }) });
          }
          const { doneBytes, totalBytes } = progress;
          const bytesPerSecond = rate(doneBytes, deps.now());
          const known = bytesPerSecond === undefined ? {} : { bytesPerSecond };
          set(entry, { kind: 'fetching', doneBytes, totalBytes, ...known });
        },
      });
      entry.kept = await entry.files.state().catch(() => entry.kept);
      set(entry, { kind: 'ready' });
    } catch (error) {
      const fault = faultOf(error, 'engine_load');
      const resting = await rest(entry);
      if (fault.code === 'cancelled') return set(entry, resting);
      if (fault.code === 'offline' && resting.kind === 'paused')
        return set(entry, { ...resting, isOffline: true });
      set(entry, {
        kind: 'failed',
        fault: faultRecordOf(new Fault(fault.code, fault.detail ?? card.name)),
      });
    } finally {
      if (!entry.isBundled) deps.onStart?.(card.id, false);
    }
  };

  /** Gives a model's memory back, unless a request still needs it: then its end does. */
  const putAway = async (entry: Entry) => {
    if (entry.requestCount > 0) return;
    await entry.engine.unload();
    const resting = await rest(entry);
    // By now it may be the one again; and why it failed is worth reading.
    if (entry.state.kind !== 'failed' && entry.card.id !== chosenId && entry.card.id !== wantedId)
      set(entry, resting);
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

  const restart = async (id: string, contextTokens?: number) => {
    const entry = entryOf(id);
    if (!entry) return;
    await entry.engine.unload();
    const { card, files } = entry;
    if (contextTokens !== undefined) entry.engine = deps.createEngine({ ...card, contextTokens }, files);
    await load(entry);
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
      const offers = [...entries.values()].map(offerOf);
      return {
        ...(deps.gpu ? { gpu: deps.gpu } : {}),
        isPersistent: deps.isPersistent ?? true,
        offers,
        chosenId,
      };
    },
    chosen() {
      const entry = entryOf(chosenId);
      if (!entry) throw new Fault('no_model');
      const { id, name, handOverToken } = entry.card;
      return { id, engine: watched(entry), modelName: name, hasVerdict: handOverToken !== undefined };
    },
    forTask(task) {
      const entry = [...entries.values()].find(
        ({ card, state }) => state.kind === 'ready' && card.tasks?.includes(task),
      );
      return entry && watched(entry);
    },
    choose,
    async preload() {
      const entry = entryOf(chosenId);
      if (entry) await load(entry);
    },
    restart,
    async restore(id) {
      for (const entry of entries.values()) entry.state = await rest(entry);
      const wanted = id === undefined ? undefined : entries.get(id);
      const isHere = wanted?.state.kind === 'kept' && !wanted.kept.isUnasked;
      const usable = wanted?.isBundled || isHere ? wanted : undefined;
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
      await entry.files.remove();
      set(entry, await rest(entry));
      giveUp(id);
      // There is nowhere to get it from.
      if (isTakenUrl(entry.url)) entries.delete(id);
      onChange();
    },
    async unload() {
      await Promise.all([...entries.values()].map(({ engine }) => engine.unload()));
    },
    isFetched: (id) => entries.get(id)?.isBundled === false,
    async resume() {
      const waiting = [...entries.values()].find(({ state }) => state.kind === 'paused' && state.isOffline);
      if (waiting) await choose(waiting.card.id);
    },
    async put(id, content, card) {
      if (card) entries.set(id, createEntry(card, deps));
      const entry = entries.get(id);
      if (!entry) return;
      const onProgress = (doneBytes: number, totalBytes: number) =>
        set(entry, { kind: 'fetching', doneBytes, totalBytes });
      try {
        await entry.files.put(content, { signal: new AbortController().signal, onProgress });
        await choose(id);
      } catch (error) {
        set(entry, { kind: 'failed', fault: faultRecordOf(faultOf(error, 'model_file')) });
      }
    },
    async file(id) {
      const entry = entries.get(id);
      return entry && (await entry.files.state()).isWhole ? entry.files.pack() : undefined;
    },
  };
}
