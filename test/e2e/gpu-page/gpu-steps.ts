/** In the browser: the real ladder and real turns, on scripted engines of which those for the graphics processor hold a device. */
import { createLadder } from '../../../src/engine/ladder';
import { createLocalEngine, type Runtime } from '../../../src/engine/local/local-engine';
import { createModels } from '../../../src/engine/local/models';
import type { ModelsState } from '../../../src/kernel/app-state';
import type { ModelCard } from '../../../src/kernel/config';
import type { Chunk, LocalEngine } from '../../../src/kernel/engine';
import { Fault } from '../../../src/kernel/fault';
import type { ChatMessage } from '../../../src/kernel/history';
import { browserClock } from '../../../src/turn/browser-clock';
import { runTurn } from '../../../src/turn/turn';
import type { FromGpuWorker, ToGpuWorker } from './gpu-worker';

/** Twenty different words, so that no watch takes them for a loop. */
const WORDS =
  'one two three four five six seven eight nine ten alpha beta gamma delta epsilon zeta eta theta iota kappa';
export const ANSWER = WORDS;
const words = WORDS.split(' ').map((word, at) => (at ? ` ${word}` : word));

const card = (id: string, engine: ModelCard['engine'], sizeBytes: number, url: string): ModelCard => ({
  id,
  name: id,
  engine,
  url,
  sizeBytes,
  contextTokens: 4_096,
  licence: 'MIT',
});
const cards = [
  card('large', 'webllm', 900e6, 'https://hub.example/large/'),
  card('small', 'webllm', 300e6, 'https://hub.example/small/'),
  card('cpu', 'wllama', 100e6, 'https://hub.example/cpu.gguf'),
];

const workers = new Set<Worker>();

/** A runtime in a worker; without a device it just talks. */
async function startRuntime(hasDevice: boolean): Promise<Runtime> {
  const worker = new Worker(new URL('./gpu-worker.ts', import.meta.url), { type: 'module' });
  workers.add(worker);
  const { promise: gone, resolve: markGone } = Promise.withResolvers<Fault>();
  let answering: ((message: FromGpuWorker) => void) | undefined;
  const say = (message: ToGpuWorker) => worker.postMessage(message);
  const ready = Promise.withResolvers<void>();
  const exit = (why: Fault) => {
    worker.terminate();
    workers.delete(worker);
    markGone(why);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<FromGpuWorker>) => {
    if (data.type === 'ready') ready.resolve();
    if (data.type === 'failed') {
      ready.reject(new Fault(data.code));
      exit(new Fault(data.code));
    }
    answering?.(data);
  });
  if (hasDevice) {
    say({ type: 'start' });
    await ready.promise;
  }
  return {
    gone,
    ownFiles: [],
    exit,
    complete(_prompt, { signal }) {
      const settled = Promise.withResolvers<void>();
      const stream = new ReadableStream<Chunk>({
        start(controller) {
          const end = (fault?: Fault) => {
            answering = undefined;
            settled.resolve();
            if (fault) controller.error(fault);
            else controller.close();
          };
          answering = (message) => {
            if (message.type === 'word') controller.enqueue({ text: message.word });
            else if (message.type === 'failed') end(new Fault(message.code));
            else if (message.type === 'done') {
              controller.enqueue({
                text: '',
                finish: 'stop',
                usage: { promptTokens: 20, completionTokens: 20 },
              });
              end();
            }
          };
          signal.addEventListener('abort', () => answering && end(new Fault('cancelled')));
          if (hasDevice) say({ type: 'ask', words });
          else
            void talk((word) => answering?.({ type: 'word', word })).then(() =>
              answering?.({ type: 'done' }),
            );
        },
      });
      return { chunks: stream, settled: settled.promise };
    },
  };
}

async function talk(say: (word: string) => void) {
  for (const word of words) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    say(word);
  }
}

const createEngine = ({ id, engine, contextTokens }: ModelCard): LocalEngine =>
  createLocalEngine({
    id: `${engine}:${id}`,
    contextTokens,
    start: async (_signal, tell) => {
      tell({ step: 'start' });
      return startRuntime(engine === 'webllm');
    },
  });

const models = createModels({
  cards,
  baseUrl: new URL(location.href),
  now: Date.now,
  createFiles: () => ({
    state: async () => ({ doneBytes: 1, isWhole: true, isVerified: true, usedAt: 0 }),
    open: () => Promise.reject(new Error('not here')),
    put: async () => undefined,
    pack: () => Promise.reject(new Error('not here')),
    remove: async () => undefined,
  }),
  createEngine,
  onChange: () => undefined,
});
const ladder = createLadder({ models, now: Date.now, onChange: () => undefined });
let answer: ChatMessage | undefined;

/** Makes a model the one that answers, as a person does. */
export async function choose(id: string): Promise<void> {
  if (!ladder.state.chosenId) await ladder.restore(id);
  await ladder.choose(id);
}

export async function ask(): Promise<ChatMessage> {
  return runTurn({
    messages: [{ id: 'q', role: 'user', text: 'What?', status: 'done', createdAt: 0 }],
    answerId: 'a',
    answerer: async () => ladder.chosen(),
    clock: browserClock,
    signal: new AbortController().signal,
    show: (shown) => void (answer = shown),
    save: async () => undefined,
  });
}

/** What is shown of the answer now. */
export function shown(): string {
  return answer?.text ?? '';
}

export function destroyDevice(): void {
  for (const worker of workers) worker.postMessage({ type: 'destroy' } satisfies ToGpuWorker);
}

export function state(): Pick<ModelsState, 'chosenId' | 'healing'> & { workers: number } {
  const { chosenId, healing } = ladder.state;
  return { chosenId, ...(healing ? { healing } : {}), workers: workers.size };
}
