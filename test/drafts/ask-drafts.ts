/** In the browser: has a model of the app's own catalogue, or of a config file, draft answers, and tells how sure it was. */
import { probeGpu } from '../../src/engine/local/gpu-probe';
import { createLocalModels } from '../../src/engine/local/local-models';
import type { ModelState } from '../../src/kernel/app-state';
import { CATALOG } from '../../src/kernel/catalog';
import type { ModelCard } from '../../src/kernel/config';
import type { LocalEngine, TokenLogprob } from '../../src/kernel/engine';
import { Fault, faultOf } from '../../src/kernel/fault';
import { GPU_CATALOG } from '../../src/kernel/gpu-catalog';
import { openStorage } from '../../src/store/open-storage';
import { createWeights } from '../../src/weights/weights';

/** One answer; numbers of tokens and milliseconds as the engine and the clock had them. */
export interface Drafted {
  readonly text: string;
  readonly logprobs: readonly TokenLogprob[];
  readonly isHandOver: boolean;
  readonly isCut: boolean;
  readonly completionTokens: number;
  readonly firstTextMs: number;
  readonly durationMs: number;
}

export interface DraftOptions {
  readonly maxTokens: number;
  readonly temperature: number;
}

const SYSTEM = 'You are a helpful assistant. Answer briefly and plainly, in the language of the question.';

let engine: LocalEngine | undefined;

/** Loads the model `id`; `own` go before the catalogue's. Returns how a person calls it. Throws an Error in plain words. */
export async function openModel(
  id: string,
  own: readonly ModelCard[],
  onProgress: (words: string) => void,
): Promise<string> {
  const gpu = await probeGpu(navigator);
  const cards = [...own, ...CATALOG, ...GPU_CATALOG].filter(
    (card, at, all) => all.findIndex((other) => other.id === card.id) === at,
  );
  const card = cards.find((one) => one.id === id);
  if (!card) throw new Error(`There is no model ${id}; there are ${cards.map((one) => one.id).join(', ')}.`);
  if (card.engine === 'webllm' && gpu.kind !== 'gpu')
    throw new Error(
      `${id} runs on a graphics processor, and this browser offers none: try --headed or --browser-arg.`,
    );
  const { weights } = await openStorage({
    name: 'smallfirst',
    notify: () => undefined,
    signal: new AbortController().signal,
  });
  const request = (url: string | URL, init?: RequestInit) => fetch(url, init);
  let told = '';
  const models = createLocalModels({
    gpu,
    cards,
    weights: createWeights({
      keyValue: weights,
      request,
      random: Math.random,
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      now: () => performance.now(),
      locks: navigator.locks,
    }),
    baseUrl: new URL('/public/', location.href),
    now: () => performance.now(),
    request,
    onChange: () => {
      const words = wordsOf(models.state.offers.find((offer) => offer.card.id === id)?.state);
      if (words !== told) onProgress((told = words));
    },
  });
  await models.choose(id);
  if (models.state.offers.find((offer) => offer.card.id === id)?.state.kind !== 'ready')
    throw new Error(`${id} could not be loaded: ${told}`);
  const { engine: chosen, modelName } = models.chosen();
  engine = chosen;
  return modelName;
}

/** In steps of a tenth, so that they can be read. */
function wordsOf(state: ModelState | undefined): string {
  if (state?.kind === 'failed') return [state.fault.code, state.fault.detail].join(' ').trim();
  if (state?.kind !== 'fetching') return state?.kind ?? 'absent';
  return `fetched ${Math.floor((10 * state.doneBytes) / state.totalBytes)}0 % of ${Math.round(state.totalBytes / 1e6)} MB`;
}

/** One draft. An engine that cannot tell logprobs of this text drafts without. Throws an Error with the fault's words. */
export async function draftAnswer(question: string, options: DraftOptions): Promise<Drafted> {
  try {
    return await ask(question, { ...options, topLogprobs: 5 });
  } catch (error) {
    const fault = faultOf(error, 'engine_failed');
    if (!(fault instanceof Fault) || fault.code === 'context_overflow') throw error;
    return ask(question, options);
  }
}

async function ask(question: string, options: DraftOptions & { topLogprobs?: number }): Promise<Drafted> {
  if (!engine) throw new Error('No model is open.');
  const started = performance.now();
  let text = '';
  let isHandOver = false;
  let isCut = false;
  let completionTokens = 0;
  let firstTextMs = 0;
  const logprobs: TokenLogprob[] = [];
  const chunks = engine.generate(
    [
      { role: 'system', content: SYSTEM },
      { role: 'user', content: question },
    ],
    { ...options, signal: new AbortController().signal },
  );
  for await (const chunk of chunks) {
    if (chunk.text && !text) firstTextMs = performance.now() - started;
    text += chunk.text;
    logprobs.push(...(chunk.logprobs ?? []));
    isHandOver ||= chunk.isHandOver === true;
    isCut ||= chunk.finish === 'length';
    completionTokens = chunk.usage?.completionTokens ?? completionTokens;
  }
  return {
    text,
    logprobs,
    isHandOver,
    isCut,
    completionTokens,
    firstTextMs,
    durationMs: performance.now() - started,
  };
}
