/** Reads the questions that were kept out of the starter's training text. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HeldOutQuestion {
  readonly skill: string;
  readonly question: string;
  /** An answer is right if it contains one of these as words, case aside; undefined where it has to be handed over. */
  readonly right: readonly string[] | undefined;
}

/** `held-out` is what the scores are of; `seen` was looked at while the training text was improved, so it proves less. */
export type HeldOutFolder = 'held-out' | 'seen';

export function readHeldOut(folder: HeldOutFolder = 'held-out'): HeldOutQuestion[] {
  const inScope = linesOf(folder, 'in-scope.txt').map((line) => {
    const [skill = '', question = '', right = ''] = line.split(' = ');
    return { skill, question, right: right.split('|') };
  });
  const out = linesOf(folder, 'out-of-scope.txt').map((question) => ({
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

function linesOf(folder: HeldOutFolder, name: string): string[] {
  return readFileSync(join(import.meta.dirname, folder, name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
}
