/** Which model answers now: starts one that failed anew, steps down where that does not help, and climbs back when it can. */
import type { ModelOffer } from '../kernel/app-state';
import { Fault, faultOf, type FaultCode } from '../kernel/fault';
import type { Healing } from '../kernel/healing';
import type { LoadMarker } from './load-marker';
import type { Chosen, Models } from './local/models';

/** A failure this long ago says nothing about the next one. */
const FORGET_MS = 10 * 60_000;
/** After stepping down a model rests; twice as long each time. */
const REST_MS = 2 * 60_000;
const MIN_CONTEXT_TOKENS = 1_024;

/** The worker or the device failed: the same model may work in a new one. */
const PASSING = new Set<FaultCode>([
  'worker_gone',
  'stalled',
  'engine_failed',
  'engine_load',
  'out_of_memory',
  'device_lost',
]);
/** The model will not work here: at once the next. */
const LASTING = new Set<FaultCode>([
  'gpu_limit',
  'integrity',
  'load_killed',
  'model_file',
  'model_lib',
  'no_builtin',
  'no_webgpu',
  'quota',
  'shard_http',
  'shard_http_404',
  'unreachable',
  'offline',
  'worker_load',
]);

export interface LadderDeps {
  readonly models: Models;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly marker?: Pick<LoadMarker, 'killed' | 'tell'>;
  readonly onChange: () => void;
}

export interface LadderChosen extends Chosen {
  /** Has the turn that failed with `fault` go on: ask again for who answers. Undefined where nothing is left to try. */
  heal(fault: Fault): Promise<Healing | undefined>;
}

export interface Ladder extends Models {
  chosen(): LadderChosen;
  /** As `LadderChosen.heal`, of the model `id`. */
  heal(id: string, fault: Fault): Promise<Healing | undefined>;
  dismissHealing(): void;
}

/** What happened to one model on this visit. */
interface Rung {
  /** When it failed, in milliseconds since 1970. */
  failedAt: readonly number[];
  steppedDown: number;
  /** Not before; for ever is until the next visit or until the person asks for it. */
  restsUntil: number;
}

