/** Says the same in other words: what is learnt of one word is learnt of those that mean the same. */
import type { Chance } from './chance';
import { readLines } from './data-file';

/** By a word or two, all that can stand in their place. */
const GROUPS = new Map(
  readLines('noise-synonyms.txt').flatMap((line) => {
    const words = line.split(';').map((word) => word.trim());
    return words.map((word): [string, readonly string[]] => [word, words]);
  }),
);

/** Each word or pair that has synonyms becomes, with a chance of `share`, one of them. Capitals of what is replaced are lost. */
export function swapSynonyms(text: string, share: number, chance: Chance): string {
  const parts = text.split(/([a-z']+)/i);
  // Words stand at the odd places, what is between them at the even ones.
  for (let at = 1; at < parts.length; at += 2) {
    const word = (parts[at] ?? '').toLowerCase();
    const isPair = parts[at + 1] === ' ' && GROUPS.has(`${word} ${(parts[at + 2] ?? '').toLowerCase()}`);
    const key = isPair ? `${word} ${(parts[at + 2] ?? '').toLowerCase()}` : word;
    const group = GROUPS.get(key);
    if (group && chance.is(share)) {
      parts[at] = chance.pick(group);
      if (isPair) parts.splice(at + 1, 2, '', '');
    }
    if (isPair) at += 2;
  }
  return parts.join('');
}
