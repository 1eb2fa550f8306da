/** Tells the training text which questions to leave out, after the held-out ones were changed: `tsx test/starter/write-hashes.ts`. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf } from '../../src/engine/local/starter/text/held-out-question';
import { generateQuestions } from './generated/generate';
import { readHeldOut } from './held-out';

const FILE = join(import.meta.dirname, '../../src/engine/local/starter/text/data/held-out-hashes.txt');
const questions = [...readHeldOut(), ...readHeldOut('seen'), ...generateQuestions()];
const hashes = [...new Set(questions.map(({ question }) => hashOf(question)))].sort();
writeFileSync(
  FILE,
  `# SHA-256, the first 16 digits, of each question of test/starter/held-out, seen and generated.\n${hashes.join('\n')}\n`,
);
