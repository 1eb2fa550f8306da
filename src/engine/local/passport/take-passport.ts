/** Takes the passport of this device: measures what a model will need of it, in two seconds at most. */
import type { Gpu } from '../../../kernel/gpu';
import type { KeyValue } from '../../../kernel/key-value';
import type { Request } from '../../../kernel/network';
import type { Passport } from '../../../kernel/passport';
import { measureCpu } from '../wllama/measure-cpu';
import { measureGpu } from './measure-gpu';
import { measureWrite } from './measure-storage';

/** Of the whole. Only the first write, or the processor's own compiling, may run over it, and neither is waited for. */
const MOST_MS = 2_000;

export interface PassportOptions {
  readonly gpu: Gpu;
  readonly threads: number;
  readonly request: Request;
  /** Where model files are kept. */
  readonly keyValue: KeyValue;
  readonly signal: AbortSignal;
}

/** One after the other, so that none slows the next. What there was no time for, or what fails, is absent. */
export async function takePassport({
  gpu,
  threads,
  request,
  keyValue,
  signal,
}: PassportOptions): Promise<Passport> {
  const time = AbortSignal.any([signal, AbortSignal.timeout(MOST_MS)]);
  const now = () => performance.now();
  const within = async <T>(work: () => Promise<T | undefined>): Promise<T | undefined> => {
    if (time.aborted) return undefined;
    const over = new Promise<undefined>((resolve) =>
      time.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
    return Promise.race([work().catch(() => undefined), over]);
  };
  const writeBytesPerSecond = await within(() => measureWrite(keyValue, now));
  const onGpu = gpu.kind === 'gpu' ? await within(() => measureGpu({ gpu: navigator.gpu, now })) : undefined;
  const cpu = await measureCpu({ threads, request, now, signal: time }).catch(() => undefined);
  // Chromium only, in rounded gigabytes: https://developer.mozilla.org/docs/Web/API/Navigator/deviceMemory
  const { deviceMemory } = navigator as { readonly deviceMemory?: number };
  return {
    measuredAt: Date.now(),
    ...(cpu ? { cpu } : {}),
    ...(onGpu ? { gpu: gpuOf(onGpu) } : {}),
    ...(writeBytesPerSecond === undefined ? {} : { writeBytesPerSecond }),
    ...(deviceMemory === undefined ? {} : { memoryBytes: deviceMemory * 1e9 }),
  };
}

function gpuOf({ name, copyBytesPerSecond, matrixBytesPerSecond }: NonNullable<Passport['gpu']>) {
  return { name, copyBytesPerSecond, matrixBytesPerSecond };
}
