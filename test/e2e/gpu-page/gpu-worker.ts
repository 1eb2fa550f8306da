/** A worker that holds a real GPUDevice and has it compute something for every word it says. */
export type ToGpuWorker =
  | { readonly type: 'start' }
  | { readonly type: 'destroy' }
  | { readonly type: 'ask'; readonly words: readonly string[] };
export type FromGpuWorker =
  | { readonly type: 'ready' | 'done' }
  | { readonly type: 'word'; readonly word: string }
  | { readonly type: 'failed'; readonly code: 'device_lost' | 'no_webgpu' };

/** Of scratch memory on the device, as a model has its weights there. */
const HELD_BYTES = 16 * 1024 * 1024;
const WORD_MS = 60;
/** The specification's numbers, which TypeScript's own types do not name: https://www.w3.org/TR/webgpu/#namespacedef-gpubufferusage */
const USAGE = { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, STORAGE: 128 } as const;
const MAP_READ = 1;

const tell = (message: FromGpuWorker) => self.postMessage(message);
let device: GPUDevice | undefined;

async function start() {
  const adapter = await navigator.gpu?.requestAdapter();
  const own = await adapter?.requestDevice().catch(() => undefined);
  if (!own) return tell({ type: 'failed', code: 'no_webgpu' });
  device = own;
  own.createBuffer({ size: HELD_BYTES, usage: USAGE.STORAGE });
  void own.lost.then(() => tell({ type: 'failed', code: 'device_lost' }));
  await compute(own);
  tell({ type: 'ready' });
}

/** Doubles 21 on the device. */
async function compute(on: GPUDevice): Promise<number> {
  const usage = USAGE.STORAGE | USAGE.COPY_SRC | USAGE.COPY_DST;
  const buffer = on.createBuffer({ size: 4, usage });
  const result = on.createBuffer({ size: 4, usage: USAGE.MAP_READ | USAGE.COPY_DST });
  on.queue.writeBuffer(buffer, 0, new Uint32Array([21]));
  const module = on.createShaderModule({
    code: '@group(0) @binding(0) var<storage, read_write> x: array<u32>; @compute @workgroup_size(1) fn main() { x[0] = x[0] * 2u; }',
  });
  const pipeline = on.createComputePipeline({ layout: 'auto', compute: { module } });
  const group = on.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer } }],
  });
  const commands = on.createCommandEncoder();
  const pass = commands.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  commands.copyBufferToBuffer(buffer, 0, result, 0, 4);
  on.queue.submit([commands.finish()]);
  await result.mapAsync(MAP_READ);
  const [value = 0] = new Uint32Array(result.getMappedRange());
  buffer.destroy();
  result.destroy();
  return value;
}

async function ask(words: readonly string[]) {
  for (const word of words) {
    if (!device || (await compute(device)) !== 42) return;
    await new Promise((resolve) => setTimeout(resolve, WORD_MS));
    tell({ type: 'word', word });
  }
  tell({ type: 'done' });
}

self.addEventListener('message', ({ data }: MessageEvent<ToGpuWorker>) => {
  if (data.type === 'start') void start();
  // What the device throws once it is lost: that it is has been told by then.
  else if (data.type === 'ask') void ask(data.words).catch(() => undefined);
  else device?.destroy();
});
