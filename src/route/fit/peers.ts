/** What a router is compared with: chance, the prompt's length, words that sound hard, and one that knows who is right. */
import type { Row } from './rows';

/**
 * A score in the manner of LiteLLM's complexity router (docs.litellm.ai, "Auto Routing", 2026): weighted words for code, reasoning, technical
 * terms, several steps and plain questions, and the length. Written from its description.
 */
const KEYWORDS: readonly (readonly [weight: number, pattern: RegExp])[] = [
  [
    0.3,
    /\b(function|class|api|database|algorithm|code|python|javascript|sql|debug|implement|compile|def|return)\b/gi,
  ],
  [
    0.25,
    /\b(step by step|think through|reason|explain why|analy[sz]e|evaluate|compare|pros and cons|derive|prove)\b/gi,
  ],
  [
    0.25,
    /\b(architecture|distributed|kubernetes|machine learning|neural|encryption|protocol|optimi[sz]e|theorem|integral)\b/gi,
  ],
  [0.03, /\b(first|then|next|finally|after that|step \d+)\b|^\d+\./gim],
  [0.02, /\?/g],
  [-0.05, /\b(what is|who is|define|hello|hi|thanks|yes|no|capital of)\b/gi],
];

function keywordScoreOf(prompt: string): number {
  const words = KEYWORDS.reduce(
    (sum, [weight, pattern]) => sum + weight * Math.min(1, (prompt.match(pattern)?.length ?? 0) / 2),
    0,
  );
  return words + 0.1 * Math.min(1, prompt.length / 1_600);
}

/** How readily it would send each row to the large model; made anew for each set. */
export type Peer = () => (row: Pick<Row, 'prompt' | 'weak' | 'strong'>) => number;

export const PEERS: Readonly<Record<string, Peer>> = {
  random: () => createChance(1),
  length:
    () =>
    ({ prompt = '' }) =>
      prompt.length,
  keywords:
    () =>
    ({ prompt = '' }) =>
      keywordScoreOf(prompt),
  oracle:
    () =>
    ({ weak = 0, strong = 0 }) =>
      strong - weak,
};

/** A seeded chance, 0 to 1: mulberry32. */
export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
