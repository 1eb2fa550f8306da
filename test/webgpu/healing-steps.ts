/** In the browser: the real ladder and real turns, on real web-llm and, a rung below it, the starter model. */
import { createLadder } from '../../src/engine/ladder';
import { createModels } from '../../src/engine/local/models';
import { createMlcFolder } from '../../src/engine/local/webllm/mlc-folder';
import { createWebllmEngine } from '../../src/engine/local/webllm/webllm';
import { createWllamaEngine } from '../../src/engine/local/wllama/wllama';
import { CATALOG } from '../../src/kernel/catalog';
import type { ModelCard } from '../../src/kernel/config';
import type { LocalEngine } from '../../src/kernel/engine';
import type { ChatMessage } from '../../src/kernel/history';
import { browserClock } from '../../src/turn/browser-clock';
import type { Clock } from '../../src/turn/pace';
import { runTurn } from '../../src/turn/turn';
import type { ModelUnderTest } from './engine-steps';
import { openWeights } from '../page-weights';

/** A token takes half a minute where the graphics processor is imitated. */
const MAX_TOKENS = 2;
/** By which its patience is longer, too. */
const SLOWER = 10;
const patientClock: Clock = {
  ...browserClock,
  wait: (ms, signal) => browserClock.wait(SLOWER * ms, signal),
};

let ladder: ReturnType<typeof createLadder> | undefined;
let answer: ChatMessage | undefined;

/** Makes the model under test the one that answers; its files are here or are fetched. */
export async function climbOn(model: ModelUnderTest): Promise<void> {
  const { weights } = await openWeights('webgpu-test');
  const starter = CATALOG.find(({ id }) => id === 'starter');
  if (!starter) throw new Error('The catalogue has no starter.');
  const under: ModelCard = {
    id: 'under-test',
    name: 'under test',
    engine: 'webllm',
    url: model.url,
    lib: model.libUrl,
    sizeBytes: model.sizeBytes,
    contextTokens: model.contextTokens,
    licence: 'MIT',
  };
  const folder = createMlcFolder({ ...model, mirrors: [], libMirrors: [] }, weights);
  const kept = {
    ...folder,
    state: async () => ({ doneBytes: 1, isWhole: true, isVerified: true, usedAt: 0 }),
    put: async () => undefined,
  };
  const createEngine = ({ id, contextTokens }: ModelCard): LocalEngine =>
    id === 'starter'
      ? createWllamaEngine({
          id: 'wllama:starter',
          contextTokens,
          threads: 1,
          ...(starter.handOverToken === undefined ? {} : { handOverToken: starter.handOverToken }),
          request: (url, init) => fetch(url, init),
          files: {
            open: async () =>
              new Map([
                ['/starter.gguf', { content: await (await fetch('/models/starter/starter.gguf')).blob() }],
              ]),
          },
        })
      : short(
          createWebllmEngine({
            id: 'webllm:under-test',
            modelId: 'under-test',
            modelUrl: model.url,
            libUrl: model.libUrl,
            contextTokens,
            canThink: false,
            silentStartMs: 300_000,
            files: folder,
          }),
        );
  const models = createModels({
    cards: [under, starter],
    baseUrl: new URL(location.href),
    now: Date.now,
    createFiles: () => kept,
    createEngine,
    onChange: () => undefined,
  });
  ladder = createLadder({ models, now: Date.now, onChange: () => undefined });
  await ladder.restore('under-test');
  await ladder.choose('under-test');
}

/** Says little, and is asked the question alone. */
function short(engine: LocalEngine): LocalEngine {
  return {
    ...engine,
    generate: (prompt, options) => engine.generate(prompt.slice(-1), { ...options, maxTokens: MAX_TOKENS }),
  };
}

export async function turn(question: string): Promise<ChatMessage> {
  answer = undefined;
  return runTurn({
    messages: [{ id: 'q', role: 'user', text: question, status: 'done', createdAt: 0 }],
    answerId: 'a',
    answerer: async () => {
      if (!ladder) throw new Error('There is no ladder.');
      return ladder.chosen();
    },
    clock: patientClock,
    signal: new AbortController().signal,
    show: (shown) => void (answer = shown),
    save: async () => undefined,
  });
}

/** Of the answer under way: whether text of it has come. */
export const hasBegun = () => (answer?.text ?? '') !== '';

export const standing = () => ({
  chosenId: ladder?.state.chosenId,
  states: ladder?.state.offers.map(({ card, state }) => `${card.id}: ${state.kind}`),
});
