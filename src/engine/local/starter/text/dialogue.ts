/** What the generators write: exchanges of a question and its answer, several to a dialogue where they hang together. */
import type { Chance } from './chance';

export interface Exchange {
  /** As a person would type it; what stands between `⟦` and `⟧` is kept free of typos. */
  readonly user: string;
  /** What the reader sees. */
  readonly answer: string;
  /**
   * Steps that the model writes before the answer and that nobody sees: only the characters `0123456789+-*=,;`.
   * Each of them is a token of its own.
   */
  readonly scratch?: string;
  /** The question is not for this model: the answer is a hand-over, and may stay empty to get one of the general ones. */
  readonly isHandOver?: boolean;
}

export interface Dialogue {
  /** What the app asks for in the background: `title` or `sentiment`; absent in a chat. */
  readonly task?: 'title' | 'sentiment';
  /** In order; a later question may need an earlier one ("and in days?"). */
  readonly exchanges: readonly [Exchange, ...Exchange[]];
}

export interface Skill {
  /** As the score table names it. */
  readonly name: string;
  /** Its share of the training text, relative to the other skills. */
  readonly weight: number;
  write(chance: Chance): Dialogue;
}

/** A dialogue of one exchange. */
export function dialogueOf(exchange: Exchange): Dialogue {
  return { exchanges: [exchange] };
}
