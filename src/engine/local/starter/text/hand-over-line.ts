/** What the model says where it does not know: short, honest, in varied words. */
import type { Chance } from './chance';

const LINES = [
  'That is beyond me: I am the small starter model.',
  'I do not know this one. A larger model can help.',
  'I am a small model, and I do not know this one.',
  'That is more than I know. A larger model may help.',
  'Sorry, I do not know that. I am only the small starter model.',
  'I cannot answer that well. A larger model may know more.',
  'This is too hard for me. I am the small starter model.',
  'I would only be guessing here, so I leave this to a larger model.',
  'Sorry, that is beyond me. A larger model can help.',
  'I am the small starter model, and that is more than I know.',
  'I do not know enough to answer that. A larger model may help.',
  'This one is not for me. A larger model can help.',
  'I am too small for this question. A larger model may know.',
  'I leave this one to a larger model: I do not know enough.',
  'Good question, but I am too small to answer it well.',
  'I cannot help with this one: I am only a small model.',
  'Sorry, I am too small for that. A larger model can help.',
  'That is not something I know. I am the small starter model.',
  'I know only a few things, and this is not one of them.',
  'I do not want to guess. A larger model may know this one.',
  'Sorry, I would only be guessing. A larger model can help.',
  'I am only the small starter model, so I cannot answer that well.',
  'I know only a few things. This one is beyond me.',
  'This is more than a small model like me can answer well.',
] as const;

/** One of the general sentences that hand a question over. */
export function writeHandOver(chance: Chance): string {
  return chance.pick(LINES);
}
