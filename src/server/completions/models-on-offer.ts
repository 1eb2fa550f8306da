/** The pair of models on offer: which price a name means, and the list that clients see. */
import type { Context } from 'hono';
import type { Price } from '../../kernel/wire';
import { invalid } from './completion-error';

export interface Pair {
  readonly flagship: Price;
  /** A middle rung, where the operator has one. */
  readonly small?: Price;
}

/** `flagship` and `small` mean the pair, whatever it is; real names work too. Throws `CompletionError` for any other. */
export function priceOf({ flagship, small }: Pair, model: string): Price {
  if (model === 'flagship' || model === flagship.model) return flagship;
  if (small && (model === 'small' || model === small.model)) return small;
  const names = [flagship, ...(small ? [small] : [])].map((price) => price.model);
  throw invalid(
    'model_not_found',
    `This model is not on offer; ${names.join(' and ')} can be asked.`,
    'model',
  );
}

/** `GET /v1/models`: OpenAI's list, with each model's price in dollars per million tokens. */
export function createModelsHandler({ flagship, small }: Pair): (c: Context) => Response {
  const data = [modelOf('flagship', flagship), ...(small ? [modelOf('small', small)] : [])];
  return (c) => c.json({ object: 'list', data }, 200, { 'Cache-Control': 'no-cache' });
}

function modelOf(role: 'flagship' | 'small', price: Price): object {
  return {
    id: price.model,
    object: 'model',
    // OpenAI's shape wants a date; when the vendor made it is not known here.
    created: Date.parse(`${price.asOf}T00:00:00Z`) / 1_000,
    owned_by: 'upstream',
    role,
    price: {
      input_usd_per_million: perMillion(price.inputNanoUsd),
      cached_input_usd_per_million: perMillion(price.cachedInputNanoUsd),
      output_usd_per_million: perMillion(price.outputNanoUsd),
      as_of: price.asOf,
    },
    shutdown: price.shutdown ?? null,
  };
}

/** Nano-dollars a token are thousandths of a dollar per million. */
function perMillion(nanoUsd: number): number {
  return nanoUsd / 1_000;
}
