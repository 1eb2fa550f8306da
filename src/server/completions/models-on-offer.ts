/** The pair of models on offer: which model a name means, and the list that clients see. */
import type { Context } from 'hono';
import type { Price } from '../../kernel/wire';
import type { ModelFacts } from '../pairs/model-facts';
import type { Rotation } from '../pairs/rotation';
import { CompletionError, invalid } from './completion-error';
import { problemOf, UpstreamFailure } from './upstream-failure';

/**
 * `flagship` and `small` mean the pair, whatever it is today; real names work too, also those of models that have been replaced. Throws
 * `CompletionError` for any other, and where nothing is left that could answer.
 */
export function modelOf(rotation: Rotation, name: string): ModelFacts {
  const facts = rotation.find(name);
  if (facts) return facts;
  const { flagship, small } = rotation.pair();
  // The vendor took the model away, and nothing follows it.
  if (!flagship) throw new CompletionError(problemOf(new UpstreamFailure('no-model', 'free')));
  const names = [flagship, ...(small ? [small] : [])].map(({ model }) => model);
  throw invalid(
    'model_not_found',
    `This model is not on offer; ${names.join(' and ')} can be asked.`,
    'model',
  );
}

/** `GET /v1/models`: OpenAI's list, with each model's price in dollars per million tokens. */
export function createModelsHandler(rotation: Rotation): (c: Context) => Response {
  return (c) => {
    const { flagship, small } = rotation.pair();
    const data = [
      ...(flagship ? [entryOf('flagship', flagship)] : []),
      ...(small ? [entryOf('small', small)] : []),
    ];
    return c.json({ object: 'list', data }, 200, { 'Cache-Control': 'no-cache' });
  };
}

function entryOf(role: 'flagship' | 'small', facts: ModelFacts): object {
  const { model, asOf, inputNanoUsd, cachedInputNanoUsd, outputNanoUsd, shutdown, successor } = facts;
  return {
    id: model,
    object: 'model',
    // OpenAI's shape wants a date; when the vendor made it is not known here.
    created: Date.parse(`${asOf}T00:00:00Z`) / 1_000,
    owned_by: 'upstream',
    role,
    price: {
      input_usd_per_million: perMillion(inputNanoUsd),
      cached_input_usd_per_million: perMillion(cachedInputNanoUsd),
      output_usd_per_million: perMillion(outputNanoUsd),
      as_of: asOf,
    },
    shutdown: shutdown ?? null,
    successor: successor ?? null,
  };
}

/** What the page needs to know of it: its price, and no more. */
export function priceOf(facts: ModelFacts): Price {
  const { model, inputNanoUsd, cachedInputNanoUsd, outputNanoUsd, asOf, shutdown } = facts;
  return { model, inputNanoUsd, cachedInputNanoUsd, outputNanoUsd, asOf, ...(shutdown ? { shutdown } : {}) };
}

/** Nano-dollars a token are thousandths of a dollar per million. */
function perMillion(nanoUsd: number): number {
  return nanoUsd / 1_000;
}
