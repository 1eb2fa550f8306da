/** One engine for all tabs of an origin: one tab runs the models, the others ask it, and one of them takes over when it goes. */
import { Fault, faultOf } from '../kernel/fault';
import type { Healing } from '../kernel/healing';
import type { Ladder, LadderChosen } from './ladder';
import { createAskTab } from './tabs/ask-tab';
import { createLeadTab, type LeadTab } from './tabs/lead-tab';
import type { Snapshot, TabMessage } from './tabs/tab-messages';

/** Another version of the protocol has another lock: tabs of two builds do not mix. */
const VERSION = 2;
/** Between two tellings of how things stand. */
const TELL_MS = 50;
const PING_MS = 2_000;
/** A tab in the background comes forward after so long without a leader … */
const QUIET_MS = 3_000;
/** … and one in sight takes the lead from a tab that holds it and is silent: it was frozen. */
const FROZEN_MS = 8_000;

/** Whether this tab is looked at, and when that changes. */
export interface Sight {
  isSeen(): boolean;
  subscribe(listener: () => void): void;
}

export interface TabsDeps {
  /** Builds the models of this tab, restored, once it leads. `onChange` is told of every change. */
  readonly create: (onChange: () => void) => Promise<Ladder>;
  /** Of the engine; tabs that name the same one share it. */
  readonly name: string;
  readonly locks: LockManager;
  readonly channel: Pick<BroadcastChannel, 'postMessage'> & {
    onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
  };
  readonly newId: () => string;
  readonly sight: Sight;
  readonly now: () => number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onChange: () => void;
}

/**
 * Resolves once it is known who leads and how the models stand. To unload it is to leave the others, who go on without this tab.
 * Faults: those of `create`.
 */
