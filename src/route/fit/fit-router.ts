/** `npm run fit:router -- FOLDER`: fits both gates on the train rows of a folder of labelled questions, and writes what ships. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGainModel, groupOf, GROUPS } from '../gain-model';
import { featuresOf } from '../question-features';
import { fitText, fitTokens } from './fit-drafts';
import { fitGain } from './fit-gain';
import { readOptionRows, readRows } from './rows';
import { apgrOf, headroomOf } from './scores';

const [folder, ...flags] = process.argv.slice(2);
if (!folder) {
  console.error(
    'Usage: npm run fit:router -- FOLDER [--leave-one-out]   (FOLDER has routellm, slm and fidelity .jsonl.gz)',
  );
  process.exit(2);
}

const rows = readRows(folder).filter(({ split }) => split === 'train');
const gain = fitGain(rows);
const { text, unseen } = fitText(rows, gain);
const tokens = fitTokens(readOptionRows(folder).filter(({ split }) => split === 'train'));
write('gain-weights.json', gain.weights);
write('calibration.json', { text, tokens });

console.log('On the train rows, each by a fit that did not see it:');
for (const dataset of new Set(rows.map((row) => row.dataset)))
  print(
    dataset,
    gain.unseen.map((one) => one.gain),
  );
for (const dataset of new Set(rows.map((row) => row.dataset))) {
  const after = rows.map((row, at) => {
    const one = gain.unseen[at] as (typeof gain.unseen)[number];
    const right = unseen[at];
    return right === undefined ? one.gain : one.large(row.strongModel) - right;
  });
  print(`${dataset}, gate B`, after);
}
if (flags.includes('--leave-one-out')) leaveOneOut();

/** Each set by a fit on all others: what the gate knows of questions unlike any it was shown. */
function leaveOneOut(): void {
  for (const dataset of new Set(rows.map((row) => row.dataset))) {
    const others = rows.filter((row) => row.dataset !== dataset);
    const kinds = new Set(others.map(({ prompt }) => groupOf(featuresOf(prompt).kind)));
    if (kinds.size < GROUPS.length) continue;
    const own = rows.filter((row) => row.dataset === dataset);
    const { gains } = predict(others, own);
    const outcomes = own.map(({ weak, strong }, at) => ({ weak, strong, score: gains[at] as number }));
    console.log(
      `  ${dataset}, left out: APGR ${apgrOf(outcomes).toFixed(3)}, HC ${headroomOf(outcomes).toFixed(2)}`,
    );
  }
}

function predict(train: typeof rows, other: typeof rows) {
  const model = createGainModel(fitGain(train).weights);
  return {
    gains: other.map((row) => model.chancesOf(featuresOf(row.prompt), row.weakModel, row.strongModel).gain),
  };
}

function print(name: string, scores: readonly number[]): void {
  const dataset = name.split(',')[0];
  const outcomes = rows.flatMap(({ weak, strong, ...row }, at) =>
    row.dataset === dataset ? [{ weak, strong, score: scores[at] as number }] : [],
  );
  console.log(`  ${name}: APGR ${apgrOf(outcomes).toFixed(3)}, HC ${headroomOf(outcomes).toFixed(2)}`);
}

function write(name: string, data: unknown): void {
  writeFileSync(join('src/route', name), `${JSON.stringify(data)}\n`);
}
