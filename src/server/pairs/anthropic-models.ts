/** Anthropic's Opus, Sonnet and Haiku behind its OpenAI-compatible endpoint, as of 2026-11-26. */
import { perMillionUsd, TAKES_UNSEEDED, type ModelFacts, type Takes } from './model-facts';

const MODELS_PAGE = 'https://platform.claude.com/docs/en/models/opus-5-5/overview (2026-11-26)';
const COMPATIBILITY =
  'https://platform.claude.com/docs/en/cli-sdks-libraries/libraries/openai-sdk (2026-11-26)';

/**
 * `logprobs` and `seed` are ignored there, so that they are not sent. From Sonnet 5 on `temperature` other than the default is an
 * error; these models think before they answer, and their thoughts count against the limit of the answer.
 */
const CLAUDE: Takes = { ...TAKES_UNSEEDED, logprobs: false, sampling: 'fixed' };
const OLDER: Takes = { ...CLAUDE, sampling: 'up-to-1' };

/** A million tokens are read; the price is one for all lengths. */
const CURRENT = { asOf: '2026-11-26', contextTokens: 1_000_000, takes: CLAUDE } as const;

export const ANTHROPIC_MODELS: readonly ModelFacts[] = [
  {
    model: 'claude-opus-5-5',
    ...perMillionUsd(4, 0.2, 20),
    ...CURRENT,
    unconfirmed: ['takes'],
    sources: [MODELS_PAGE, COMPATIBILITY],
  },
  {
    model: 'claude-opus-5',
    ...perMillionUsd(5, 0.5, 25),
    ...CURRENT,
    // Not before 2027-07-24, says the vendor: no date yet.
    successor: 'claude-opus-5-5',
    unconfirmed: ['takes'],
    sources: ['https://platform.claude.com/docs/about-claude/models/whats-new-opus-5 (2026-11-26)'],
  },
  {
    model: 'claude-sonnet-5-5',
    ...perMillionUsd(2, 0.2, 10),
    ...CURRENT,
    unconfirmed: ['id', 'takes'],
    sources: ['https://platform.claude.com/docs/zh-CN/models/sonnet-5-5/overview (2026-11-26)'],
  },
  {
    model: 'claude-haiku-5-5',
    ...perMillionUsd(0.1, 0.1, 0.5),
    ...CURRENT,
    // “From” that price, says the page.
    unconfirmed: ['id', 'price', 'takes'],
    sources: ['https://platform.claude.com/docs/about-claude/models/whats-new-opus-5 (2026-11-26)'],
  },
  {
    model: 'claude-3-opus-20240229',
    ...perMillionUsd(15, 1.5, 75),
    asOf: '2024-08-01',
    aliases: ['claude-3-opus-latest'],
    contextTokens: 200_000,
    takes: OLDER,
    shutdown: '2026-01-05',
    successor: 'claude-opus-5-5',
    unconfirmed: ['shutdown', 'successor'],
    sources: ['https://platform.claude.com/docs/en/about-claude/model-deprecations (2026-11-26, in part)'],
  },
  {
    model: 'claude-3-5-sonnet-20240620',
    ...perMillionUsd(3, 0.3, 15),
    asOf: '2024-08-01',
    aliases: ['claude-3-5-sonnet-20241022', 'claude-3-5-sonnet-latest'],
    contextTokens: 200_000,
    takes: OLDER,
    shutdown: '2025-10-28',
    successor: 'claude-sonnet-5-5',
    unconfirmed: ['shutdown', 'successor'],
    sources: ['https://platform.claude.com/docs/en/about-claude/model-deprecations (2026-11-26, in part)'],
  },
];