export async function createTabs(deps: TabsDeps): Promise<Ladder> {
  const { channel, locks, newId, sight, now, wait, onChange } = deps;
  const tabId = newId();
  /** Who has left says no more than that it wants nothing any longer. */
  const post = (message: TabMessage) => {
    if (!hasLeft || message.type === 'stop') channel.postMessage(message);
  };
  const never = new AbortController().signal;
  let lead: LeadTab | undefined;
  /** Who leads as far as this tab knows, and when it was last heard. */
  let leaderId: string | undefined;
  let heardAt = now();
  let told: Snapshot | undefined;
  let known = Promise.withResolvers<string>();
  let isHolding = false;
  /** Stands in line for the lead. */
  let candidacy: AbortController | undefined;
  let isTelling = false;
  let hasLeft = false;
  const ready = Promise.withResolvers<void>();

  const asker = createAskTab({ tabId, post, newId, snapshot: () => told, leader: () => known.promise });

  const forgetLeader = () => {
    if (leaderId !== undefined) known = Promise.withResolvers();
    leaderId = undefined;
  };
  const setLeader = (id: string) => {
    if (leaderId !== id) {
      forgetLeader();
      asker.leaderGone();
    }
    leaderId = id;
    known.resolve(id);
    ready.resolve();
  };
  const tell = () => {
    if (isTelling || !lead) return;
    isTelling = true;
    void wait(TELL_MS, never).then(() => {
      isTelling = false;
      if (lead) post({ type: 'lead', leader: tabId, snapshot: lead.snapshot() });
    });
  };
  const changed = () => {
    lead?.changed();
    tell();
    onChange();
  };

  /** Leads while it holds the lock. */
  const hold = async () => {
    const lost = Promise.withResolvers<void>();
    giveUp = lost.resolve;
    forgetLeader();
    isHolding = true;
    try {
      const ladder = await deps.create(changed);
      if (hasLeft) return;
      lead = createLeadTab({ tabId, ladder, post, now });
      const isTakingOver = told !== undefined;
      told = lead.snapshot();
      setLeader(tabId);
      changed();
      if (isTakingOver) void ladder.preload();
    } catch (error) {
      isHolding = false;
      ready.reject(faultOf(error, 'engine_load'));
      throw error;
    }
    await lost.promise;
    isHolding = false;
  };
  let giveUp = () => {};

  const stand = (steal = false) => {
    if (hasLeft || lead || (candidacy && !steal)) return;
    candidacy?.abort();
    const own = (candidacy = new AbortController());
    const options: LockOptions = steal ? { steal } : { signal: own.signal };
    locks
      .request(`${deps.name}-${VERSION}`, options, hold)
      .catch(() => undefined)
      .finally(() => {
        if (candidacy === own) candidacy = undefined;
        // Another tab took the lead while this one was asleep.
        if (candidacy === undefined && lead) void step();
      });
  };
  /** Leads no more. */
  const step = async () => {
    const former = lead;
    lead = undefined;
    forgetLeader();
    giveUp();
    await former?.end();
    post({ type: 'hello' });
    watch();
  };
  const leave = async () => {
    hasLeft = true;
    candidacy?.abort();
    await step();
  };
  const withdraw = () => {
    if (!lead) candidacy?.abort();
  };

  /** A tab in sight is next in line; one in the background only where nobody leads. */
  function watch() {
    if (sight.isSeen()) stand();
    else if (!asker.isWaiting) withdraw();
  }

  channel.onmessage = ({ data }) => {
    if (data.type === 'lead') {
      if (lead) {
        // Two that lead: this one was asleep when the other took over.
        if (data.leader !== tabId) void step();
        return;
      }
      heardAt = now();
      told = data.snapshot;
      setLeader(data.leader);
      onChange();
    } else if (data.type === 'hello') {
      if (lead) tell();
      else if (isHolding) post({ type: 'pong', to: 'all' });
    } else if (data.type === 'pong') {
      if (data.to === tabId || data.to === 'all') heardAt = now();
    } else if (lead) lead.hear(data);
    else {
      if ('to' in data && data.to === tabId) heardAt = now();
      asker.hear(data);
    }
  };
  sight.subscribe(watch);

  /** Asks whether the leader is there while something is wanted of it. */
  const keepWatch = async () => {
    while (!hasLeft) {
      await wait(PING_MS, never);
      if (lead || (!asker.isWaiting && leaderId !== undefined)) {
        heardAt = now();
        continue;
      }
      if (leaderId === undefined) post({ type: 'hello' });
      else post({ type: 'ping', to: leaderId, from: tabId });
      const quietMs = now() - heardAt;
      if (quietMs > FROZEN_MS && sight.isSeen()) stand(true);
      else if (quietMs > QUIET_MS) stand();
    }
  };

  post({ type: 'hello' });
  watch();
  void keepWatch();
  await ready.promise;

  const role = () => (lead ? lead.ladder : asker.ladder);
  /** Of a tab that is gone: there is a new one, and it runs the same model. */
  const heal = async (id: string, fault: Fault): Promise<Healing | undefined> => {
    if (fault.code !== 'leader_gone') return role().heal(id, fault);
    await known.promise;
    const { offers, chosenId } = role().state;
    const nameOf = (wanted: string | undefined) =>
      offers.find(({ card }) => card.id === wanted)?.card.name ?? '';
    return {
      cause: 'leader_gone',
      did: 'moved',
      modelId: id,
      modelName: nameOf(id),
      nowName: nameOf(chosenId),
    };
  };
  /** What a person wants is wanted of the next leader too. */
  const want = async (work: (ladder: Ladder) => Promise<void>): Promise<void> => {
    try {
      await work(role());
    } catch (error) {
      if (faultOf(error, 'engine_failed').code !== 'leader_gone') throw error;
      await known.promise;
      await want(work);
    }
  };
  return {
    get state() {
      return role().state;
    },
    chosen(): LadderChosen {
      const chosen = role().chosen();
      return { ...chosen, heal: (fault) => heal(chosen.id, fault) };
    },
    heal,
    forTask: (task) => role().forTask(task),
    choose: (id) => want((ladder) => ladder.choose(id)),
    preload: () => role().preload(),
    restart: (id, contextTokens) => role().restart(id, contextTokens),
    restore: (id) => role().restore(id),
    cancel: (id) => want((ladder) => ladder.cancel(id)),
    remove: (id) => want((ladder) => ladder.remove(id)),
    unload: leave,
    isFetched: (id) => role().isFetched(id),
    resume: () => want((ladder) => ladder.resume()),
    put: (...args) => want((ladder) => ladder.put(...args)),
    file: (id) => role().file(id),
    dismissHealing: () => role().dismissHealing(),
  };
}
