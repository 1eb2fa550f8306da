/** OpenAI's models, as of 2026-11-26: prices, dates and what each takes. */
import { PRICES } from '../../meter/price';
import { perMillionUsd, TAKES_ALL, TAKES_USUAL, type ModelFacts, type Takes } from './model-facts';

/** Copies of OpenAI's page on deprecations; its own text, as far as we could read it, has the field `shutdown_date` of `GET /v1/models`. */
const DEPRECATIONS = [
  'https://developers.openai.com/api/docs/deprecations (2026-11-26, in part)',
  'https://dev.to/max_bob/openai-api-deprecations-2026-2027-every-shutdown-date-and-recommended-replacement-gpt-4o-2ffm (2026-10-28)',
  'https://codersera.com/blog/gpt-4o-gpt-4-1-api-shutdown-migration-2026/ (2026-11-26)',
];
const NEWEST = [
  'https://developers.openai.com/api/docs/pricing, by https://github.com/merefield/codexometer/releases/tag/v0.18.4 (2026-09-22)',
  'https://docs.litellm.ai/blog/gpt-6-1-terra (2026-10-26)',
  'https://vercel.com/ai-gateway/models/openai/gpt-6-luna.md (2026-11-26)',
];

/** Reasons unless it is told not to; only then it takes `temperature` (github.com/BerriAI/litellm/discussions/42523, 2026-09-22). */
const REASONING: Takes = {
  ...TAKES_ALL,
  maxTokensField: 'max_completion_tokens',
  logprobs: false,
  reasoningEffort: 'none',
};

/** For a model that we do not know: OpenAI's families that reason refuse `max_tokens`; what else speaks its format may ignore the newer name. */
export function takesByName(model: string): Takes {
  return /^(o\d|gpt-[5-9])/.test(model) ? REASONING : TAKES_USUAL;
}

/** Prices of more than 272,000 prompt tokens are higher; this server takes no such prompt. */
const GPT_6 = { contextTokens: 1_050_000, takes: REASONING, asOf: '2026-11-26', sources: NEWEST } as const;

/** One copy says `gpt-6.1-sol` for the larger ones (github.com/orgs/cometapi-dev/discussions/151); three say this, which costs less. */
const LEAVING = {
  shutdown: '2027-01-14',
  successor: 'gpt-6-luna',
  takes: TAKES_ALL,
  sources: DEPRECATIONS,
  unconfirmed: ['shutdown', 'successor'],
} as const;

const [GPT_4O, GPT_4O_MINI] = PRICES as [(typeof PRICES)[number], (typeof PRICES)[number]];

export const OPENAI_MODELS: readonly ModelFacts[] = [
  {
    ...GPT_4O,
    ...LEAVING,
    aliases: ['gpt-4o-2024-08-06', 'gpt-4o-2024-11-20'],
    contextTokens: 128_000,
  },
  { ...GPT_4O_MINI, ...LEAVING, aliases: ['gpt-4o-mini-2024-07-18'], contextTokens: 128_000 },
  {
    model: 'gpt-4.1',
    ...perMillionUsd(2, 0.5, 8),
    asOf: '2026-11-26',
    ...LEAVING,
    aliases: ['gpt-4.1-2025-04-14'],
    contextTokens: 1_047_576,
    unconfirmed: [...LEAVING.unconfirmed, 'price'],
  },
  {
    model: 'gpt-4.1-mini',
    ...perMillionUsd(0.4, 0.1, 1.6),
    asOf: '2026-11-26',
    ...LEAVING,
    aliases: ['gpt-4.1-mini-2025-04-14'],
    contextTokens: 1_047_576,
    unconfirmed: [...LEAVING.unconfirmed, 'price'],
  },
  {
    model: 'gpt-3.5-turbo',
    ...perMillionUsd(0.5, 0.5, 1.5),
    asOf: '2026-04-22',
    aliases: ['gpt-3.5-turbo-0125'],
    contextTokens: 16_385,
    shutdown: '2026-10-23',
    // As OpenAI's page had it in April; a copy of October says gpt-5.6-terra, which costs eight times what this one did.
    successor: 'gpt-4.1-mini',
    takes: { ...TAKES_ALL, images: false },
    unconfirmed: ['successor'],
    sources: [
      'https://spybara.com/openai/api/history/docs/en/2026-04-22-0555..2026-04-23-0556/ (2026-04-22)',
      'https://dev.to/importstatic/every-openai-model-shutdown-date-until-january-2027-and-what-replaces-it-1dfk (2026-10-15)',
    ],
  },
  { model: 'gpt-6-luna', ...perMillionUsd(0.1, 0.01, 0.5), ...GPT_6, unconfirmed: ['price'] },
  { model: 'gpt-6.1-terra', ...perMillionUsd(1, 0.05, 5), ...GPT_6, unconfirmed: ['price'] },
  { model: 'gpt-6.1-sol', ...perMillionUsd(2, 0.1, 10), ...GPT_6, unconfirmed: ['price'] },
];
