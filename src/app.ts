/** The one place where real things are built and joined: storage, models, conversations, and the state the page shows. */
import { createCloudEngine } from './engine/cloud/cloud';
import { createSession } from './engine/cloud/session';
import { probeGpu } from './engine/local/gpu-probe';
import { createLocalModels } from './engine/local/local-models';
import type { Models } from './engine/local/models';
import type { App, AppState } from './kernel/app-state';
import { CATALOG } from './kernel/catalog';
import type { ModelCard } from './kernel/config';
import { faultOf, type FaultCode } from './kernel/fault';
import type { ChatMessage } from './kernel/history';
import { modelUrlsOf } from './kernel/model-source';
import type { Escalation } from './kernel/wire';
import { PRICES } from './meter/price';
import { savedNanoUsdOf } from './meter/receipt';
import { addAnswer, dayOf, NO_TOTALS } from './meter/totals';
import { createOffline } from './offline/service-worker';
import { createGate } from './privacy/gate';
import { lockPage } from './privacy/lock-page';
import { createRequest } from './privacy/request';
import { createChats } from './turn/chats';
import { createConversationStore } from './store/conversations';
import { createDepartureStore } from './store/departures';
import { createDraftStore } from './store/draft';
import { openStorage } from './store/open-storage';
import { createLearned } from './route/learned';
import { createSettings } from './store/settings';
import { readConfig } from './store/site-config';
import { createTotalsStore } from './store/totals-store';
import { browserClock } from './turn/browser-clock';
import type { Cloud } from './turn/escalate';
import { createWeights } from './weights/weights';

const SYSTEM_PROMPT =
  'You are a helpful assistant. Answer briefly and plainly, in the language of the question.';

