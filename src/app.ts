/** The one place where real things are built and joined: storage, models, conversations, and the state the page shows. */
import { createAwaitedAnswers } from './app/awaited-answers';
import { createAnswerCounter } from './app/count-answers';
import type { SiteModels } from './app/device-passport';
import { createWarmUp, withAbsoluteUrls, withoutLater, type AppOptions } from './app/guest';
import { watchHostPolicy } from './app/host-policy';
import { lazily } from './app/lazily';
import { createLargeModel, findsPersonal } from './app/large-model';
import { createAnswerReporter } from './app/report-answers';
import { lenientLocks } from './app/lenient-locks';
import { isMetered } from './app/metered';
import { newId } from './app/new-id';
import { isEvicted, openModelSettings, rememberFetched } from './app/kept-models';
import { createModelActions } from './app/model-actions';
import { createOnDevice } from './app/on-device';
import { createTeller } from './app/teller';
import { openArchive } from './archive/open-archive';
import { probeGpu } from './engine/local/gpu-probe';
import type { App, AppState } from './kernel/app-state';
import type { Config } from './kernel/config';
import { faultOf, type FaultCode } from './kernel/fault';
import type { Escalation } from './kernel/wire';
import { PRICES } from './meter/price';
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

const NO_MODELS = { isPersistent: true, offers: [], chosenId: undefined };
const SYSTEM_PROMPT =
  'You are a helpful assistant. Answer briefly and plainly, in the language of the question.';

