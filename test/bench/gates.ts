/** How long the gates take in Chromium, beside a limit: gate A 1 ms at the 99th percentile, gate B 0.1 ms a token. */
import { build } from 'esbuild';
import { chromium } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';

const PAGE = `
import { judgeBefore } from './src/route/before.ts';
import { judgeAfter } from './src/route/after.ts';
import { createConfidence } from './src/route/confidence.ts';
import weights from './src/route/gain-weights.json';
import calibration from './src/route/calibration.json';
import { createGainModel } from './src/route/gain-model.ts';
globalThis.measure = async () => {
  const gain = createGainModel(weights);
  const words = 'if a train leaves the old station at 7 and each of its 12 wagons holds 40 people, how many tickets are left after noon? '.split(' ');
  const question = (seed) => { let text = ''; for (let at = seed; text.length < 4000; at += 1 + (seed % 5)) text += words[at % words.length] + (at % 7) + ' '; return text.slice(0, 4000); };
  const before = [];
  for (let seed = 0; seed < 1200; seed++) {
    const turn = { question: question(seed), earlier: [] };
    const start = performance.now();
    judgeBefore(turn, { dial: 0.5, gain });
    if (seed >= 200) before.push(performance.now() - start);
  }
  // What the question costs, apart from what else the machine does meanwhile: of each question the median of five.
  const each = [];
  for (let seed = 0; seed < 300; seed++) {
    const turn = { question: question(seed), earlier: [] };
    const tries = [];
    for (let at = 0; at < 5; at++) {
      const start = performance.now();
      judgeBefore(turn, { dial: 0.5, gain });
      tries.push(performance.now() - start);
    }
    each.push(tries.sort((a, b) => a - b)[2]);
  }
  each.sort((a, b) => a - b);
  before.sort((a, b) => a - b);
  const text = question(3).slice(0, 1200);
  const tokens = text.match(/.{1,4}/gs).map((token) => ({ token, logprob: -0.3, alternatives: [{ token, logprob: -0.3 }, { token: 'x', logprob: -2 }] }));
  const evidence = judgeBefore({ question: question(1), earlier: [] }, { dial: 0.5, gain }).evidence;
  const after = [];
  for (let round = 0; round < 60; round++) {
    const start = performance.now();
    const confidence = createConfidence();
    for (const token of tokens) confidence.add([token]);
    judgeAfter({ question: question(1), text, isHandOver: false, ...confidence.facts() }, { dial: 0.5, before: evidence, calibration, modelName: 'Qwen3 0.6B' });
    if (round >= 10) after.push((performance.now() - start) / tokens.length);
  }
  after.sort((a, b) => a - b);
  return { p50: before[500], p99: before[990], p99Each: each[297], perToken: after[25] };
};`;

const { outputFiles } = await build({
  stdin: { contents: PAGE, resolveDir: process.cwd(), loader: 'ts' },
  bundle: true,
  format: 'iife',
  write: false,
});
const executablePath = findChromium();
const browser = await chromium.launch({ args: CHROMIUM_ARGS, ...(executablePath ? { executablePath } : {}) });
const page = await browser.newPage();
await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
const { p50, p99, p99Each, perToken } =
  await page.evaluate<Record<'p50' | 'p99' | 'p99Each' | 'perToken', number>>('measure()');
console.log(
  `gate A, 4,000 characters: ${p50.toFixed(2)} ms at the median, ${p99.toFixed(2)} ms at the 99th percentile (limit 1); ${p99Each.toFixed(2)} ms where each question counts with the median of five tries`,
);
console.log(`gate B: ${perToken.toFixed(4)} ms a token (limit 0.1)`);
await browser.close();
