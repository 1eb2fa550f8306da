/** The same `dist` on a plain file server, under a sub-path: no server of ours, no headers. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStaticHost } from '../fakes/static-host';
import fixtureConfig from '../fixtures/config.json' with { type: 'json' };
import { chatOn, expect, test as base } from './chat-test';
import { copyBuild } from './deployment';

const test = base.extend<{ hostUrl: string }>({
  // oxlint-disable-next-line no-empty-pattern -- Playwright reads a fixture's needs from this pattern
  hostUrl: async ({}, use) => {
    const dir = mkdtempSync(join(tmpdir(), 'smallfirst-static-'));
    copyBuild(dir);
    const models = fixtureConfig.models.map((model) => ({ ...model, url: './models/tiny.gguf' }));
    writeFileSync(join(dir, 'dist', 'config.json'), JSON.stringify({ models }));
    copyModels(dir);
    const host = await startStaticHost({ rootDir: join(dir, 'dist'), basePath: '/some/where/' });
    await use(host.url);
    await host.close();
    rmSync(dir, { recursive: true, force: true });
  },
});

function copyModels(dir: string): void {
  cpSync(join(dir, 'models'), join(dir, 'dist', 'models'), { recursive: true });
}

test('the first visit answers with one thread, later ones are isolated by the service worker', async ({
  page,
  hostUrl,
}) => {
  const chat = chatOn(page, hostUrl);
  await chat.open();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await expect(await chat.askAndWait('Hello')).toHaveAttribute('data-place', 'local');
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => true));
  await page.reload();
  await expect(chat.questions).toHaveText('Hello');
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await expect(await chat.askAndWait('short')).toContainText('Yes.');
});
