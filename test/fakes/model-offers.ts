/** A set of models on offer whose loading a test moves by hand. */
import { createModels } from '../../src/engine/local/models';
import type { ModelCard } from '../../src/kernel/config';
import type { Fault } from '../../src/kernel/fault';
import { settle } from './fake-clock';
import { createLoadingEngine, type LoadingEngine } from './loading-engine';

export const MIB = 1024 * 1024;
export const cardOf = (id: string, more: Partial<ModelCard> = {}): ModelCard => ({
  id,
  name: `Model ${id}`,
  engine: 'wllama',
  url: `https://hub.example/${id}.gguf`,
  sizeBytes: 100 * MIB,
  contextTokens: 512,
  licence: 'MIT',
  ...more,
});
export const starter = cardOf('starter', { url: 'models/starter.gguf', sizeBytes: 2 * MIB });
export const urlOf = (id: string) =>
  id === 'starter' ? 'https://page.example/chat/models/starter.gguf' : cardOf(id).url;

export function offer(
  cards: readonly ModelCard[] = [starter, cardOf('a'), cardOf('b')],
  keptIds: readonly string[] = [],
  refusalOf?: () => Fault,
) {
  const kept = new Set(keptIds.map(urlOf));
  /** Of models that are here without having been asked for. */
  const unasked = new Set<string>();
  /** Bytes of files that are here in part. */
  const parts = new Map<string, number>();
  const engines = new Map<string, LoadingEngine>();
  let nowMs = 0;
  let changes = 0;
  const starts: string[] = [];
  const models = createModels({
    cards,
    baseUrl: new URL('https://page.example/chat/'),
    now: () => nowMs,
    ...(refusalOf ? { refusalOf } : {}),
    createFiles: (_card, url) => ({
      state: async () => ({
        doneBytes: kept.has(url) ? 1 : (parts.get(url) ?? 0),
        isWhole: kept.has(url),
        isVerified: false,
        usedAt: 0,
        ...(unasked.has(url) ? { isUnasked: true as const } : {}),
      }),
      open: () => Promise.reject(new Error('not here')),
      pack: () => Promise.reject(new Error('not here')),
      put: async () => void kept.add(url),
      remove: async () => {
        kept.delete(url);
        parts.delete(url);
      },
    }),
    createEngine: (card) => {
      const engine = createLoadingEngine(card.id, card.contextTokens);
      engines.set(card.id, engine);
      return engine;
    },
    onStart: (id, isUnderWay) => void starts.push(`${id} ${isUnderWay ? 'begins' : 'ends'}`),
    onChange: () => void changes++,
  });
  const stateOf = (id: string) => models.state.offers.find(({ card }) => card.id === id)?.state;
  const engine = (id: string) => engines.get(id)!;
  /** Chooses, and lets everything run until the load waits. */
  const choose = async (id: string) => {
    void models.choose(id);
    await settle();
  };
  const ready = async (id: string) => {
    await choose(id);
    kept.add(urlOf(id));
    engine(id).finish();
    await settle();
  };
  return {
    models,
    kept,
    unasked,
    parts,
    engine,
    starts,
    now: () => nowMs,
    stateOf,
    choose,
    ready,
    pass: (ms: number) => (nowMs += ms),
    changes: () => changes,
  };
}
