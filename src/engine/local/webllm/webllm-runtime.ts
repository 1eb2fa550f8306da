/** One web-llm in its worker, as the page sees it: started from files, asked, thrown away. */
import type { Chunk } from '../../../kernel/engine';
import { Fault } from '../../../kernel/fault';
import { untilAborted } from '../../../kernel/queue';
import type { Runtime } from '../local-engine';
import { readStream } from '../read-stream';
import type { FromWorker, ToWorker } from './messages';
// oxlint-disable-next-line import/default -- Vite makes it: https://vite.dev/guide/assets#importing-script-as-a-worker
import workerUrl from './worker/worker?worker&url';

/** A worker that says nothing for this long while it answers, in a tab that is looked at, is stuck: it beats every second. */
const SILENCE_MS = 15_000;

export interface WebllmStart {
  readonly load: Omit<ToWorker & { type: 'load' }, 'type'>;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** Faults: `worker_load`, `worker_gone`, `model_lib`, `gpu_limit`, `no_webgpu`, `out_of_memory`, `model_file`, `engine_load`, `cancelled`. */
export async function startWebllm({ load, signal, onProgress }: WebllmStart): Promise<Runtime> {
  const worker = startWorker(workerUrl);
  const { promise: gone, resolve: markGone } = Promise.withResolvers<Fault>();
  const say = (message: ToWorker) => worker.postMessage(message);
  let isLoaded = false;
  /** Of the answer under way. */
  let answering: Answer | undefined;

  const exit = (why: Fault) => {
    worker.terminate();
    markGone(why);
    answering?.fail(why);
    answering = undefined;
  };
  const end = (fault?: Fault) => {
    const ended = answering;
    answering = undefined;
    if (fault) ended?.fail(fault);
    else ended?.finish();
  };

  const loading = Promise.withResolvers<void>();
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const fault = new Fault(isLoaded ? 'worker_gone' : 'worker_load', event.message || undefined);
    loading.reject(fault);
    exit(fault);
  });
  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    answering?.beat();
    if (data.type === 'progress') onProgress(data.text);
    else if (data.type === 'loaded') loading.resolve();
    else if (data.type === 'chunk') answering?.take(data.chunk);
    else if (data.type === 'done') end();
    else if (data.type === 'failed') {
      const fault = new Fault(data.fault.code, data.fault.detail);
      if (!isLoaded) loading.reject(fault);
      // A device that is lost is lost for good: the next request starts a new worker.
      else if (fault.code === 'device_lost') exit(fault);
      else end(fault);
    }
  });

  try {
    say({ type: 'load', ...load });
    await untilAborted(loading.promise, signal);
    isLoaded = true;
  } catch (error) {
    exit(error instanceof Fault ? error : new Fault('cancelled'));
    throw error;
  }

  return {
    gone,
    ownFiles: [workerUrl, import.meta.url].map((url) => new URL(url, document.baseURI).href),
    exit,
    complete(prompt, { signal: stop, ...options }) {
      const settled = Promise.withResolvers<void>();
      const answer = createAnswer(settled.resolve, () => exit(new Fault('worker_gone')));
      answering = answer;
      say({ type: 'ask', messages: prompt, options });
      return {
        chunks: readStream(answer.stream, stop, () => {
          if (answering === answer) say({ type: 'stop' });
        }),
        settled: settled.promise,
      };
    },
  };
}

/** A browser refuses a worker of another origin, where our files lie for a widget; one of the page's own may import it. */
function startWorker(url: string): Worker {
  if (new URL(url, document.baseURI).origin === location.origin) return new Worker(url, { type: 'module' });
  const code = new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' });
  const own = URL.createObjectURL(code);
  const worker = new Worker(own, { type: 'module' });
  const forget = () => URL.revokeObjectURL(own);
  for (const type of ['message', 'error']) worker.addEventListener(type, forget, { once: true });
  return worker;
}

interface Answer {
  readonly stream: ReadableStream<Chunk>;
  take(chunk: Chunk): void;
  finish(): void;
  fail(fault: Fault): void;
  beat(): void;
}

function createAnswer(onSettled: () => void, onSilence: () => void): Answer {
  let controller: ReadableStreamDefaultController<Chunk>;
  let isLeft = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stream = new ReadableStream<Chunk>({
    start: (own) => void (controller = own),
    cancel: () => void (isLeft = true),
  });
  const beat = () => {
    clearTimeout(timer);
    // A tab in the background may be put to sleep, worker and all.
    timer = setTimeout(() => (document.visibilityState === 'visible' ? onSilence() : beat()), SILENCE_MS);
  };
  const settle = () => {
    clearTimeout(timer);
    onSettled();
  };
  beat();
  return {
    stream,
    beat,
    take: (chunk) => void (isLeft || controller.enqueue(chunk)),
    finish: () => {
      if (!isLeft) controller.close();
      settle();
    },
    fail: (fault) => {
      if (!isLeft) controller.error(fault);
      settle();
    },
  };
}
