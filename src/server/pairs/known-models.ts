/** Finds what is known of a model: the operator's own word first, then our dated data. */
import * as v from 'valibot';
import { ANTHROPIC_MODELS } from './anthropic-models';
import { GOOGLE_MODELS } from './google-models';
import { LLAMA_FAMILIES } from './llama-models';
import { MISTRAL_MODELS } from './mistral-models';
import type { ModelFacts, Takes, Unconfirmed } from './model-facts';
import { OPENAI_MODELS, takesByName } from './openai-models';

export const KNOWN_MODELS: readonly ModelFacts[] = [
  ...OPENAI_MODELS,
  ...ANTHROPIC_MODELS,
  ...MISTRAL_MODELS,
  ...GOOGLE_MODELS,
];

const nanoUsd = v.optional(v.pipe(v.number(), v.integer('whole nano-dollars a token'), v.minValue(0)));
const day = v.pipe(v.string(), v.isoDate('a day such as 2027-01-14'));

/** An entry of `prices` in the operator's config file: what it says goes before what we know; the rest of what we know stays. */
export const OperatorModelSchema = v.object({
  model: v.pipe(v.string(), v.minLength(1)),
  inputNanoUsd: nanoUsd,
  cachedInputNanoUsd: nanoUsd,
  outputNanoUsd: nanoUsd,
  asOf: v.optional(day),
  /** `null`: there is none. */
  shutdown: v.optional(v.nullable(day)),
  successor: v.optional(v.pipe(v.string(), v.minLength(1))),
  contextTokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(256))),
  takes: v.optional(
    v.partial(
      v.object({
        images: v.boolean(),
        tools: v.boolean(),
        maxTokensField: v.picklist(['max_tokens', 'max_completion_tokens']),
        sampling: v.picklist(['any', 'up-to-1', 'fixed']),
        seedField: v.picklist(['seed', 'random_seed']),
        logprobs: v.boolean(),
        streamOptions: v.boolean(),
        developerRole: v.boolean(),
        reasoningEffort: v.string(),
      }),
    ),
  ),
});
export type OperatorModel = v.InferOutput<typeof OperatorModelSchema>;

/** Undefined for a model whose price nobody told. */
export type FindModel = (model: string) => ModelFacts | undefined;

const UNKNOWN = {
  cachedInputNanoUsd: 0,
  asOf: '1970-01-01',
  contextTokens: 128_000,
  unconfirmed: [],
  sources: [],
} as const;

export function createFindModel(ours: readonly OperatorModel[] = []): FindModel {
  return (model) => {
    const known = knownOf(model);
    const own = ours.find((entry) => entry.model === model);
    return own ? merged(own, known) : known;
  };
}

/** Under the id that was asked for. */
function knownOf(model: string): ModelFacts | undefined {
  const exact = KNOWN_MODELS.find((facts) => facts.model === model || facts.aliases?.includes(model));
  if (exact) return { ...exact, model };
  const family = LLAMA_FAMILIES.find(({ pattern }) => pattern.test(model));
  return family && { ...family.facts, model };
}

/** Undefined where nobody told a price. */
function merged(own: OperatorModel, known: ModelFacts | undefined): ModelFacts | undefined {
  const { inputNanoUsd = known?.inputNanoUsd, outputNanoUsd = known?.outputNanoUsd } = own;
  if (inputNanoUsd === undefined || outputNanoUsd === undefined) return undefined;
  // Of a price that is the operator's no part is ours.
  const hasOwnPrice = own.inputNanoUsd !== undefined || own.outputNanoUsd !== undefined;
  const {
    shutdown: usualShutdown,
    priceChanges,
    ...usual
  }: ModelFacts = known ?? {
    ...UNKNOWN,
    model: own.model,
    inputNanoUsd,
    outputNanoUsd,
    takes: takesByName(own.model),
  };
  const shutdown = own.shutdown === undefined ? usualShutdown : own.shutdown;
  return {
    ...usual,
    inputNanoUsd,
    outputNanoUsd,
    cachedInputNanoUsd: own.cachedInputNanoUsd ?? (hasOwnPrice ? inputNanoUsd : usual.cachedInputNanoUsd),
    asOf: own.asOf ?? usual.asOf,
    contextTokens: own.contextTokens ?? usual.contextTokens,
    takes: { ...usual.takes, ...told(own.takes ?? {}) },
    sources: [...usual.sources, 'the operator’s config file'],
    unconfirmed: usual.unconfirmed.filter((fact) => !isTold(own, fact)),
    ...(own.successor === undefined ? {} : { successor: own.successor }),
    ...(shutdown ? { shutdown } : {}),
    ...(own.shutdown === undefined ? {} : { hasOperatorDate: true }),
    ...(priceChanges && !hasOwnPrice ? { priceChanges } : {}),
  };
}

function isTold(own: OperatorModel, fact: Unconfirmed): boolean {
  return fact === 'price' ? own.inputNanoUsd !== undefined : fact === 'id' || own[fact] !== undefined;
}

/** What valibot leaves undefined must not hide what is known. */
function told(takes: NonNullable<OperatorModel['takes']>): Partial<Takes> {
  return Object.fromEntries(Object.entries(takes).filter(([, value]) => value !== undefined));
}