/** Builds the app of this page and starts it; its first state is `opening`. */
export function createApp({ baseUrl, guest }: AppOptions): App {
  const { serverUrl, storageName } = guest ?? { serverUrl: baseUrl, storageName: 'smallfirst' };
  const ending = new AbortController();
  const { signal } = ending;
  const drafts = createDraftStore(storageName);
  const request = createRequest({
    isOnline: () => navigator.onLine,
    isPrivate: () => gate.choice === 'never',
  });
  let notices: readonly FaultCode[] = [];
  let update: AppState['update'] = 'none';
  let phase: AppState['phase'] = 'opening';
  let models: SiteModels | undefined;
  let escalation: Escalation = false;
  let dial = 0.5;
  let mode = guest?.mode ?? 'prefer_on_device';
  let isUpdateWanted = false;
  let reportsAnswers = false;

  const updateWhenIdle = () => {
    if (!isUpdateWanted || chats.state.answeringIds.length > 0) return;
    isUpdateWanted = false;
    onDevice?.applyUpdate();
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

  const opening = openStorage({ name: storageName, notify, signal });
  const settings = opening.then((storage) => createSettings(storage.settings));
  const modelSettings = openModelSettings(guest, settings, { notify, signal });
  const departures = opening.then((storage) => createDepartureStore(storage.settings));
  const onDevice =
    import.meta.env.MODE === 'widget' || guest
      ? undefined
      : createOnDevice({ baseUrl, settings, onUpdate: setUpdate, onChange: changed });
  const reporter = createAnswerReporter({ baseUrl, request, isWanted: () => !guest && reportsAnswers });
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
      (await departures).add({ ...record, id: newId(), at: Date.now(), host: serverUrl.host }),
    onChange: changed,
  });
  const largeModel = createLargeModel({ baseUrl: serverUrl, request, gate, onChange: changed });
  const gpu = lazily(() => probeGpu(navigator));
  // Not part of the first load: nobody has asked anything by then.
  const siteModels = () => import('./app/site-models');
  // The policy of somebody else's page is theirs.
  const lock = async (site: Config) =>
    guest ? undefined : (await siteModels()).lockToModels(baseUrl, await gpu(), site);
  const config = gate.ready.then(async () => {
    const read = await readConfig(serverUrl, request, await settings);
    gate.setLimit(read.config.privacy ?? 'when_needed');
    reportsAnswers = read.config.reportAnswers === true;
    if (gate.choice === 'never') await lock(read.config);
    return guest ? withoutLater(read) : read;
  });
  const modelsBuilt = lazily(async () => {
    const built = await (
      await siteModels()
    ).buildModels({
      baseUrl,
      gpu: gpu(),
      request,
      storage: opening,
      config: config.then((read) => withAbsoluteUrls(read.config, serverUrl)),
      taken: async () => (await modelSettings).takenModels(),
      chosenId: async () => (await (await modelSettings).chosenModelId()) ?? guest?.modelId,
      engineName: `${guest?.engineStorageName ?? storageName}-engine`,
      signal,
      onChange: changed,
    });
    models = built;
    changed();
    return built;
  });
  if (!guest) modelsBuilt().catch(() => undefined);
  const channel = new BroadcastChannel(storageName);
  const chats = createChats({
    store: opening.then((storage) => createConversationStore(storage.chats)),
    clock: browserClock,
    newId,
    locks: lenientLocks(navigator.locks),
    channel,
    system: SYSTEM_PROMPT,
    answerer: async () => (await modelsBuilt()).chosen(),
    taskEngine: async (task) => (await modelsBuilt()).forTask(task),
    cloud: async (conversationId) => {
      escalation = largeModel.current((await config).escalation);
      if (mode === 'only_on_device') return undefined;
      return largeModel.cloudFor(conversationId, escalation, (asking, signal) =>
        awaited.ask(asking, conversationId, signal),
      );
    },
    dial: () => dial,
    mode: () => mode,
    device: () => models?.device(),
    learned: createLearned(() => models?.state.chosenId !== undefined && !models.chosen().hasVerdict),
    onAnswered: (answer, conversation) => {
      if (answer.status === 'waiting') return;
      void onDevice?.answered(answer, conversation).catch(() => undefined);
      if (answer.status === 'done') {
        void keepOffline().catch(() => undefined);
        void rememberFetched(models, modelSettings).catch(() => undefined);
        models?.learnCloud(answer);
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
    newChannel: () => new BroadcastChannel(storageName),
    now: Date.now,
  });

  const keepOffline = async () => {
    if (!onDevice) return;
    const engineFiles = models?.state.chosenId ? models.chosen().engine.ownFiles() : [];
    await onDevice.keep([...engineFiles, ...(await archive.ownFiles())]);
  };

  const start = async () => {
    if (!isSecureContext) notify('insecure_context');
    await chats.open().catch((error: unknown) => notify(faultOf(error, 'storage_failed').code));
    dial = (await (await settings).dial().catch(() => undefined)) ?? dial;
    await counter.restore();
    phase = 'ready';
    changed();
    if (!guest) {
      awaited.begin();
      const built = await modelsBuilt();
      void built.preload();
      if (await isEvicted(built, await settings)) notify('weights_evicted');
    }
    ({ escalation } = await config);
    changed();
  };
  const withModels = (work: (models: SiteModels) => Promise<void>) =>
    void modelsBuilt()
      .then(work)
      .catch((error: unknown) => notify(faultOf(error, 'engine_load').code));
  const preload = () => withModels((built) => built.preload());
  const warmUp = createWarmUp(() => mode, preload);

  // Where bytes cost, a person is asked first: see the gate.
  const resume = () => void (models && !isMetered(navigator) && withModels((built) => built.resume()));
  addEventListener('online', resume, { signal });
  for (const type of ['online', 'offline']) addEventListener(type, changed, { signal });
  addEventListener('pagehide', () => reporter.flush(), { signal });
  if (guest) watchHostPolicy({ baseUrl, serverUrl, signal, onBlocked: () => notify('host_policy') });
  start().catch((error: unknown) => notify(faultOf(error, 'storage_failed').code));

  return {
    get state(): AppState {
      return {
        ...chats.state,
        phase,
        models: { ...(models?.state ?? NO_MODELS), suggestedId: guest?.modelId },
        notices,
        update,
        isOnline: navigator.onLine,
        isMetered: isMetered(navigator),
        cloud: {
          mode,
          escalation: mode !== 'only_on_device' && escalation,
          dial,
          privacy: gate.choice,
          privacyLimit: gate.limit,
          isCounted: reportsAnswers,
          departure: gate.departure,
        },
        totals: counter.totals,
        canInstall: onDevice?.canInstall ?? false,
        isAskingNotices: onDevice?.isAsking ?? false,
        launch: onDevice?.launch,
      };
    },
    draft: drafts.read(),
    archive,
    subscribe,
    ...chats.actions,
    cancelLater: (messageId) => awaited.after(() => chats.cancelLater(messageId)),
    ...createModelActions({ models: modelsBuilt, withModels, settings: modelSettings }),
    dismissNotice(code) {
      notices = notices.filter((shown) => shown !== code);
      changed();
    },
    dismissHealing: () => models?.dismissHealing(),
    applyUpdate() {
      isUpdateWanted = true;
      updateWhenIdle();
    },
    install: () => void onDevice?.install(),
    allowNotices: () => void onDevice?.allow(),
    declineNotices: () => void onDevice?.decline().catch(() => undefined),
    takeLaunch: () => onDevice?.takeLaunch(),
    keepOffline: () => void keepOffline().catch(() => undefined),
    keepDraft(text) {
      drafts.write(text);
      if (guest && text) warmUp();
    },
    answerDeparture: (answer) => gate.answer(answer),
    setDial(value) {
      dial = value;
      void settings.then((kept) => kept.setDial(value)).catch(() => undefined);
      changed();
    },
    setPrivacy(choice) {
      const wasNever = !guest && gate.choice === 'never';
      const kept = gate.choose(choice);
      if (!wasNever && choice === 'never') void config.then((read) => lock(read.config));
      // What the browser was told stays until the page is loaded anew.
      if (wasNever && choice !== 'never') void kept.then(() => location.reload());
    },
    departures: async () => (await departures).list(),
    clearDepartures: () => void departures.then((store) => store.clear()),
    setMode(value) {
      mode = value;
      changed();
    },
    async close() {
      // The engine first: it is what costs. What its turn had is kept before the storage goes.
      await Promise.all([
        modelsBuilt.begun?.then(
          (built) => built.unload(),
          () => undefined,
        ),
        chats.close(),
      ]);
      channel.close();
      ending.abort();
    },
  };
}
