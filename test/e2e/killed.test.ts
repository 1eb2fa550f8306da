/** A browser that is killed mid-answer loses nothing that was said. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { chatOn, expect, slowDown, test } from './chat-test';

/** A Chromium with a profile of its own, so that it can be killed as an operating system kills. */
async function startBrowser(
  profile: string,
): Promise<{ context: BrowserContext; kill: () => Promise<void> }> {
  const executablePath = findChromium();
  const context = await chromium.launchPersistentContext(profile, {
    args: CHROMIUM_ARGS,
    ...(executablePath ? { executablePath } : {}),
  });
  // A link of that name says which process has the profile: `host-1234`.
  const pid = readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1) ?? '';
  const group = Number(execFileSync('ps', ['-o', 'pgid=', '-p', pid], { encoding: 'utf8' }));
  const kill = async () => {
    const closed = new Promise((resolve) => context.once('close', resolve));
    // The whole group: Chromium is many processes.
    process.kill(-group, 'SIGKILL');
    await closed;
  };
  return { context, kill };
}

test('a browser killed mid-answer comes back with the question and the partial answer, incomplete', async ({
  deployment,
}) => {
  const profile = mkdtempSync(join(tmpdir(), 'smallfirst-profile-'));
  try {
    const first = await startBrowser(profile);
    const before = chatOn(await first.context.newPage(), deployment.url);
    await before.open();
    await before.askAndWait('Hello');
    await slowDown(before.page);
    await before.ask('ramble');
    const text = before.answers.last().locator('.text');
    await expect.poll(async () => ((await text.textContent()) ?? '').length).toBeGreaterThan(200);
    await expect(before.answers.last()).toHaveAttribute('data-status', 'streaming');
    await first.kill();

    const second = await startBrowser(profile);
    const after = chatOn(await second.context.newPage(), deployment.url);
    await after.open();
    await expect(after.questions).toHaveText(['Hello', 'ramble']);
    const answer = after.answers.last();
    await expect(answer).toHaveAttribute('data-status', 'incomplete');
    const kept = async () => ((await answer.locator('.text').textContent()) ?? '').length;
    await expect.poll(kept).toBeGreaterThan(20);
    await answer.getByRole('button', { name: 'Retry' }).click();
    await expect(after.answers.last()).toHaveAttribute('data-status', /streaming|done/);
    await second.kill();
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