/** Builds the app of this page and starts it; its first state is `opening`. */
export function createApp(baseUrl: URL): App {
  const listeners = new Set<() => void>();
  const drafts = createDraftStore();
  const request = createRequest({
    isOnline: () => navigator.onLine,
    isPrivate: () => gate.choice === 'never',
  });
  let notices: readonly FaultCode[] = [];
  let update: AppState['update'] = 'none';
  let phase: AppState['phase'] = 'opening';
  let models: Models | undefined;
  let escalation: Escalation = false;
  let dial = 0.5;
  let totals = NO_TOTALS;
  let isTold = false;
  let isUpdateWanted = false;

  // However often things change within a task, listeners are told once.
  const changed = () => {
    if (isTold) return;
    isTold = true;
    queueMicrotask(() => {
      isTold = false;
      listeners.forEach((listener) => listener());
      updateWhenIdle();
    });
  };
  const updateWhenIdle = () => {
    if (!isUpdateWanted || chats.state.answeringIds.length > 0) return;
    isUpdateWanted = false;
    offline.applyUpdate();
  };
  const notify = (code: FaultCode) => {
    if (!notices.includes(code)) notices = [...notices, code];
    changed();
  };
  const setUpdate = (value: AppState['update']) => {
    if (update !== 'needed') update = value;
    changed();
  };

  const offline = createOffline({ baseUrl, onUpdateReady: () => setUpdate('ready') });
  const opening = openStorage(notify);
  const settings = opening.then((storage) => createSettings(storage.settings));
  const totalsStore = opening.then((storage) => createTotalsStore(storage.settings));
  const departures = opening.then((storage) => createDepartureStore(storage.settings));
  const session = createSession({ baseUrl, request, now: browserClock.now });
  const gate = createGate({
    isOnline: () => navigator.onLine,
    settings,
    finder,
    record: async (record) =>
      (await departures).add({ ...record, id: newId(), at: Date.now(), host: baseUrl.host }),
    onChange: changed,
  });
  const gpu = probeGpu(navigator);
  const config = gate.ready.then(async () => {
    const read = await readConfig(baseUrl, request, await settings);
    gate.setLimit(read.config.privacy ?? 'when_needed');
    if (gate.choice === 'never') await lock(read.config.models);
    return read;
  });
  const modelsBuilt = buildModels();
  const chats = createChats({
    store: opening.then((storage) => createConversationStore(storage.chats)),
    clock: browserClock,
    newId,
    locks: navigator.locks,
    channel: new BroadcastChannel('smallfirst'),
    system: SYSTEM_PROMPT,
    answerer: async () => (await modelsBuilt).chosen(),
    titler: async () => (await modelsBuilt).forTask('title'),
    cloud,
    dial: () => dial,
    learned: createLearned(() => models?.state.chosenId !== undefined && !models.chosen().hasVerdict),
    onAnswered: (answer) => {
      if (answer.status === 'done' && models?.state.chosenId)
        void offline.keep(models.chosen().engine.ownFiles());
      void count(answer);
    },
    onFault: (fault) => notify(fault.code),
    onChange: changed,
  });

  /** The large model behind this site, where it has one. */
  async function cloud(conversationId: string): Promise<Cloud | undefined> {
    ({ escalation } = await config);
    if (!escalation) return undefined;
    const { flagship, maxTokens } = escalation;
    // So that it is here, should the server be gone by then.
    void finder().catch(() => undefined);
    return {
      engine: createCloudEngine({
        model: 'flagship',
        name: flagship.model,
        baseUrl,
        request,
        session,
        maxTokens,
        newId,
      }),
      modelName: flagship.model,
      price: flagship,
      maxTokens,
      leave: (leaving, signal) => gate.leave({ ...leaving, conversationId }, signal),
    };
  }

  async function finder() {
    const { findPersonal } = await import('./privacy/find-personal');
    return (texts: readonly string[]) => findPersonal(texts, regionsOf(navigator.languages));
  }

  /** Into the meter: what it cost, and what it saved against the large model. */
  async function count({ answer, text }: ChatMessage): Promise<void> {
    if (!answer || (!text && !answer.billing)) return;
    const price = escalation ? escalation.flagship : PRICES[0];
    const { place, usage, billing } = answer;
    const savedNanoUsd = place === 'local' && usage && price ? savedNanoUsdOf(price, usage) : 0;
    const counted = { place, savedNanoUsd, day: dayOf(Date.now()), ...(billing ? { billing } : {}) };
    const store = await totalsStore;
    totals = await store
      .change((before) => addAnswer(before ?? NO_TOTALS, counted))
      .catch(() => addAnswer(totals, counted));
    changed();
  }

  /** The site's own models, and of ours what this device may want. */
  async function cards(own: readonly ModelCard[]): Promise<ModelCard[]> {
    const forGpu = (await gpu).kind === 'gpu' ? (await import('./kernel/gpu-catalog')).GPU_CATALOG : [];
    const ours = [...CATALOG.slice(0, 1), ...forGpu, ...CATALOG.slice(1)];
    return [...own, ...ours.filter(({ id }) => !own.some((card) => card.id === id))];
  }

  async function lock(own: readonly ModelCard[]): Promise<void> {
    lockPage(document.head, baseUrl, (await cards(own)).flatMap(modelUrlsOf));
  }

  async function buildModels(): Promise<Models> {
    const { weights } = await opening;
    const { models: own } = (await config).config;
    models = createLocalModels({
      gpu: await gpu,
      cards: await cards(own),
      weights: createWeights({
        keyValue: weights,
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
      onChange: changed,
    });
    await models.restore(await (await settings).chosenModelId());
    return models;
  }

  const start = async () => {
    if (!isSecureContext) notify('insecure_context');
    await chats.open().catch((error: unknown) => notify(faultOf(error, 'storage_failed').code));
    dial = (await (await settings).dial().catch(() => undefined)) ?? dial;
    totals = { ...NO_TOTALS, ...(await (await totalsStore).read().catch(() => undefined)) };
    phase = 'ready';
    changed();
    (await modelsBuilt).preload();
    ({ escalation } = await config);
    changed();
  };
  const withModels = (work: (models: Models) => Promise<void>) => void modelsBuilt.then(work);

  addEventListener('online', () => {
    changed();
    withModels((built) => built.resume());
  });
  addEventListener('offline', changed);
  // A deploy took away a file that this page still wanted: https://vite.dev/guide/build#load-error-handling
  addEventListener('vite:preloadError', (event) => {
    event.preventDefault();
    if (navigator.onLine) setUpdate('needed');
  });
  start().catch((error: unknown) => notify(faultOf(error, 'storage_failed').code));

  return {
    get state(): AppState {
      return {
        ...chats.state,
        phase,
        models: models?.state ?? { offers: [], chosenId: undefined },
        notices,
        update,
        isOnline: navigator.onLine,
        cloud: {
          escalation,
          dial,
          privacy: gate.choice,
          privacyLimit: gate.limit,
          departure: gate.departure,
        },
        totals,
      };
    },
    draft: drafts.read(),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...chats.actions,
    chooseModel: (id) =>
      withModels(async (built) => {
        await (await settings).chooseModel(id).catch(() => undefined);
        // Asked for when there is something that a person would not like to fetch again.
        if (built.isFetched(id)) void navigator.storage?.persist?.().catch(() => false);
        await built.choose(id);
      }),
    cancelModel: (id) => withModels((built) => built.cancel(id)),
    removeModel: (id) => withModels((built) => built.remove(id)),
    importModel: (id, content) => withModels((built) => built.put(id, content)),
    exportModel: async (id) => (await modelsBuilt).file(id),
    dismissNotice(code) {
      notices = notices.filter((shown) => shown !== code);
      changed();
    },
    applyUpdate() {
      isUpdateWanted = true;
      updateWhenIdle();
    },
    keepDraft: (text) => drafts.write(text),
    answerDeparture: (answer) => gate.answer(answer),
    setDial(value) {
      dial = value;
      void settings.then((kept) => kept.setDial(value)).catch(() => undefined);
      changed();
    },
    setPrivacy(choice) {
      const wasNever = gate.choice === 'never';
      const kept = gate.choose(choice);
      if (!wasNever && choice === 'never') void config.then((read) => lock(read.config.models));
      // What the browser was told stays until the page is loaded anew.
      if (wasNever && choice !== 'never') void kept.then(() => location.reload());
    },
    departures: async () => (await departures).list(),
    clearDepartures: () => void departures.then((store) => store.clear()),
  };
}

/** `de-AT` is Austria. A language without a country says none. */
function regionsOf(languages: readonly string[]): string[] {
  return languages.flatMap((language) => new Intl.Locale(language).region ?? []);
}

/** `crypto.randomUUID` is not there on plain http. */
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(36).padStart(2, '0'),
  ).join('');
}
