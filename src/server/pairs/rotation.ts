/** Which models answer today: the operator's pair, each replaced by its successor from the day it goes, or as soon as it is gone. */
import type { Log } from '../log';
import { utcDayOf } from '../ledger/ledger';
import type { FindModel } from './known-models';
import { onDay, type ModelFacts } from './model-facts';
import type { ListedModel } from './read-models';

export type Role = 'flagship' | 'small';

/** One rung of the ladder, for who runs the server. */
export interface RungStatus {
  readonly role: Role;
  /** As the operator wrote it. */
  readonly configured: string;
  /** The one that answers; undefined where all that could are gone. */
  readonly facts: ModelFacts | undefined;
  /** Of the one that answers, where a day is known. */
  readonly shutdown: string | undefined;
  readonly successor: ModelFacts | undefined;
  /** Until `shutdown`; whole UTC days. */
  readonly daysLeft: number | undefined;
  readonly state: 'serving' | 'retiring' | 'replaced' | 'gone';
  /** Whether the vendor's list has the model; undefined as long as no list was read. */
  readonly isListed: boolean | undefined;
}

export interface Rotation {
  /** The model that answers for `flagship`, `small`, or a name of either, also a former one; undefined for any other name. */
  find(name: string): ModelFacts | undefined;
  /** The pair as it is today; the small one is left out where it has become the same. */
  pair(): { readonly flagship?: ModelFacts; readonly small?: ModelFacts };
  status(): readonly RungStatus[];
  /** The vendor says that there is no such model; believed for ten minutes, or as long as its list says so. True where another now stands in its place. */
  markGone(model: string): boolean;
  /** Takes over what the vendor's list says: its dates, and what has vanished from it. */
  learn(listed: ReadonlyMap<string, ListedModel>): void;
  /** Says in the log, once a UTC day, what goes within 60 days; and once, what has been replaced. */
  warn(): void;
}

export interface RotationOptions {
  readonly flagship: string;
  readonly small?: string | undefined;
  readonly findModel: FindModel;
  readonly now: () => number;
  readonly log: Log;
  /** The endpoint answers whatever is asked: what its list lacks is not gone. */
  readonly ignoresModel?: boolean;
  /** A model is gone that the list may say more about. */
  readonly onGone?: () => void;
}

export const WARN_DAYS = 60;
/** One 404 may be a proxy's mistake: after so long the model is tried again. */
const GONE_MS = 600_000;
const DAY_MS = 86_400_000;

