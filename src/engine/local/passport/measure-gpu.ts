/** How fast a real graphics processor is here: copies a buffer, and multiplies a matrix in four bits with a vector. */
import type { GpuPace } from '../../../kernel/passport';

/** Beyond what such a processor keeps beside itself. */
const MATRIX_BYTES = 64 * 2 ** 20;
const WIDTH = 4_096;
const WORKGROUP = 64;
/** Of each kind, after one that warms up. */
const ROUNDS = 8;

/** Each workgroup makes one number: a row, eight weights to a word, times the vector. */
const SHADER = `
@group(0) @binding(0) var<storage, read> weights: array<u32>;
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
var<workgroup> sums: array<f32, ${WORKGROUP}>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let words = ${WIDTH / 8}u;
  var sum = 0.0;
  for (var at = local.x; at < words; at += ${WORKGROUP}u) {
    let word = weights[group.x * words + at];
    for (var bit = 0u; bit < 8u; bit++) {
      sum += (f32((word >> (4u * bit)) & 15u) - 7.0) * input[8u * at + bit];
    }
  }
  sums[local.x] = sum;
  for (var half = ${WORKGROUP / 2}u; half > 0u; half /= 2u) {
    workgroupBarrier();
    if (local.x < half) { sums[local.x] += sums[local.x + half]; }
  }
  if (local.x == 0u) { output[group.x] = sums[0]; }
}`;

/** `GPUBufferUsage` and `GPUMapMode` of the WebGPU specification, sections 5.1.2 and 5.2. */
const MAP_READ = 1;
const COPY_SRC = 4;
const COPY_DST = 8;
const STORAGE = 0x80;

export interface GpuOptions {
  readonly gpu: GPU;
  readonly now: () => number;
}

export interface GpuMeasured extends GpuPace {
  /** The first number of the product: so that it can be seen to be right. */
  readonly firstOutput: number;
}

/** Undefined where there is no adapter. Frees all that it took. */
export async function measureGpu({ gpu, now }: GpuOptions): Promise<GpuMeasured | undefined> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) return undefined;
  const { vendor, architecture, description } = adapter.info;
  const device = await adapter.requestDevice();
  try {
    const rows = (MATRIX_BYTES * 2) / WIDTH;
    const buffer = (size: number, usage: number) => device.createBuffer({ size, usage });
    const weights = buffer(MATRIX_BYTES, STORAGE | COPY_SRC | COPY_DST);
    const copy = buffer(MATRIX_BYTES, COPY_DST);
    const input = buffer(WIDTH * 4, STORAGE | COPY_DST);
    const output = buffer(rows * 4, STORAGE | COPY_SRC);
    const result = buffer(4, MAP_READ | COPY_DST);
    // 8 in every place, and ones: each number of the product is the width.
    device.queue.writeBuffer(weights, 0, new Uint32Array(MATRIX_BYTES / 4).fill(0x88888888));
    device.queue.writeBuffer(input, 0, new Float32Array(WIDTH).fill(1));
    const pipeline = await device.createComputePipelineAsync({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code: SHADER }), entryPoint: 'main' },
    });
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [weights, input, output].map((each, binding) => ({ binding, resource: { buffer: each } })),
    });
    const run = async (work: (encoder: GPUCommandEncoder) => void, rounds: number) => {
      const encoder = device.createCommandEncoder();
      for (let round = 0; round < rounds; round++) work(encoder);
      const startedAt = now();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return now() - startedAt;
    };
    const multiply = (encoder: GPUCommandEncoder) => {
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(rows);
      pass.end();
    };
    const copyAll = (encoder: GPUCommandEncoder) =>
      encoder.copyBufferToBuffer(weights, 0, copy, 0, MATRIX_BYTES);
    const rateOf = async (work: typeof multiply) => {
      await run(work, 1);
      // What one call costs beside the work is in both, and so in neither's difference.
      const one = await run(work, 1);
      const many = await run(work, 1 + ROUNDS);
      return (MATRIX_BYTES * ROUNDS * 1_000) / Math.max(0.1, many - one);
    };
    const copyBytesPerSecond = await rateOf(copyAll);
    const matrixBytesPerSecond = await rateOf(multiply);
    await run((encoder) => encoder.copyBufferToBuffer(output, 0, result, 0, 4), 1);
    await result.mapAsync(MAP_READ);
    const firstOutput = new Float32Array(result.getMappedRange())[0] ?? Number.NaN;
    const name = [vendor, architecture, description].filter(Boolean).join(' ');
    return { name, copyBytesPerSecond, matrixBytesPerSecond, firstOutput };
  } finally {
    device.destroy();
  }
}
