/** What a passport lets one expect of a model, before it is fetched; pure. */
import type { ModelOffer } from '../../../kernel/app-state';
import type { ModelCard } from '../../../kernel/config';
import type { Forecast, NetworkRates, Packing, Passport } from '../../../kernel/passport';

/**
 * A token's time on a graphics processor that does not depend on the model's size. From two models of one machine (web-llm on an M3 Max:
 * 3.8 billion weights at 71 tokens a second, 8 billion at 41; arXiv 2412.15803, table 1): 14 ms for 2.15 GB, 24 ms for 4.5 GB.
 */
const GPU_OVERHEAD_MS = 5;
/** What a model takes above its file: context, and what is computed. */
const MEMORY_FACTOR = 1.2;
const MEMORY_BYTES = 150e6;
/** The part of a device's memory that a page can count on. */
const MEMORY_SHARE = 0.5;

export function forecastOf(
  { card, kept, isBundled }: Pick<ModelOffer, 'card' | 'kept' | 'isBundled'>,
  passport: Passport | undefined,
  rates: NetworkRates,
): Forecast {
  // Of the browser's own model nobody knows anything beforehand.
  if (isBundled || card.engine === 'builtin') return {};
  const missing = Math.max(0, card.sizeBytes - kept.doneBytes);
  return {
    ...(passport ? paceOf(card, passport) : {}),
    ...(missing > 0 ? downloadOf(card, missing, passport, rates) : {}),
    ...(passport && isTight(card, passport) ? { isTight: true } : {}),
  };
}

function paceOf(card: ModelCard, { cpu, gpu }: Passport): Forecast {
  if (card.engine === 'webllm') {
    if (!gpu) return {};
    const ms = GPU_OVERHEAD_MS + (card.sizeBytes / gpu.matrixBytesPerSecond) * 1_000;
    return { tokensPerSecond: 1_000 / ms };
  }
  if (!cpu) return {};
  const megabytes = card.sizeBytes / 1e6;
  // What is packed in a way that nobody measured costs as much as the dearest.
  const packing = packingOf(card.url);
  const msPerMb = packing ? cpu.msPerMb[packing] : Math.max(...Object.values(cpu.msPerMb));
  return {
    tokensPerSecond: 1_000 / (cpu.overheadMs + megabytes * msPerMb),
    promptTokensPerSecond: 1_000 / (megabytes * cpu.promptMsPerMb * (msPerMb / cpu.msPerMb.Q8_0)),
  };
}

/** By the file's name, which says it by custom: before it is fetched there is nothing else to go by. */
export function packingOf(url: string): Packing | undefined {
  const name = url.split('/').at(-1) ?? '';
  if (/q8_0/i.test(name)) return 'Q8_0';
  if (/q4_k/i.test(name)) return 'Q4_K_M';
  return /(?<![a-z])f16/i.test(name) ? 'F16' : undefined;
}

function downloadOf(
  { url }: ModelCard,
  bytes: number,
  passport: Passport | undefined,
  rates: NetworkRates,
): Forecast {
  const own = rates[hostOf(url)];
  const rate = own ?? Object.values(rates).at(-1);
  if (rate === undefined) return {};
  const bytesPerSecond = Math.min(rate, passport?.writeBytesPerSecond ?? Infinity);
  return { downloadSeconds: bytes / bytesPerSecond, isOwnRate: own !== undefined };
}

/** Empty for an address on the page's own site. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

function isTight({ engine, sizeBytes }: ModelCard, { memoryBytes = Infinity }: Passport): boolean {
  return engine === 'wllama' && sizeBytes * MEMORY_FACTOR + MEMORY_BYTES > memoryBytes * MEMORY_SHARE;
}