export function createLadder({ models, now, marker, onChange }: LadderDeps): Ladder {
  const rungs = new Map<string, Rung>();
  let isGpuOff = false;
  /** The person's choice, on which the ladder stands when nothing is wrong. */
  let topId: string | undefined;
  /** What is shown until somebody has read it. */
  let shown: Healing | undefined;
  let healing: Promise<unknown> = Promise.resolve();
  let climbing: Promise<void> | undefined;
  /** How many choices of the person are under way. */
  let choosing = 0;

  const rungOf = (id: string): Rung => {
    const rung = rungs.get(id) ?? { failedAt: [], steppedDown: 0, restsUntil: 0 };
    rungs.set(id, rung);
    return rung;
  };
  const offerOf = (id: string | undefined) => models.state.offers.find(({ card }) => card.id === id);
  const nameOf = (id: string | undefined) => offerOf(id)?.card.name ?? '';
  const isOff = ({ card }: ModelOffer) =>
    (isGpuOff && card.engine === 'webllm') || rungOf(card.id).restsUntil > now();
  const show = (next: Healing | undefined) => {
    shown = next;
    onChange();
  };
  const told = (id: string, cause: FaultCode, did: Healing['did']): Healing => ({
    cause,
    did,
    modelId: id,
    modelName: nameOf(id),
    nowName: nameOf(models.state.chosenId),
  });

  /** Brings the next model below `id` to answer; undefined where none is left. */
  const stepDown = async (id: string, cause: FaultCode): Promise<Healing | undefined> => {
    const rung = rungOf(id);
    rung.restsUntil = cause === 'load_killed' ? Infinity : now() + REST_MS * 2 ** rung.steppedDown++;
    for (const next of rungsBelow(models.state.offers, id)) {
      if (isOff(next)) continue;
      await models.choose(next.card.id);
      if (models.state.chosenId === next.card.id && offerOf(next.card.id)?.state.kind === 'ready') {
        const done = told(id, cause, 'stepped_down');
        show(done);
        return done;
      }
      rungOf(next.card.id).restsUntil = now() + REST_MS;
    }
    // Nothing is left: who asks once more begins at the top.
    rungs.clear();
    await models.restore(topId);
    return undefined;
  };

  /** Starts it anew, or with half the context at the second time; then the next one. */
  const mend = async (id: string, fault: Fault): Promise<Healing | undefined> => {
    const { code } = fault;
    const offer = offerOf(id);
    // Meanwhile another turn had it mended, or a person chose another.
    if (!offer || models.state.chosenId !== id) return told(id, code, 'stepped_down');
    if (code === 'cancelled') return told(id, 'worker_gone', 'rebuilt');
    const rung = rungOf(id);
    rung.failedAt = [...rung.failedAt.filter((at) => now() - at < FORGET_MS), now()];
    const failures = rung.failedAt.length;
    if (code === 'no_webgpu' || (code === 'device_lost' && failures > 1)) isGpuOff = true;
    if (!PASSING.has(code) || (isGpuOff && offer.card.engine === 'webllm') || failures > 2)
      return stepDown(id, code);

    const contextTokens = Math.floor(models.chosen().engine.contextTokens / 2);
    const isShrunk = failures === 2 && contextTokens >= MIN_CONTEXT_TOKENS;
    await (isShrunk ? models.restart(id, contextTokens) : models.restart(id));
    const state = offerOf(id)?.state;
    if (state?.kind === 'failed') return mend(id, new Fault(state.fault.code, state.fault.detail));
    const done = told(id, code, isShrunk ? 'shrunk' : 'rebuilt');
    if (isShrunk) show(done);
    return done;
  };

  const heal = async (id: string, error: Fault): Promise<Healing | undefined> => {
    const fault = faultOf(error, 'engine_failed');
    if (fault.code !== 'cancelled' && !PASSING.has(fault.code) && !LASTING.has(fault.code)) return undefined;
    // One at a time: two turns that failed of one crash are mended by one new worker.
    const mended = healing.then(() => mend(id, fault));
    healing = mended.catch(() => undefined);
    return mended;
  };

  /** In the background: the one below answers until the top is ready. */
  const climb = () => {
    const top = offerOf(topId);
    if (climbing || choosing > 0 || !top || top.card.id === models.state.chosenId) return;
    if (isOff(top) || !isHere(top)) return;
    const { id } = top.card;
    climbing = models.choose(id).then(() => {
      climbing = undefined;
      const isUp = models.state.chosenId === id && offerOf(id)?.state.kind === 'ready';
      if (isUp) show(shown && told(id, shown.cause, 'climbed_back'));
      else rungOf(id).restsUntil = now() + REST_MS * 2 ** rungOf(id).steppedDown++;
    });
  };

  /** What a person does with the models moves the top too. */
  const byPerson = async (work: Promise<void>) => {
    const before = models.state.chosenId;
    choosing++;
    await work.finally(() => choosing--);
    if (models.state.chosenId !== before) topId = models.state.chosenId;
  };

  return {
    ...models,
    get state() {
      return { ...models.state, ...(shown ? { healing: shown } : {}) };
    },
    chosen() {
      climb();
      const chosen = models.chosen();
      return { ...chosen, heal: (fault) => heal(chosen.id, fault) };
    },
    heal,
    dismissHealing() {
      if (shown?.cause === 'load_killed') marker?.tell(shown.modelId);
      show(undefined);
    },
    async choose(id) {
      topId = id;
      rungs.delete(id);
      if (offerOf(id)?.card.engine === 'webllm') isGpuOff = false;
      if (shown) show(undefined);
      await byPerson(models.choose(id));
      if (models.state.chosenId !== id) topId = models.state.chosenId;
    },
    cancel: (id) => byPerson(models.cancel(id)),
    remove: (id) => byPerson(models.remove(id)),
    put: (...args) => byPerson(models.put(...args)),
    resume: () => byPerson(models.resume()),
    async restore(id) {
      await models.restore(id);
      topId = models.state.chosenId;
      const killed = marker?.killed() ?? [];
      for (const each of killed) rungOf(each.id).restsUntil = Infinity;
      const reason = killed.find((each) => each.id === topId);
      const next = reason && rungsBelow(models.state.offers, reason.id).find((offer) => !isOff(offer));
      if (!next) return;
      await models.restore(next.card.id);
      if (!reason.isTold) show(told(reason.id, 'load_killed', 'stepped_down'));
    },
    async preload() {
      const id = models.state.chosenId;
      await models.preload();
      const state = offerOf(id)?.state;
      if (id !== undefined && state?.kind === 'failed' && models.state.chosenId === id)
        await heal(id, new Fault(state.fault.code, state.fault.detail));
    },
  };
}

/** The browser's own model tells no size: about that of one of some 3 billion parameters. */
const BUILTIN_BYTES = 2e9;

/**
 * What is here and smaller, best first: on the graphics processor by size, the browser's own model among them; on the processor by size;
 * then what is bundled.
 */
function rungsBelow(offers: readonly ModelOffer[], id: string): ModelOffer[] {
  const rankOf = ({ card, isBundled }: ModelOffer) =>
    isBundled ? 0 : (card.sizeBytes || BUILTIN_BYTES) + (card.engine === 'wllama' ? 0 : 1e15);
  const failed = offers.find(({ card }) => card.id === id);
  if (!failed) return [];
  return offers
    .filter((offer) => offer !== failed && !offer.refusal && isHere(offer))
    .filter((offer) => offer.isBundled || rankOf(offer) < rankOf(failed))
    .sort((a, b) => rankOf(b) - rankOf(a));
}

/** A ladder fetches nothing: only a person agrees to a download. Nor does it take what nobody asked for. */
function isHere({ isBundled, state, kept }: ModelOffer): boolean {
  if (kept.isUnasked) return false;
  return isBundled || state.kind === 'kept' || state.kind === 'ready' || state.kind === 'starting';
}