export function createRotation(options: RotationOptions): Rotation {
  const { findModel, now, log } = options;
  const configured = { flagship: options.flagship, small: options.small };
  /** Until when; for good where the vendor's list says so. */
  const gone = new Map<string, number>();
  let listed: ReadonlyMap<string, ListedModel> | undefined;
  let warnedDay = '';
  const toldReplaced = new Set<string>();

  const today = () => utcDayOf(now()).day;

  /** The operator's word, else the vendor's list's, else ours. */
  function shutdownOf(facts: ModelFacts): string | undefined {
    const told = listed?.get(facts.model)?.shutdown;
    if (facts.hasOperatorDate || told === undefined) return facts.shutdown;
    return told ?? undefined;
  }

  function isGone(facts: ModelFacts): boolean {
    const shutdown = shutdownOf(facts);
    const isMarked = (gone.get(facts.model) ?? -Infinity) > now();
    return isMarked || (shutdown !== undefined && shutdown <= today());
  }

  function successorOf(facts: ModelFacts): ModelFacts | undefined {
    const name = facts.successor ?? listed?.get(facts.model)?.successor;
    return name === undefined ? undefined : findModel(name);
  }

  /** From the configured model on, the first that is not gone; `names`: all that it stands for. */
  function follow(model: string): { facts: ModelFacts | undefined; names: Set<string> } {
    const names = new Set<string>();
    let facts = findModel(model);
    while (facts) {
      names.add(facts.model);
      facts.aliases?.forEach((alias) => names.add(alias));
      if (!isGone(facts)) return { facts: onDay(facts, today()), names };
      const next = successorOf(facts);
      facts = next && !names.has(next.model) ? next : undefined;
    }
    return { facts: undefined, names };
  }

  /** Looked up anew when the day ends, a model may be back, or something is learned: each call asks for it. */
  let looked: { readonly value: ReturnType<typeof lookUp>; fromMs: number; untilMs: number } | undefined;
  function rungs() {
    const atMs = now();
    if (looked && looked.fromMs <= atMs && atMs < looked.untilMs) return looked.value;
    const backMs = [...gone.values()].filter((untilMs) => untilMs > atMs);
    const untilMs = Math.min(utcDayOf(atMs).endsAtMs, ...backMs);
    looked = { value: lookUp(), fromMs: atMs, untilMs };
    return looked.value;
  }

  /** Where a rung is gone for good the other one answers in its place. */
  function lookUp() {
    const flagship = follow(configured.flagship);
    const small = configured.small === undefined ? undefined : follow(configured.small);
    return { flagship, small, flagshipFacts: flagship.facts ?? small?.facts };
  }

  function statusOf(role: Role, model: string): RungStatus {
    const { facts } = follow(model);
    const shutdown = facts && shutdownOf(facts);
    const daysLeft =
      shutdown === undefined ? undefined : (Date.parse(shutdown) - Date.parse(today())) / DAY_MS;
    let state: RungStatus['state'] = 'serving';
    if (!facts) state = 'gone';
    else if (daysLeft !== undefined && daysLeft <= WARN_DAYS) state = 'retiring';
    else if (facts.model !== model) state = 'replaced';
    return {
      role,
      configured: model,
      facts,
      shutdown,
      successor: facts && successorOf(facts),
      daysLeft,
      state,
      isListed: facts && listed && listed.has(facts.model),
    };
  }

  function find(name: string): ModelFacts | undefined {
    const { flagship, small, flagshipFacts } = rungs();
    if (name === 'flagship' || flagship.names.has(name)) return flagshipFacts;
    if (small && (name === 'small' || small.names.has(name))) return small.facts ?? flagshipFacts;
    return undefined;
  }

  const status = (): readonly RungStatus[] => [
    statusOf('flagship', configured.flagship),
    ...(configured.small === undefined ? [] : [statusOf('small', configured.small)]),
  ];

  function tellReplaced(): void {
    for (const { role, configured: model, facts } of status()) {
      const key = `${model} ${facts?.model}`;
      if (facts?.model === model || toldReplaced.has(key)) continue;
      toldReplaced.add(key);
      if (facts) {
        const next = `${facts.model} answers in its place, at ${priceText(facts)}`;
        log.warn(`${model} has left the vendor’s API; ${next}`, { role });
      } else {
        log.error(`${model} has left the vendor’s API, and no successor is known`, { role });
      }
    }
  }

  return {
    find,
    pair() {
      const { small, flagshipFacts } = rungs();
      const smallFacts = small?.facts;
      return {
        ...(flagshipFacts ? { flagship: flagshipFacts } : {}),
        ...(smallFacts && smallFacts.model !== flagshipFacts?.model ? { small: smallFacts } : {}),
      };
    },
    status,
    markGone(model) {
      if (!gone.has(model)) options.onGone?.();
      gone.set(model, Math.max(gone.get(model) ?? 0, now() + GONE_MS));
      looked = undefined;
      tellReplaced();
      const next = find(model);
      return next !== undefined && next.model !== model;
    },
    learn(list) {
      for (const { facts } of status()) {
        if (!facts || options.ignoresModel) continue;
        // That it was never there may be a list of another kind; that it has vanished is clear.
        if (listed?.has(facts.model) && !list.has(facts.model)) gone.set(facts.model, Infinity);
        else if (listed === undefined && !list.has(facts.model)) {
          log.warn(`${facts.model} is not in the vendor’s list of models`);
        }
      }
      for (const model of gone.keys()) if (list.has(model)) gone.delete(model);
      listed = list;
      looked = undefined;
      tellReplaced();
    },
    warn() {
      tellReplaced();
      if (warnedDay === today()) return;
      warnedDay = today();
      for (const { facts, state, daysLeft, shutdown, successor, role } of status()) {
        if (!facts || state !== 'retiring') continue;
        const next = successor
          ? `${successor.model} takes over then, at ${priceText(successor)}`
          : 'no successor with a known price is set: give one under “prices” in the config file';
        log.warn(`${facts.model} leaves the vendor’s API on ${shutdown}, in ${daysLeft} days; ${next}`, {
          role,
        });
      }
    },
  };
}

/** `$2.5 / $10 per million tokens`. */
function priceText({ inputNanoUsd, outputNanoUsd }: ModelFacts): string {
  return `$${inputNanoUsd / 1_000} / $${outputNanoUsd / 1_000} per million tokens`;
}
