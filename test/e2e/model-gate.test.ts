/** The gate: says what a model weighs, asks, shows it coming, keeps it. */
import { expect } from './chat-test';
import { gateOf, openGate, test } from './gated-test';

test('the gate says size and licence, and nothing is fetched before a person agrees', async ({
  gated,
  hub,
}) => {
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  await expect(gate).toContainText('Hub model big');
  await expect(gate).toContainText('20 MB · MIT');
  await expect(gate).toContainText('SmolLM2 360M');
  await expect(gate).toContainText('386 MB · Apache-2.0');
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await expect(gate.getByRole('group', { name: 'Fetch Hub model big?' })).toContainText('20 MB');
  await gate.getByRole('button', { name: 'Not now' }).click();
  expect(hub.requests).toEqual([]);
});

test('a download shows bytes, rate and time left, then the model answers and is kept', async ({
  gated,
  hub,
}) => {
  hub.behave({ bytesPerSecond: 2_000_000 });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gate.getByRole('progressbar', { name: 'Fetching Hub model big' })).toBeVisible();
  await expect(gate.locator('[data-model=big]')).toContainText(
    /MB of\s+20 MB\s+· [\d.]+ \wB\/s\s+·\s+\d+ s left/,
  );
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  await gate.getByRole('button', { name: 'Close' }).click();
  await expect(await gated.askAndWait('Hello')).toContainText('Hub model big');
  // In parts, each asked for once.
  expect(new Set(hub.requests)).toEqual(new Set(['/big.gguf']));
  expect(hub.sentBytes).toBe(20_000_000);
  await gated.page.reload();
  await expect(await gated.askAndWait('short')).toContainText('Hub model big');
  expect(hub.sentBytes).toBe(20_000_000);
  await openGate(gated);
  await expect(gate.locator('[data-model=big]')).toContainText('last used today');
  await gate.getByRole('button', { name: 'Use Test fixture' }).click();
  await expect(gate.locator('[data-model=test-fixture]')).toContainText('Answers now');
  await gate.getByRole('button', { name: 'Remove Hub model big' }).click();
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'absent');
});

for (const [what, behaviour, code] of [
  ['a file that is not there', { status: 404 }, 'shard_http_404'],
  ['a hub that fails', { status: 500 }, 'shard_http'],
  ['a web page in place of the file', { html: true }, 'model_file'],
] as const) {
  test(`${what} is named, with a way out`, async ({ gated, hub }) => {
    hub.behave(behaviour);
    await gated.open();
    await openGate(gated);
    const gate = gateOf(gated);
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    await expect(gate.getByRole('alert')).toHaveAttribute('data-code', code);
    hub.behave({});
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
    await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  });
}

test('the catalogue’s own hub may be reached from the page', async ({ gated, context }) => {
  const asked: string[] = [];
  await context.route('https://huggingface.co/**', (route) => {
    asked.push(route.request().url());
    return route.fulfill({ status: 404, headers: { 'Access-Control-Allow-Origin': '*' } });
  });
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get SmolLM2 135M' }).click();
  await gate.getByRole('button', { name: 'Fetch 145 MB' }).click();
  // The page's policy would have refused any other host before a request was made: see the next test.
  await expect(gate.getByRole('alert')).toHaveAttribute('data-code', 'shard_http_404');
  expect(asked).toHaveLength(1);
});

test('a host that no config names cannot be reached from the page', async ({ gated, hub }) => {
  await gated.open();
  const elsewhere = hub.origin.replace('127.0.0.1', 'localhost');
  const outcome = await gated.page.evaluate(
    (url) =>
      fetch(url).then(
        () => 'reached',
        () => 'refused',
      ),
    `${elsewhere}/big.gguf`,
  );
  expect(outcome).toBe('refused');
  expect(hub.requests).toEqual([]);
});

test('from the second load on the page chats with the chosen model without a network, though nothing was asked before', async ({
  gated,
  hub,
  context,
}) => {
  await gated.open();
  await openGate(gated);
  await gateOf(gated).getByRole('button', { name: 'Get Hub model big' }).click();
  await gateOf(gated).getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gateOf(gated).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  await gated.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await gated.page.reload();
  await gated.page.getByRole('button', { name: 'Model: Hub model big ready' }).waitFor();
  const { length } = hub.requests;
  await context.setOffline(true);
  await gated.page.reload();
  const answer = await gated.askAndWait('short');
  await expect(answer).toContainText('Yes.');
  await expect(answer).toContainText('Hub model big');
  expect(hub.requests).toHaveLength(length);
  // What was never opened so far opens all the same.
  await gated.page.keyboard.press('Control+k');
  await gated.page.getByRole('combobox', { name: 'Search chats' }).fill('short');
  await expect(gated.page.getByRole('option')).toHaveCount(1);
});
