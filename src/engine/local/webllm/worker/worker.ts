/** The worker of the WebGPU engine: one web-llm with one model, fed from files that the page opened. */
import { MLCEngine } from '@mlc-ai/web-llm';
import { faultRecordOf } from '../../../../kernel/fault';
import type { Message } from '../../../../kernel/message';
import type { AskOptions, FromWorker, ToWorker } from '../messages';
import { chunkOf, createUsageCounter, requestOf, webllmFaultOf } from './translate';
import { createFileCaches } from './file-caches';
import { watchDevices } from './watch-device';

const BEAT_MS = 1_000;
/** What failed because the device is lost may be heard of sooner than the loss. */
const LOSS_MS = 250;

const tell = (message: FromWorker) => self.postMessage(message);
const engine = new MLCEngine({
  logLevel: 'WARN',
  initProgressCallback: ({ text }) => tell({ type: 'progress', text }),
});
const count = createUsageCounter();
/** Of the answer under way. */
let isStopped = false;
let canThink = false;

async function load({
  modelId,
  modelUrl,
  libUrl,
  contextTokens,
  files,
  ...model
}: ToWorker & { type: 'load' }) {
  canThink = model.canThink;
  Object.defineProperty(self, 'caches', { value: createFileCaches(new Map(files)), configurable: true });
  engine.setAppConfig({
    cacheBackend: 'cache',
    model_list: [
      {
        model: modelUrl,
        model_id: modelId,
        model_lib: libUrl,
        overrides: { context_window_size: contextTokens },
      },
    ],
  });
  try {
    await engine.reload(modelId);
    tell({ type: 'loaded' });
  } catch (error) {
    tell({ type: 'failed', fault: faultRecordOf(webllmFaultOf(error, 'engine_load')) });
  }
}

async function ask(messages: readonly Message[], options: AskOptions) {
  isStopped = false;
  let answer = '';
  try {
    const stream = await engine.chat.completions.create(requestOf(messages, options, canThink));
    // To its end even where it was stopped: web-llm keeps its lock until then.
    for await (const part of stream) {
      const chunk = chunkOf(part);
      answer += chunk.text;
      if (isStopped) continue;
      const usage = count(messages, answer, part.usage);
      tell({ type: 'chunk', chunk: { ...chunk, ...(usage ? { usage } : {}) } });
    }
    tell({ type: 'done' });
  } catch (error) {
    await new Promise((resolve) => setTimeout(resolve, LOSS_MS));
    tell({ type: 'failed', fault: faultRecordOf(webllmFaultOf(error, 'engine_failed')) });
  }
}

watchDevices(() => tell({ type: 'failed', fault: { code: 'device_lost' } }));

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'load') void load(data);
  else if (data.type === 'ask') void ask(data.messages, data.options);
  else {
    isStopped = true;
    void engine.interruptGenerate();
  }
});
setInterval(() => tell({ type: 'beat' }), BEAT_MS);
