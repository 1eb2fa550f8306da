/** The model that this browser may bring itself: loaded only where there is one, and the site does not rule it out. */
import type { Builtin } from '../engine/local/builtin/builtin';
import { findBuiltin } from '../engine/local/builtin/find-builtin';
import type { Ladder } from '../engine/ladder';
import type { Config, ModelCard } from '../kernel/config';
import type { KeyValue } from '../kernel/key-value';

export const BUILTIN_ID = 'built-in';

export interface LocalBuiltinOptions {
  readonly config: Promise<Config>;
  readonly keyValue: Promise<KeyValue>;
  readonly chosenId: () => Promise<string | undefined>;
}

export interface LocalBuiltin extends Builtin {
  /** It answers where nobody chose another. */
  readonly isPreferred: boolean;
}

export async function loadBuiltin({
  config,
  keyValue,
  chosenId,
}: LocalBuiltinOptions): Promise<LocalBuiltin | undefined> {
  const { builtInModel = 'offer' } = await config;
  if (builtInModel === 'off') return undefined;
  const found = await findBuiltin(globalThis);
  if (!found) return undefined;
  const { createBuiltin } = await import('../engine/local/builtin/builtin');
  const isPreferred = builtInModel === 'prefer';
  const built = createBuiltin(BUILTIN_ID, found, {
    keyValue: await keyValue,
    isWished: isPreferred || (await chosenId()) === BUILTIN_ID,
    now: Date.now,
    newChannel: () => new BroadcastChannel('smallfirst-builtin'),
  });
  return { ...built, isPreferred };
}

/** After what is the site's own and the starter: it costs nothing to get. */
export function withBuiltin(cards: readonly ModelCard[], builtin: Builtin | undefined): ModelCard[] {
  if (!builtin) return [...cards];
  const at = cards.findIndex(({ id }) => id === 'starter') + 1;
  return cards.toSpliced(at, 0, builtin.card);
}

/** The same ladder; who chooses the browser's model has it fetched by this tab, which has the click, whichever tab runs it then. */
export function fetchedHere(ladder: Ladder, builtin: Promise<Builtin | undefined>): Ladder {
  const { choose } = ladder;
  return Object.assign(ladder, {
    choose(id: string) {
      if (id === BUILTIN_ID) void builtin.then((own) => own?.fetch());
      return choose(id);
    },
  });
}
