/** Google's Gemini models behind its OpenAI-compatible endpoint, as of 2026-11-26. */
import { perMillionUsd, TAKES_UNSEEDED, type ModelFacts, type Takes } from './model-facts';

/** Fields that Google does not know are refused; it thinks before it answers, and bills thoughts as output. */
const GEMINI: Takes = { ...TAKES_UNSEEDED, logprobs: false, reasoningEffort: 'low' };
const DEPRECATIONS = 'https://ai.google.dev/gemini-api/docs/deprecations (2026-11-26)';

export const GOOGLE_MODELS: readonly ModelFacts[] = [
  {
    model: 'gemini-4-argon',
    ...perMillionUsd(2, 0.1, 10),
    asOf: '2026-10-13',
    priceChanges: [{ from: '2026-12-01', ...perMillionUsd(4, 0.2, 20) }],
    contextTokens: 1_048_576,
    takes: GEMINI,
    unconfirmed: ['price', 'takes'],
    sources: [
      'https://github.com/BerriAI/litellm/discussions/46238 (2026-10-13)',
      'https://github.com/iyulab/TokenMeter/releases/tag/v0.13.1 (2026-10-13)',
    ],
  },
  {
    model: 'gemini-3.8-flash',
    ...perMillionUsd(0.75, 0.075, 3.75),
    asOf: '2026-10-07',
    priceChanges: [{ from: '2027-01-01', ...perMillionUsd(1.5, 0.15, 7.5) }],
    contextTokens: 1_048_576,
    takes: GEMINI,
    unconfirmed: ['takes'],
    sources: [
      'https://ai.google.dev/gemini-api/docs/pricing, by https://github.com/api-evangelist/deepmind (2026-10-07)',
      'https://github.com/BerriAI/litellm/discussions/39357 (2026-09-02)',
      DEPRECATIONS,
    ],
  },
  {
    model: 'gemini-2.5-pro',
    ...perMillionUsd(1.25, 0.31, 10),
    asOf: '2025-06-17',
    contextTokens: 1_048_576,
    takes: GEMINI,
    shutdown: '2026-12-01',
    successor: 'gemini-3.8-flash',
    unconfirmed: ['price', 'shutdown', 'successor'],
    sources: [
      'https://dev.to/aideprecations/what-to-do-before-gemini-25-pro-and-25-flash-are-retired-on-december-1-2026-5gg9 (2026-11-10)',
      DEPRECATIONS,
    ],
  },
  {
    model: 'gemini-1.5-pro',
    ...perMillionUsd(1.25, 1.25, 5),
    asOf: '2024-10-01',
    aliases: ['gemini-1.5-pro-002'],
    contextTokens: 2_097_152,
    takes: GEMINI,
    shutdown: '2025-09-24',
    successor: 'gemini-3.8-flash',
    unconfirmed: ['price', 'shutdown', 'successor'],
    sources: [DEPRECATIONS],
  },
];
