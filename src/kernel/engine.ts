/** What turns a prompt into a stream of chunks: the one narrow type everything hangs on. */
import type { Message } from './message';
import type { Price } from './wire';

export type Place = 'local' | 'cloud';

/** Where a model ran, and everything a turn needs of it. */
export interface Engine {
  /** For instance `wllama:smollm2-360m` or `cloud:gpt-4o`. */
  readonly id: string;
  readonly place: Place;
  /**
   * Yields text as it is made; the last chunk carries `usage` and `finish`.
   * A prompt that leaves no room for an answer is the fault `context_overflow`; an aborted `signal` ends it with `cancelled`.
   * Requests queue in the order they came. Throws only Fault.
   */
  generate(prompt: readonly Message[], options: GenerateOptions): AsyncIterable<Chunk>;
}

/** An engine on this device: it has weights to load, and memory to give back. */
export interface LocalEngine extends Engine {
  readonly place: 'local';
  /** Tokens that prompt and answer share. */
  readonly contextTokens: number;
  /** Loads what `generate` needs; `generate` calls it where nobody did. Faults: whatever keeps it from loading. */
  load(options?: LoadOptions): Promise<void>;
  /** Frees worker and memory; requests under way end with `cancelled`. It can be loaded again. */
  unload(): Promise<void>;
  /** URLs of the program files it loaded, so that they can be kept for offline use. */
  ownFiles(): readonly string[];
}

export interface LoadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** How far a load is. `fetch` counts bytes; of `start` an engine may know the share that is done, from 0 to 1. */
export type LoadProgress =
  | { readonly step: 'fetch'; readonly doneBytes: number; readonly totalBytes: number }
  | { readonly step: 'start'; readonly share?: number };

export interface GenerateOptions {
  readonly signal: AbortSignal;
  /** The most tokens to make; where absent, as many as the context holds. */
  readonly maxTokens?: number;
  /** 0 is greedy. */
  readonly temperature?: number;
  /** Only of the likeliest tokens that make up this share, above 0 and at most 1. */
  readonly topP?: number;
  /** A JSON Schema that the answer must follow. */
  readonly jsonSchema?: object;
  /** The answer has to be a title of words that stand side by side in the last message; llama.cpp sees to it, others take no notice. */
  readonly isTitle?: true;
  /** How many alternatives each token's logprob comes with; where absent, no logprobs. The browser's own model never has any. */
  readonly topLogprobs?: number;
}

export interface Chunk {
  readonly text: string;
  /** On the first chunk, where the model says that the question is for another one. */
  readonly isHandOver?: true;
  /** On the first chunk from the cloud: which model answers, and its price, where the server says so. */
  readonly price?: Price;
  readonly logprobs?: readonly TokenLogprob[];
  readonly usage?: Usage;
  /** On the last chunk. `length`: cut off by `maxTokens` or by the end of the context. */
  readonly finish?: Finish;
}

export type Finish = 'stop' | 'length';

/** A token that was chosen, with the natural logarithm of its probability. */
export interface TokenLogprob extends TokenChance {
  /** The likeliest tokens at this place, best first; the one that was chosen is among them unless it was unlikely. */
  readonly alternatives: readonly TokenChance[];
}

export interface TokenChance {
  /** Empty for a token that is not text: a mark that the model makes for itself. */
  readonly token: string;
  /** The place in the model's vocabulary, where the engine tells. */
  readonly id?: number;
  readonly logprob: number;
}

/** Tokens of the whole prompt, cached ones included, and of the answer. */
export interface Usage {
  readonly promptTokens: number;
  /** Of the prompt's, those that a vendor had in its cache. */
  readonly cachedTokens?: number;
  readonly completionTokens: number;
  /** An engine that does not count told it by the characters. */
  readonly isEstimated?: true;
}
