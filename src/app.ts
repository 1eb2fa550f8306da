/** The one place where real things are built and joined: storage, models, conversations, and the state the page shows. */
import { createAwaitedAnswers } from './app/awaited-answers';
import { createAnswerCounter } from './app/count-answers';
import { createLargeModel, findsPersonal } from './app/large-model';
import { createAnswerReporter } from './app/report-answers';
import { lenientLocks } from './app/lenient-locks';
import { isMetered } from './app/metered';
import { newId } from './app/new-id';
import { isEvicted } from './app/kept-models';
import { createModelActions } from './app/model-actions';
import { createTeller } from './app/teller';
import { openArchive } from './archive/open-archive';
import { createAway } from './device/away';
import { createInstaller } from './device/install';
import { listenForLaunches } from './device/launch';
import { probeGpu } from './engine/local/gpu-probe';
import type { Ladder } from './engine/ladder';
import type { App, AppState, Launch } from './kernel/app-state';
import type { Config } from './kernel/config';
import { faultOf, type FaultCode } from './kernel/fault';
import type { Escalation } from './kernel/wire';
import { PRICES } from './meter/price';
import { createOffline } from './offline/service-worker';
import { createGate } from './privacy/gate';
import { createRequest } from './privacy/request';
import { createLearned } from './route/learned';
import { createConversationStore } from './store/conversations';
import { createDepartureStore } from './store/departures';
import { createDraftStore } from './store/draft';
import { openStorage } from './store/open-storage';
import { createSettings } from './store/settings';
import { readConfig } from './store/site-config';
import { createTotalsStore } from './store/totals-store';
import { browserClock } from './turn/browser-clock';
import { createChats } from './turn/chats';

const SYSTEM_PROMPT =
  'You are a helpful assistant. Answer briefly and plainly, in the language of the question.';

/** Carries what changed in the conversations, to other tabs and to the archive's worker. */
const CHANNEL = 'smallfirst';

