/** Mistral's large and small models, as of 2026-11-26. */
import { perMillionUsd, TAKES_USUAL, type ModelFacts, type Takes } from './model-facts';

/**
 * Mistral refuses fields it does not know, `max_completion_tokens` and `logprobs` among them (422 `extra_forbidden`;
 * github.com/editor-code-assistant/eca/issues/231, 2025-12-12); the usage comes with the last chunk unasked.
 */
const MISTRAL: Takes = {
  ...TAKES_USUAL,
  sampling: 'up-to-1',
  seedField: 'random_seed',
  logprobs: false,
  streamOptions: false,
};

/** The list price after the launch; the launch price, half of it, is still quoted elsewhere. Nothing is said of cached tokens. */
const LARGE_4 = {
  ...perMillionUsd(1.36, 1.36, 4.18),
  asOf: '2026-11-26',
  contextTokens: 524_288,
  takes: MISTRAL,
  unconfirmed: ['id', 'price', 'takes'],
  sources: [
    'https://vercel.com/ai-gateway/models/mistral-large-4.md (2026-11-26)',
    'https://github.com/BlockRunAI/Franklin/releases/tag/v3.49.15 (2026-10-20)',
  ],
} as const;

export const MISTRAL_MODELS: readonly ModelFacts[] = [
  { model: 'mistral-large-4-0', ...LARGE_4 },
  { model: 'mistral-large-latest', ...LARGE_4 },
  {
    model: 'mistral-large-2411',
    ...perMillionUsd(2, 2, 6),
    asOf: '2024-08-01',
    aliases: ['mistral-large-2407'],
    contextTokens: 128_000,
    takes: { ...MISTRAL, images: false },
    shutdown: '2026-05-31',
    successor: 'mistral-large-latest',
    unconfirmed: ['shutdown', 'successor'],
    sources: [
      'https://docs.embabel.com/embabel-agent/api-docs/1.0.0-SNAPSHOT/-embabel%20-agent%20-documentation/com.embabel.agent.api.models/-mistral-ai-models/-companion/-m-i-s-t-r-a-l_-l-a-r-g-e_21.html (2026-11-26)',
    ],
  },
  {
    model: 'ministral-8b-latest',
    ...perMillionUsd(0.15, 0.15, 0.15),
    asOf: '2026-11-26',
    aliases: ['ministral-8b-2512'],
    contextTokens: 128_000,
    takes: MISTRAL,
    unconfirmed: ['id', 'price', 'takes'],
    sources: ['https://docs.mistral.ai/models/ministral-3-8b-25-12 (named as the replacement, 2026-11-26)'],
  },
  {
    model: 'open-mistral-nemo',
    ...perMillionUsd(0.15, 0.15, 0.15),
    asOf: '2026-11-26',
    aliases: ['open-mistral-nemo-2407'],
    contextTokens: 128_000,
    takes: { ...MISTRAL, images: false },
    shutdown: '2026-07-31',
    successor: 'ministral-8b-latest',
    unconfirmed: [],
    sources: ['https://docs.mistral.ai/models/mistral-nemo-12b-24-07.md (2026-11-26)'],
  },
];
