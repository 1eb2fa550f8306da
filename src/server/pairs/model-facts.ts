/** What is known of a vendor's model: its dated price, what it takes, when it goes and what comes after it. */
import type { Price } from '../../kernel/wire';

/** How a request must be worded for a model, in OpenAI's format. */
export interface Takes {
  readonly images: boolean;
  /** Not used by this server, which forwards no tools; for operators who choose. */
  readonly tools: boolean;
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** `any`: OpenAI's 0 to 2. `up-to-1`: more is refused. `fixed`: the vendor refuses `temperature` and `top_p`. */
  readonly sampling: 'any' | 'up-to-1' | 'fixed';
  /** Under which name; absent where a seed is refused or ignored. */
  readonly seedField?: 'seed' | 'random_seed';
  readonly logprobs: boolean;
  /** Whether `stream_options` may be sent; without it the vendor tells the usage all the same. */
  readonly streamOptions: boolean;
  /** Whether the role `developer` is known; else it is sent as `system`. */
  readonly developerRole: boolean;
  /** Sent where a model would else think before it answers: thoughts are billed as output, and count against the limit. */
  readonly reasoningEffort?: string;
}

/** What a fact rests on is not the vendor's own word; an operator may know better, and override it. */
export type Unconfirmed = 'id' | 'price' | 'shutdown' | 'successor' | 'takes';

/** A price that a vendor has announced, from a day on. */
export interface PriceChange extends Pick<Price, 'inputNanoUsd' | 'cachedInputNanoUsd' | 'outputNanoUsd'> {
  readonly from: string;
}

export interface ModelFacts extends Price {
  /** The model that answers in its place from `shutdown` on. */
  readonly successor?: string;
  /** Prompt and answer together. */
  readonly contextTokens: number;
  readonly takes: Takes;
  /** Oldest first. */
  readonly priceChanges?: readonly PriceChange[];
  /** Other ids of the same model. */
  readonly aliases?: readonly string[];
  readonly unconfirmed: readonly Unconfirmed[];
  /** Pages that say so, each with the day it was read. */
  readonly sources: readonly string[];
  /** The date is the operator's: no list of the vendor's changes it. */
  readonly hasOperatorDate?: true;
}

/** Everything that OpenAI's own format has. */
export const TAKES_ALL: Takes = {
  images: true,
  tools: true,
  maxTokensField: 'max_tokens',
  sampling: 'any',
  seedField: 'seed',
  logprobs: true,
  streamOptions: true,
  developerRole: true,
};

/** What servers of OpenAI's format take in common (vLLM, Ollama, llama.cpp's; their documentation, 2026-11-26). */
export const TAKES_USUAL: Takes = { ...TAKES_ALL, developerRole: false };

const { seedField: _, ...unseeded } = TAKES_USUAL;
export const TAKES_UNSEEDED: Takes = unseeded;

/** Nano-dollars a token, from dollars per million. */
export function perMillionUsd(input: number, cachedInput: number, output: number) {
  const nano = (usd: number): number => Math.round(usd * 1_000);
  return {
    inputNanoUsd: nano(input),
    cachedInputNanoUsd: nano(cachedInput),
    outputNanoUsd: nano(output),
  };
}

/** The facts with the price of that UTC day, `YYYY-MM-DD`. */
export function onDay(facts: ModelFacts, day: string): ModelFacts {
  const change = facts.priceChanges?.findLast(({ from }) => from <= day);
  if (!change) return facts;
  const { from, ...price } = change;
  return { ...facts, ...price, asOf: from };
}
