/** What this device will make of a model is known before it is fetched: said in the list, kept, and near what then comes. */
import { chatOn, expect, kept, test as base, type Chat } from './chat-test';
import { deploy } from './deployment';
import { gateOf, openGate } from './gated-test';
import {
  addModel,
  askAtLength,
  fetchModel,
  forecastIn,
  measuredSpeed,
  passportIn,
  takePassport,
  throttle,
} from './passport-steps';
import { startModelHub, type ModelHub } from '../fakes/model-hub';
import { startFakeOpenai } from '../fakes/openai/fake-openai';
import type { Passport } from '../../src/kernel/passport';

/** A busy machine is not told to be exact: that is for `test/bench/passport.ts`. */
const FACTOR = 3;
const MB = 1e6;
const contextTokens = 256;
const SMALL = {
  layers: 6,
  width: 768,
  hidden: 2_048,
  heads: 12,
  kvHeads: 4,
  vocabulary: 4_096,
  contextTokens,
};
const LARGE = { ...SMALL, layers: 12 };
/** Bytes a second, and of the file that then comes. */
const LINES = [
  [MB, 5 * MB],
  [3 * MB, 12 * MB],
  [8 * MB, 32 * MB],
] as const;

const test = base.extend<{ hub: ModelHub; chat: Chat }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  hub: async ({}, use) => {
    const hub = await startModelHub();
    await use(hub);
    await hub.close();
  },
  chat: async ({ page, hub }, use) => {
    const models = [
      await addModel(hub, 'small', SMALL, 'Q8_0'),
      await addModel(hub, 'large', LARGE, 'Q4_K_M'),
      ...LINES.map(([rate, bytes]) => hub.add(`file-${rate}`, `/file-${rate}.gguf`, hub.fixture(bytes))),
    ];
    const deployment = await deploy(models);
    await use(chatOn(page, deployment.url));
    await deployment.remove();
  },
});

test('the list says how fast a model will be and how long it takes to come, before anything is fetched; it is kept', async ({
  chat,
  hub,
}) => {
  test.setTimeout(180_000);
  await chat.open();
  const passport = await takePassport(chat);
  expect(passport.cpu?.threads).toBeGreaterThan(0);
  expect(passport.writeBytesPerSecond).toBeGreaterThan(0);
  const gate = gateOf(chat);
  const row = gate.locator('[data-model=smollm2-360m]');
  await expect(row).toContainText(/about [\d.]+ tokens a second here, (faster|slower|about as fast)/i);
  await expect(gate.locator('.passport')).toContainText(
    /as measured today: its processor reads [\d.]+ [MG]B/,
  );
  // The model that came with the page is the one that needs no words.
  await expect(gate.locator('[data-model=test-fixture]')).not.toContainText('tokens a second');
  expect(hub.requests).toEqual([]);
  await expect.poll(() => kept(chat.page, 'settings', 'passport-1')).toMatchObject({ passport });
  await chat.page.reload();
  await openGate(chat);
  await expect(row).toContainText(/about [\d.]+ tokens a second here/i);
  const { measuredAt } = await takeAgain(chat);
  expect(measuredAt).toBe(passport.measuredAt);
  await gate.getByRole('button', { name: 'Measure again' }).click();
  await expect.poll(async () => (await takeAgain(chat)).measuredAt).toBeGreaterThan(passport.measuredAt);
});

test('two models are about as fast as was said', async ({ chat }) => {
  test.setTimeout(180_000);
  await chat.open();
  await askAtLength(chat, 'Hello');
  await takePassport(chat);
  for (const id of ['small', 'large']) {
    const { tokensPerSecond: expected = Number.NaN } = await forecastIn(chat.page, id);
    await fetchModel(chat, id);
    const came = await measuredSpeed(chat);
    console.log(`${id}: expected ${expected.toFixed(1)} tokens a second, came ${came.toFixed(1)}`);
    expect(expected / came).toBeGreaterThan(1 / FACTOR);
    expect(expected / came).toBeLessThan(FACTOR);
  }
});

for (const [rate, bytes] of LINES) {
  test(`over a line of ${rate / MB} MB/s the first parts tell how long a download takes`, async ({
    chat,
  }) => {
    test.setTimeout(180_000);
    await chat.open();
    await takePassport(chat);
    await throttle(chat.page, rate);
    // The first one is what is learned from.
    const came = await fetchModel(chat, `file-${rate}`);
    const other = LINES.find(([each]) => each !== rate)!;
    const { downloadSeconds = Number.NaN, isOwnRate } = await forecastIn(chat.page, `file-${other[0]}`);
    expect(isOwnRate).toBe(true);
    const expected = (downloadSeconds * bytes) / other[1];
    console.log(`${rate / MB} MB/s: expected ${expected.toFixed(1)} s, came ${came.toFixed(1)} s`);
    expect(expected / came).toBeGreaterThan(1 / FACTOR);
    expect(expected / came).toBeLessThan(FACTOR);
    const row = gateOf(chat).locator(`[data-model=file-${other[0]}]`);
    await expect(row).toContainText(/about \d+ s to download/i);
    await row.getByRole('button', { name: 'Get' }).click();
    await expect(row.getByRole('group')).toContainText(/It takes about \d+ s\./);
  });
}

const takeAgain = async (chat: Chat) => (await passportIn(chat.page))!;

test('gate A goes by it: on a slow device a long answer is offered to the large model, with what it takes here', async ({
  page,
  hub,
}) => {
  const upstream = await startFakeOpenai();
  const env = { OPENAI_API_KEY: upstream.key, OPENAI_BASE_URL: upstream.url };
  const deployment = await deploy([hub.card('big')], { env });
  const chat = chatOn(page, deployment.url);
  await chat.open();
  await openGate(chat);
  await fetchModel(chat, 'big');
  // Where the app is not, so that what it measures now does not come after.
  await page.goto(`${deployment.url}icon.svg`);
  await page.evaluate(keepPassport, {
    measuredAt: Date.now(),
    cpu: {
      threads: 1,
      msPerMb: { Q8_0: 25, Q4_K_M: 25, F16: 25 },
      overheadMs: 0,
      promptMsPerMb: 5,
    },
  });
  await chat.open();
  await expect(page.getByRole('button', { name: /^Model: Hub model big/ })).toBeVisible();
  await chat.ask('Write a short essay about the sea');
  const dialog = page.getByRole('dialog', { name: 'Send to the cloud?' });
  await expect(dialog).toContainText('A long answer takes its time on this device.');
  // 200 tokens of 500 ms, and 200 of a prompt of 100 ms.
  await expect(dialog).toContainText('An answer of 150 words takes this device about 2 min.');
  await dialog.getByRole('button', { name: 'Keep here' }).click();
  await expect(chat.answers.last()).toHaveAttribute('data-place', 'local');
  expect(upstream.books()).toEqual([]);
  await deployment.remove();
  await upstream.close();
});

/** Runs in the page: as if it had been taken on an earlier visit. */
async function keepPassport(passport: Passport): Promise<void> {
  const database = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open('smallfirst');
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise<void>((resolve) => {
    const transaction = database.transaction('settings', 'readwrite');
    transaction.objectStore('settings').put({ rates: {}, passport }, 'passport-1');
    transaction.oncomplete = () => resolve();
  });
  database.close();
}
