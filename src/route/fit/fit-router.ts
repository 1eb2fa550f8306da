/** `npm run fit:router -- FOLDER` fits both gates on the train rows of a folder; `-- --drafts FILE` adds a family of models to gate B. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Calibration } from '../calibration';
import { createGainModel, type GainWeights } from '../gain-model';
import { featuresOf } from '../question-features';
import { fitSecond, fitText, fitTokens } from './fit-drafts';
import { fitFamilies } from './fit-family';
import { fitGain } from './fit-gain';
import { isLabelled, readRows, type LabelledRow } from './rows';
import { apgrOf, headroomOf, type Outcome } from './scores';

const USAGE = `Usage: npm run fit:router -- FOLDER [--quick] [--out FOLDER]     FOLDER has routellm, slm and fidelity .jsonl.gz
       npm run fit:router -- --drafts FILE [--out FOLDER]   FILE is what collect:drafts wrote; changes calibration.json alone
  --quick leaves out the fits that leave out one set each; --out writes elsewhere than into src/route.`;

const { positionals, values } = argumentsOf();
const target = values.out ?? join(import.meta.dirname, '..');
try {
  if (values.drafts) addFamilies(values.drafts);
  else fitBoth(positionals[0] ?? fail(USAGE));
} catch (error) {
  fail((error as Error).message);
}

function fitBoth(folder: string): void {
  const all = readRows(folder).filter(({ split }) => split === 'train');
  const rows = all.filter(isLabelled);
  const gain = fitGain(rows);
  const { text, unseen } = fitText(rows, gain);
  const calibration: Calibration = { text, tokens: fitTokens(all), second: { usual: fitSecond(rows) } };
  write('gain-weights.json', gain.weights);
  write('calibration.json', calibration);

  console.log('On the train rows, each by a fit that did not see it:');
  const gains = gain.unseen.map((one) => one.gain);
  const after = rows.map((row, at) => {
    const one = gain.unseen[at] as (typeof gain.unseen)[number];
    const right = unseen[at];
    return right === undefined ? one.gain : one.gain + one.small(row.weakModel) - right;
  });
  const sets = [...new Set(rows.map(({ dataset }) => dataset))];
  for (const [gate, scores] of Object.entries({ 'gate A': gains, 'gate B': after }))
    for (const set of sets) {
      const own = rows.flatMap((row, at) =>
        row.dataset === set ? [outcomeOf(row, scores[at] as number)] : [],
      );
      print(`${set}, ${gate}`, own);
    }
  if (!values.quick) for (const set of sets) leaveOut(set, rows);
}

/** A set by a fit on all others: what the gate knows of questions unlike any it was shown. */
function leaveOut(set: string, rows: readonly LabelledRow[]): void {
  const others = rows.filter((row) => row.dataset !== set);
  const known = new Set(others.map(({ prompt }) => featuresOf(prompt).group));
  const model = createGainModel(fitGain(others).weights);
  const own = rows.filter((row) => row.dataset === set);
  const outcomes = own.map((row) => {
    const features = featuresOf(row.prompt);
    // A group that only this set has is judged as the other with choices.
    const group = known.has(features.group) ? features.group : features.group === 'few' ? 'many' : 'few';
    return outcomeOf(row, model.chancesOf({ ...features, group }, row.weakModel, row.strongModel).gain);
  });
  print(`${set}, left out`, outcomes);
}

function addFamilies(file: string): void {
  const gain = createGainModel(read<GainWeights>('gain-weights.json'));
  const fits = fitFamilies(readRows(file), gain, read<Calibration>('calibration.json'));
  for (const { family, drafts, right } of fits)
    console.log(`${family}: ${drafts} drafts, ${right} of them right.`);
  const last = fits.at(-1) ?? fail(`No drafts in ${file}.`);
  write('calibration.json', last.calibration);
}

function outcomeOf({ weak, strong }: LabelledRow, score: number): Outcome {
  return { weak, strong, score };
}

function print(name: string, outcomes: readonly Outcome[]): void {
  console.log(`- ${name}: APGR ${apgrOf(outcomes).toFixed(3)}, HC ${headroomOf(outcomes).toFixed(2)}`);
}

function read<Data>(name: string): Data {
  return JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8')) as Data;
}

function write(name: string, content: unknown): void {
  writeFileSync(join(target, name), `${JSON.stringify(content)}\n`);
}

function argumentsOf() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        drafts: { type: 'string' },
        out: { type: 'string' },
        quick: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

function fail(words: string): never {
  console.error(words);
  process.exit(2);
}
