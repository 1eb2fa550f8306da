/** A browser that is killed mid-answer loses nothing that was said. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import { chatOn, expect, slowDown, test } from './chat-test';

/** A Chromium of our own, so that it can be killed as an operating system kills. */
async function startBrowser(profile: string): Promise<{ browser: Browser; kill: () => Promise<void> }> {
  const executable = findChromium();
  if (!executable) throw new Error('no Chromium');
  const args = [
    ...CHROMIUM_ARGS,
    '--headless=new',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
  ];
  const child = spawn(executable, args, { detached: true });
  let said = '';
  for await (const data of child.stderr) {
    said += data;
    const endpoint = /ws:\/\/\S+/.exec(said)?.[0];
    if (!endpoint) continue;
    const browser = await chromium.connectOverCDP(endpoint);
    const kill = async () => {
      const exited = once(child, 'exit');
      // The whole group: Chromium is many processes.
      process.kill(-child.pid!, 'SIGKILL');
      await exited;
    };
    return { browser, kill };
  }
  throw new Error(`Chromium did not start: ${said}`);
}

test('a browser killed mid-answer comes back with the question and the partial answer, incomplete', async ({
  deployment,
}) => {
  const profile = mkdtempSync(join(tmpdir(), 'smallfirst-profile-'));
  try {
    const first = await startBrowser(profile);
    const before = chatOn(await first.browser.contexts()[0]!.newPage(), deployment.url);
    await before.open();
    await before.askAndWait('Hello');
    await slowDown(before.page);
    await before.ask('ramble');
    const text = before.answers.last().locator('.text');
    await expect.poll(async () => ((await text.textContent()) ?? '').length).toBeGreaterThan(200);
    await expect(before.answers.last()).toHaveAttribute('data-status', 'streaming');
    await first.kill();

    const second = await startBrowser(profile);
    const after = chatOn(await second.browser.contexts()[0]!.newPage(), deployment.url);
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
