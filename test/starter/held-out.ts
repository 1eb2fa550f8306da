/** Reads the questions that were kept out of the starter's training text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HeldOutQuestion {
  readonly skill: string;
  readonly question: string;
  /** An answer is right if it contains one of these as words, case aside; undefined where it has to be handed over. */
  readonly right: readonly string[] | undefined;
}

export function readHeldOut(): HeldOutQuestion[] {
  const inScope = linesOf('in-scope.txt').map((line) => {
    const [skill = '', question = '', right = ''] = line.split(' = ');
    return { skill, question, right: right.split('|') };
  });
  const out = linesOf('out-of-scope.txt').map((question) => ({
    skill: 'out of scope',
    question,
    right: undefined,
  }));
  return [...inScope, ...out];
}

/** As the comparison with the training text sees it: case and spacing aside. */
export function normalised(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

function linesOf(name: string): string[] {
  return readFileSync(join(import.meta.dirname, 'held-out', name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
