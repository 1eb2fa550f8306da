/** A hub at its worst, over real connections: what is fetched is the file, and what it costs is bounded. */
import { chatOn, expect } from './chat-test';
import { deploy } from './deployment';
import { gateOf, keptChunks, openGate, test } from './gated-test';

const isLong = process.env['LONG'] === '1';
const SIZE_BYTES = 20_000_000;
const CHUNK_BYTES = 8 * 1024 * 1024;

/** A fixed sequence of chances (mulberry32), so that a failure can be had again. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

for (const ignoresRange of [false, true]) {
  test(`a hub that cuts at random offsets${ignoresRange ? ' and ignores ranges' : ''} is fetched from to the end`, async ({
    gated,
    hub,
  }) => {
    test.setTimeout(isLong ? 300_000 : 60_000);
    const random = chances(5);
    // A whole file for each cut takes long.
    const count = isLong ? (ignoresRange ? 5 : 40) : ignoresRange ? 3 : 5;
    const cutAt = Array.from({ length: count }, () => Math.floor(random() * SIZE_BYTES));
    hub.behave({ cutAt, ignoresRange });
    await gated.open();
    await openGate(gated);
    await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
    await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
    const big = gateOf(gated).locator('[data-model=big]');
    await expect(big).toHaveAttribute('data-state', 'ready', { timeout: isLong ? 280_000 : 50_000 });
    expect(hub.sentBytes).toBeLessThanOrEqual(SIZE_BYTES + count * (ignoresRange ? SIZE_BYTES : CHUNK_BYTES));
  });
}

test('a byte that flips on its way costs one chunk, where the catalogue names the chunks', async ({
  page,
  hub,
}) => {
  const deployment = await deploy([hub.card('big', { chunkSha256: [...hub.chunkSha256] })]);
  const chat = chatOn(page, deployment.url);
  hub.behave({ flipAt: 12_345_678 });
  await chat.open();
  await openGate(chat);
  await gateOf(chat).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(chat).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gateOf(chat).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  expect(hub.sentBytes).toBeGreaterThan(SIZE_BYTES);
  expect(hub.sentBytes).toBeLessThanOrEqual(SIZE_BYTES + CHUNK_BYTES);
  await deployment.remove();
});

test('on a slow line bytes only grow, and the time left is right', async ({ gated, context }) => {
  const session = await context.newCDPSession(gated.page);
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 40,
    downloadThroughput: 250_000,
    uploadThroughput: 250_000,
  });
  await gated.page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { tasks });
    new PerformanceObserver((list) =>
      tasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  const bar = gate.getByRole('progressbar', { name: 'Fetching Hub model big' });
  const done: number[] = [];
  for (let time = 0; time < 24; time++) {
    done.push(Number(await bar.getAttribute('value')));
    await gated.page.waitForTimeout(500);
  }
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(new Set(done).size).toBeGreaterThan(6);
  const words = (await gate.locator('[data-model=big]').textContent()) ?? '';
  const [, amount, unit] = /(\d+) (s|min) left/.exec(words) ?? [];
  const leftSeconds = Number(amount) * (unit === 'min' ? 60 : 1);
  const expected = (SIZE_BYTES - done.at(-1)!) / 250_000;
  expect(leftSeconds).toBeGreaterThan(expected * 0.8);
  // Whole minutes are rounded up.
  expect(leftSeconds).toBeLessThan(Math.max(expected * 1.2, Math.ceil((expected * 1.2) / 60) * 60) + 1);
  // A busy machine makes any task long: this holds where the test has it to itself.
  if (isLong)
    expect(await gated.page.evaluate(() => (globalThis as unknown as { tasks: number[] }).tasks)).toEqual([]);
  await gate.getByRole('button', { name: 'Pause Hub model big' }).click();
});

test('a part that is gone from the hub is named, and what came stays', async ({ gated, hub }) => {
  hub.behave({ bytesPerSecond: 700_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect.poll(() => keptChunks(gated), { timeout: 40_000 }).not.toEqual([]);
  hub.behave({ status: 404 });
  hub.cut();
  await expect(gate.getByRole('alert')).toHaveAttribute('data-code', 'shard_http_404');
  await expect(gate.getByRole('alert')).toContainText(/big\.gguf/);
  await expect(gate.getByRole('alert')).toContainText('are kept; it goes on from there');
  expect(await keptChunks(gated)).not.toEqual([]);
});
