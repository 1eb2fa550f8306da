/**
 * The part of the Prompt API that is used here, under its names of 2026 and, where they differ, those of 2025:
 * https://webmachinelearning.github.io/prompt-api (read 2026-11-27, its state of 2026-06-22).
 */
import type { Message } from '../../../kernel/message';

/** `downloadable`, and in Chrome `downloading` too: `create` begins or joins the download, and only from a click. */
export type Availability = 'unavailable' | 'downloadable' | 'downloading' | 'available';

/** What decides whether there is a model; the same has to be said to `availability` and to `create`. */
export interface CoreOptions {
  readonly expectedInputs: readonly Expected[];
  readonly expectedOutputs: readonly Expected[];
}

interface Expected {
  readonly type: 'text';
  readonly languages: readonly string[];
}

export type SamplingMode = 'most-predictable' | 'predictable' | 'balanced' | 'creative' | 'most-creative';

export interface CreateOptions extends CoreOptions {
  readonly samplingMode?: SamplingMode;
  /** Extensions and trials only. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly initialPrompts?: readonly Message[];
  readonly signal?: AbortSignal;
  readonly monitor?: (monitor: EventTarget) => void;
}

export interface PromptOptions {
  readonly signal?: AbortSignal;
  readonly responseConstraint?: object;
}

export interface Session extends EventTarget {
  /** Tokens, or whatever the browser counts in; may be infinite. */
  readonly contextWindow?: number;
  readonly contextUsage?: number;
  measureContextUsage?(input: string | readonly Message[], options?: PromptOptions): Promise<number>;
  /** The names of 2025. */
  readonly inputQuota?: number;
  readonly inputUsage?: number;
  measureInputUsage?(input: string | readonly Message[], options?: PromptOptions): Promise<number>;
  promptStreaming(input: readonly Message[], options?: PromptOptions): ReadableStream<string>;
  destroy(): void;
}

export interface PromptApi {
  availability(options: CoreOptions): Promise<Availability>;
  create(options: CreateOptions): Promise<Session>;
  /** Only where a page may set `temperature` and `topK`. */
  params?(): Promise<{ readonly defaultTopK: number; readonly maxTemperature: number } | null>;
}

export const windowOf = ({ contextWindow, inputQuota }: Session) => contextWindow ?? inputQuota;
export const usageOf = ({ contextUsage, inputUsage }: Session) => contextUsage ?? inputUsage;

/** How many tokens `input` would take; undefined where the browser does not tell. */
export async function measure(
  session: Session,
  input: string | readonly Message[],
  options?: PromptOptions,
): Promise<number | undefined> {
  return session.measureContextUsage
    ? session.measureContextUsage(input, options)
    : session.measureInputUsage?.(input, options);
}

/** What `work` brings within `ms`; undefined where it fails, or is late. */
export async function soon<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return Promise.race([work.catch(() => undefined), late]).finally(() => clearTimeout(timer));
}
