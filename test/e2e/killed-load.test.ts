/** A model whose start kills the page: the next visit stands a rung lower, says why, and offers to try again. */
import type { Locator } from 'playwright/test';
import { arm, kill, makeBreakable } from './breakable';
import { chatOn, expect } from './chat-test';
import { gateOf, openGate, test } from './gated-test';

test.describe('of the size that phones fail at', () => {
  test.use({ fileBytes: 300_000_000 });

  test('a load of 300 MB that kills the page is answered a rung lower on the next visit, with the reason and a way to try again', async ({
    gated,
    context,
  }) => {
    test.setTimeout(240_000);
    const { page } = gated;
    await makeBreakable(page);
    await gated.open();
    await gated.askAndWait('Hello');
    await openGate(gated);
    const gate = gateOf(gated);
    await gate.getByRole('button', { name: 'Get Hub model big' }).click();
    await untilMeasured(gate);
    await arm(page, 'kill', { afterMs: 20 });
    const crashed = page.waitForEvent('crash');
    await gate.getByRole('button', { name: 'Fetch 300 MB' }).click();
    await crashed;

    const url = page.url();
    let next = chatOn(await context.newPage(), url);
    await next.open();
    const banner = next.page.locator('.banner[data-cause=load_killed]');
    await expect(banner).toContainText(
      'The page was closed by the browser while this model was loaded: Test fixture answers now.',
    );
    await expect(await next.askAndWait('short')).toContainText('Yes.');
    await next.page.screenshot({ path: 'test-results/killed-load.png' });

    // Read once, it is not said again; the model stays off all the same.
    await banner.getByRole('button', { name: 'Dismiss' }).click();
    await next.page.reload();
    await expect(next.page.getByRole('button', { name: 'Model: Test fixture ready' })).toBeVisible();
    await expect(banner).toHaveCount(0);

    // The person tries again, and it works this time: from then on it answers.
    await openGate(next);
    await gateOf(next).getByRole('button', { name: 'Use Hub model big' }).click();
    await expect(gateOf(next).locator('[data-model=big]')).toHaveAttribute('data-state', 'ready', {
      timeout: 60_000,
    });
    await next.page.close();
    next = chatOn(await context.newPage(), url);
    await next.open();
    await expect(next.page.getByRole('button', { name: 'Model: Hub model big ready' })).toBeVisible({
      timeout: 60_000,
    });
    await expect(next.page.locator('.banner')).toHaveCount(0);
  });
});

test('a page that is left while a model starts was not killed by it', async ({ gated, context }) => {
  const { page } = gated;
  await makeBreakable(page);
  await gated.open();
  await gated.askAndWait('Hello');
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await untilMeasured(gate);
  await arm(page, 'hang', { afterMs: 0 });
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'starting');
  const url = page.url();
  await page.close({ runBeforeUnload: true });
  const next = chatOn(await context.newPage(), url);
  await next.open();
  await expect(next.page.getByRole('button', { name: 'Model: Hub model big ready' })).toBeVisible();
  await expect(next.page.locator('.banner')).toHaveCount(0);
});

test('the banner’s own button tries the model again', async ({ gated, context }) => {
  const { page } = gated;
  await makeBreakable(page);
  await gated.open();
  await openGate(gated);
  const gate = gateOf(gated);
  await gate.getByRole('button', { name: 'Get Hub model big' }).click();
  await gate.getByRole('button', { name: 'Fetch 20 MB' }).click();
  await expect(gate.locator('[data-model=big]')).toHaveAttribute('data-state', 'ready');
  const url = page.url();
  await kill(page);
  // Killed while it was no longer starting: that is not the model's doing.
  const calm = await context.newPage();
  await makeBreakable(calm, { kind: 'kill', point: { afterMs: 20 } });
  const crashed = calm.waitForEvent('crash');
  await calm.goto(url, { waitUntil: 'commit' });
  await crashed;
  const next = chatOn(await context.newPage(), url);
  await next.open();
  await next.page.getByRole('button', { name: 'Try Hub model big again' }).click();
  await expect(next.page.getByRole('button', { name: 'Model: Hub model big ready' })).toBeVisible();
});

/** That takes a worker of its own, which is not the one to break. */
async function untilMeasured(gate: Locator): Promise<void> {
  await expect(gate.getByRole('button', { name: 'Measure again' })).toBeVisible();
}
