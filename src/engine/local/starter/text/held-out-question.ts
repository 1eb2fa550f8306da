/** Keeps questions of the test out of the training text; it knows them by their hashes alone. */
import { createHash } from 'node:crypto';
import { readLines } from './data-file';

const hashes = new Set(readLines('held-out-hashes.txt'));

/** Whether the test asks this, case and spacing aside. */
export function isHeldOutQuestion(text: string): boolean {
  return hashes.has(hashOf(text));
}

export function hashOf(text: string): string {
  const normalised = text.toLowerCase().replace(/\s+/g, ' ').trim();
  return createHash('sha256').update(normalised).digest('hex').slice(0, 16);
}
