/** Writes the training text, a dialogue as JSON on each line: `tsx write-text.ts FILE COUNT [SEED]`. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createChance } from './chance';
import { writeLines } from './training-text';

const [path, count, seed = '1'] = process.argv.slice(2);
if (!path || !count) throw new Error('Usage: tsx write-text.ts FILE COUNT [SEED]');
const file = createWriteStream(path);
for (const line of writeLines(createChance(Number(seed)), Number(count))) {
  if (!file.write(`${JSON.stringify(line)}\n`)) await once(file, 'drain');
}
file.end();
await once(file, 'finish');
