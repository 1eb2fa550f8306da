/** Meta's Llama 3.1 through any host: each spells the id, and asks for money, in its own way. */
import { perMillionUsd, TAKES_USUAL, type ModelFacts } from './model-facts';

/** The facts of every id that matches, under that id. */
export interface ModelFamily {
  readonly pattern: RegExp;
  readonly facts: Omit<ModelFacts, 'model'>;
}

const LLAMA = {
  asOf: '2026-11-26',
  contextTokens: 131_072,
  takes: { ...TAKES_USUAL, images: false },
  unconfirmed: ['price', 'takes'],
} as const;

/** Together's prices: others ask for less. An operator who hosts it sets the price to 0. */
export const LLAMA_FAMILIES: readonly ModelFamily[] = [
  {
    pattern: /llama-?v?3[.p-]?1[-:]405b/i,
    facts: {
      ...LLAMA,
      ...perMillionUsd(3.5, 3.5, 3.5),
      sources: ['https://inferencebench.io/models/meta-llama/llama-3.1-405b/ (2026-11-26)'],
    },
  },
  {
    pattern: /llama-?v?3[.p-]?1[-:]8b/i,
    facts: {
      ...LLAMA,
      ...perMillionUsd(0.18, 0.18, 0.18),
      sources: [
        'https://www.getmaxim.ai/bifrost/model-library/compare/together_ai/meta-llama-3.1-8b-instruct-turbo (2026-11-26)',
      ],
    },
  },
];
