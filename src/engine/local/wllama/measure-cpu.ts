/** How fast the engine for the processor is here: llama.cpp itself, on its own threads, with a model of made-up weights. */
import { Fault } from '../../../kernel/fault';
import type { Request } from '../../../kernel/network';
import type { CpuPace } from '../../../kernel/passport';
import { paceFrom } from '../passport/pace-from';
import { probeModel, type ProbeShape } from '../passport/probe-model';

/** 37 MB: one that fits into what a processor keeps beside itself would be half as fast again as any that is worth fetching. */
const SHAPE: ProbeShape = {
  layers: 5,
  width: 768,
  hidden: 2_048,
  heads: 12,
  kvHeads: 4,
  vocabulary: 4_096,
  contextTokens: 256,
};
const TOKENS = 20;
/** Of the prompt. */
const WORDS = 12;

export interface CpuOptions {
  readonly threads: number;
  readonly request: Request;
  readonly now: () => number;
  /** Ends it: what is known by then counts. */
  readonly signal: AbortSignal;
}

/** Undefined where there was no time for enough. Faults: those of a start. */
export async function measureCpu({
  threads,
  request,
  now,
  signal,
}: CpuOptions): Promise<CpuPace | undefined> {
  const { startRuntime } = await import('./runtime');
  const model = probeModel(SHAPE, 'Q8_0');
  const { contextTokens } = SHAPE;
  const runtime = await startRuntime(model, { contextTokens, threads, request, temperature: 1 }, signal);
  try {
    const prompt = Array.from({ length: WORDS }, (_, at) => at.toString(36)).join(' ');
    const startedAt = now();
    const times: number[] = [];
    let promptTokens = WORDS;
    const { chunks } = runtime.complete([{ role: 'user', content: prompt }], { signal, maxTokens: TOKENS });
    try {
      for await (const { text, usage } of chunks) {
        if (text) times.push(now());
        if (usage) ({ promptTokens } = usage);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return paceFrom({ megabytes: model.size / 1e6, promptTokens, startedAt, times }, threads);
  } finally {
    runtime.exit(new Fault('cancelled'));
  }
}