/** Builds the app of this page and starts it; its first state is `opening`. */
export function createApp(baseUrl: URL): App {
  const drafts = createDraftStore();
  const request = createRequest({
    isOnline: () => navigator.onLine,
    isPrivate: () => gate.choice === 'never',
  });
  let notices: readonly FaultCode[] = [];
  let update: AppState['update'] = 'none';
  let phase: AppState['phase'] = 'opening';
  let models: Ladder | undefined;
  let escalation: Escalation = false;
  let dial = 0.5;
  let launch: Launch | undefined;
  let isUpdateWanted = false;
  let reportsAnswers = false;

  const updateWhenIdle = () => {
    if (!isUpdateWanted || chats.state.answeringIds.length > 0) return;
    isUpdateWanted = false;
    offline.applyUpdate();
  };
  const { changed, subscribe } = createTeller(updateWhenIdle);
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
  const departures = opening.then((storage) => createDepartureStore(storage.settings));
  const reporter = createAnswerReporter({ baseUrl, request, isWanted: () => reportsAnswers });
  const counter = createAnswerCounter({
    store: opening.then((storage) => createTotalsStore(storage.settings)),
    price: () => (escalation ? escalation.flagship : PRICES[0]),
    now: Date.now,
    reporter,
    onChange: changed,
  });
  const gate = createGate({
    isOnline: () => navigator.onLine,
    settings,
    finder: findsPersonal,
    record: async (record) =>
      (await departures).add({ ...record, id: newId(), at: Date.now(), host: baseUrl.host }),
    onChange: changed,
  });
  const largeModel = createLargeModel({ baseUrl, request, gate, onChange: changed });
  const gpu = probeGpu(navigator);
  // Not part of the first load: nobody has asked anything by then.
  const siteModels = import('./app/site-models');
  const lock = async (site: Config) => (await siteModels).lockToModels(baseUrl, await gpu, site);
  const config = gate.ready.then(async () => {
    const read = await readConfig(baseUrl, request, await settings);
    gate.setLimit(read.config.privacy ?? 'when_needed');
    reportsAnswers = read.config.reportAnswers === true;
    if (gate.choice === 'never') await lock(read.config);
    return read;
  });
  const buildModels = async () => {
    const built = await (
      await siteModels
    ).buildModels({
      baseUrl,
      gpu,
      request,
      keyValue: opening.then((storage) => storage.weights),
      config: config.then((read) => read.config),
      taken: async () => (await settings).takenModels(),
      chosenId: async () => (await settings).chosenModelId(),
      onChange: changed,
    });
    models = built;
    changed();
    return built;
  };
  const modelsBuilt = buildModels();
  const away = createAway({
    document,
    navigator,
    notification: globalThis.Notification,
    baseUrl,
    hasDeclined: async () => (await settings).hasDeclinedNotices(),
    decline: async () => (await settings).declineNotices(),
    onChange: changed,
  });
  const installer = createInstaller(window, changed);
  listenForLaunches({
    window,
    onLaunch: (next) => {
      launch = next;
      changed();
    },
  });
  const chats = createChats({
    store: opening.then((storage) => createConversationStore(storage.chats)),
    clock: browserClock,
    newId,
    locks: lenientLocks(navigator.locks),
    channel: new BroadcastChannel(CHANNEL),
    system: SYSTEM_PROMPT,
    answerer: async () => (await modelsBuilt).chosen(),
    titler: async () => (await modelsBuilt).forTask('title'),
    cloud: async (conversationId) => {
      escalation = largeModel.current((await config).escalation);
      return largeModel.cloudFor(conversationId, escalation, (asking, signal) =>
        awaited.ask(asking, conversationId, signal),
      );
    },
    dial: () => dial,
    contextTokens: () =>
      models?.state.chosenId === undefined ? undefined : models.chosen().engine.contextTokens,
    learned: createLearned(() => models?.state.chosenId !== undefined && !models.chosen().hasVerdict),
    onAnswered: (answer, conversation) => {
      if (answer.status === 'waiting') return;
      void away.answered(answer, conversation).catch(() => undefined);
      if (answer.status === 'done') {
        void keepOffline().catch(() => undefined);
        void rememberFetched().catch(() => undefined);
      }
      void counter.count(answer);
    },
    onFault: (fault) => notify(fault.code),
    onChange: changed,
  });

  const awaited = createAwaitedAnswers({
    server: largeModel.server,
    keyValue: opening.then((storage) => storage.settings),
    amend: chats.amend,
    onAnswered: (answer) => void counter.count(answer),
  });

  const archive = openArchive({
    chats: opening.then((storage) => storage.chats),
    storeOf: createConversationStore,
    newChannel: () => new BroadcastChannel(CHANNEL),
    now: Date.now,
  });

  const keepOffline = async () => {
    const engineFiles = models?.state.chosenId ? models.chosen().engine.ownFiles() : [];
    await offline.keep([...engineFiles, ...(await archive.ownFiles())]);
  };

  /** A model that answered and is then gone was taken away by the browser. */
  const rememberFetched = async () => {
    const id = models?.state.chosenId;
    if (id !== undefined && models?.isFetched(id)) await (await settings).setFetchedModel(id);
  };

  const start = async () => {
    if (!isSecureContext) notify('insecure_context');
    await chats.open().catch((error: unknown) => notify(faultOf(error, 'storage_failed').code));
    dial = (await (await settings).dial().catch(() => undefined)) ?? dial;
    await counter.restore();
    phase = 'ready';
    changed();
    awaited.begin();
    const built = await modelsBuilt;
    void built.preload();
    if (await isEvicted(built, await settings)) notify('weights_evicted');
    ({ escalation } = await config);
    changed();
  };

  addEventListener('online', () => {
    changed();
    // Where bytes cost, a person is asked first: see the gate.
    if (!isMetered(navigator)) void modelsBuilt.then((built) => built.resume());
  });
  addEventListener('offline', changed);
  addEventListener('pagehide', () => reporter.flush());
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
        models: models?.state ?? { isPersistent: true, offers: [], chosenId: undefined },
        notices,
        update,
        isOnline: navigator.onLine,
        isMetered: isMetered(navigator),
        cloud: {
          escalation,
          dial,
          privacy: gate.choice,
          privacyLimit: gate.limit,
          isCounted: reportsAnswers,
          departure: gate.departure,
        },
        totals: counter.totals,
        canInstall: installer.canInstall,
        isAskingNotices: away.isAsking,
        launch,
      };
    },
    draft: drafts.read(),
    archive,
    subscribe,
    ...chats.actions,
    cancelLater: (messageId) => awaited.after(() => chats.actions.cancelLater(messageId)),
    ...createModelActions(modelsBuilt, settings),
    dismissNotice(code) {
      notices = notices.filter((shown) => shown !== code);
      changed();
    },
    dismissHealing: () => models?.dismissHealing(),
    applyUpdate() {
      isUpdateWanted = true;
      updateWhenIdle();
    },
    install: () => void installer.install(),
    allowNotices: () => void away.allow(),
    declineNotices: () => void away.decline().catch(() => undefined),
    takeLaunch: () => (launch = undefined),
    keepOffline: () => void keepOffline().catch(() => undefined),
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
      if (!wasNever && choice === 'never') void config.then((read) => lock(read.config));
      // What the browser was told stays until the page is loaded anew.
      if (wasNever && choice !== 'never') void kept.then(() => location.reload());
    },
    departures: async () => (await departures).list(),
    clearDepartures: () => void departures.then((store) => store.clear()),
  };
}
