/** Holds what the passport expects of models and downloads against what then comes; ends with 1 where that is too far off. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright';
import type { Packing } from '../../src/kernel/passport';
import type { ProbeShape } from '../../src/engine/local/passport/probe-model';
import { CHROMIUM_ARGS, installChromium } from '../chromium';
import { chatOn } from '../e2e/chat-test';
import { deploy } from '../e2e/deployment';
import {
  addModel,
  askAtLength,
  fetchModel,
  forecastIn,
  measuredSpeed,
  takePassport,
  throttle,
} from '../e2e/passport-steps';
import { startModelHub } from '../fakes/model-hub';

const ROUNDS = 3;
/** How far off a forecast may be, as a part of what came. */
const SPEED_LIMIT = 0.25;
const DOWNLOAD_LIMIT = 0.2;
const contextTokens = 384;
/** The first has the shape of the smallest model of the catalogue, SmolLM2 135M. */
const MODELS: readonly (readonly [id: string, ProbeShape, Packing])[] = [
  [
    'm135',
    { layers: 30, width: 576, hidden: 1_536, heads: 9, kvHeads: 3, vocabulary: 49_152, contextTokens },
    'Q8_0',
  ],
  [
    'm70',
    { layers: 10, width: 768, hidden: 2_048, heads: 12, kvHeads: 4, vocabulary: 8_192, contextTokens },
    'Q4_K_M',
  ],
  [
    'm70',
    { layers: 10, width: 768, hidden: 2_048, heads: 12, kvHeads: 4, vocabulary: 8_192, contextTokens },
    'F16',
  ],
];
/** Bytes a second, and of the file that is fetched at that rate. */
const LINES: readonly (readonly [bytesPerSecond: number, id: string])[] = [
  [1_000_000, 'file-1'],
  [4_000_000, 'file-4'],
  [10_000_000, 'file-10'],
];
const SECONDS = 12;

const medianOf = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const idOf = ([id, , packing]: (typeof MODELS)[number]) => `${id}-${packing.toLowerCase()}`;
const only = process.argv[2];

const hub = await startModelHub();
const cards = await Promise.all(MODELS.map((model) => addModel(hub, idOf(model), model[1], model[2])));
const files = LINES.flatMap(([rate, id]) =>
  [id, `${id}-next`].map((each) =>
    hub.add(each, `/${each}.gguf`, hub.fixture(rate * SECONDS), { contextTokens: 2_048 }),
  ),
);
const site = await deploy([...cards, ...files]);
const speeds = new Map<string, { expected: number; came: number }[]>();
const downloads: { name: string; expected: number; came: number }[] = [];
const took: number[] = [];
if (only !== 'downloads') for (let round = 0; round < ROUNDS; round++) await measureSpeeds(round);
if (only !== 'speeds') for (const line of LINES) await measureDownloads(...line);
await site.remove();
await hub.close();

const { length: cores } = cpus();
console.log(
  `Machine: ${cores} cores of ${cpus()[0]?.model ?? 'an unknown processor'}, load ${loadavg()[0]?.toFixed(1)}; one thread; ${new Date().toISOString().slice(0, 10)}`,
);
if (took.length > 0) console.log(`The passport took ${took.map((ms) => `${Math.round(ms)} ms`).join(', ')}.`);
for (const [name, rounds] of speeds) {
  const off = rounds.map(({ expected, came }) => expected / came);
  say(
    name,
    medianOf(rounds.map((each) => each.expected)),
    medianOf(rounds.map((each) => each.came)),
    'tokens/s',
    off,
    SPEED_LIMIT,
  );
}
for (const { name, expected, came } of downloads)
  say(name, expected, came, 's', [expected / came], DOWNLOAD_LIMIT);

function say(
  name: string,
  expected: number,
  came: number,
  unit: string,
  ratios: readonly number[],
  limit: number,
) {
  const isFine = Math.abs(medianOf(ratios) - 1) <= limit;
  if (!isFine) process.exitCode = 1;
  const all = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
  console.log(
    `${name}: expected ${expected.toFixed(1)} ${unit}, came ${came.toFixed(1)}; ratio ${all}${isFine ? '' : ` TOO FAR OFF (${limit})`}`,
  );
}

/** A visitor's first visit: starter, question, passport, then each model. */
async function measureSpeeds(round: number): Promise<void> {
  await visit(async (chat) => {
    await askAtLength(chat, 'Hello');
    const began = performance.now();
    await takePassport(chat);
    took.push(performance.now() - began);
    for (const model of MODELS) {
      const id = idOf(model);
      const { tokensPerSecond = Number.NaN } = await forecastIn(chat.page, id);
      await fetchModel(chat, id);
      const came = await measuredSpeed(chat);
      const name = `${id}, ${Math.round((cards.find((card) => card.id === id)?.sizeBytes ?? 0) / 1e6)} MB`;
      console.log(`round ${round + 1}: ${name}: ${tokensPerSecond.toFixed(1)}, ${came.toFixed(1)}`);
      speeds.set(name, [...(speeds.get(name) ?? []), { expected: tokensPerSecond, came }]);
    }
  });
}

/** At one rate: what the first parts of a file let expect of all of it, and what that file lets expect of the next. */
async function measureDownloads(rate: number, id: string): Promise<void> {
  await visit(async (chat) => {
    await takePassport(chat);
    await throttle(chat.page, rate);
    const label = `${(rate / 1e6).toFixed(0)} MB/s`;
    const began = performance.now();
    const whole = fetchModel(chat, id);
    let first: number | undefined;
    for (let isOver = false; !isOver && first === undefined;) {
      isOver = await Promise.race([whole.then(() => true), chat.page.waitForTimeout(100).then(() => false)]);
      const { downloadSeconds, isOwnRate } = await forecastIn(chat.page, `${id}-next`);
      // The next file is as large, and nothing of it is here.
      if (isOwnRate) first = downloadSeconds;
    }
    const knownAfter = (performance.now() - began) / 1_000;
    const came = await whole;
    downloads.push({
      name: `${label}, from its first ${knownAfter.toFixed(1)} s`,
      expected: first ?? Number.NaN,
      came,
    });
    const { downloadSeconds = Number.NaN } = await forecastIn(chat.page, `${id}-next`);
    downloads.push({
      name: `${label}, the next file`,
      expected: downloadSeconds,
      came: await fetchModel(chat, `${id}-next`),
    });
  });
}

async function visit(act: (chat: ReturnType<typeof chatOn>) => Promise<void>): Promise<void> {
  const profile = mkdtempSync(join(tmpdir(), 'passport-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: installChromium(),
    args: CHROMIUM_ARGS,
  });
  try {
    const chat = chatOn(await context.newPage(), site.url);
    await chat.open();
    await chat.page.locator('button[data-state=ready]').waitFor();
    await act(chat);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
