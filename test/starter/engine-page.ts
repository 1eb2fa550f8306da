/** In Node: a page in Chromium whose engine answers, for programs that score or measure a model. */
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { CHROMIUM_ARGS, findChromium } from '../chromium';
import type { Asked, Said } from './ask-engine';

export interface EnginePage {
  ask(asked: Asked): Promise<Said>;
  close(): Promise<void>;
}

/** `modelFile`: a path below the repository. */
export async function openEnginePage(modelFile: string): Promise<EnginePage> {
  const server = await createServer({
    configFile: false,
    root: process.cwd(),
    logLevel: 'error',
    server: { port: 0, host: '127.0.0.1', headers: { 'Cross-Origin-Opener-Policy': 'same-origin' } },
    optimizeDeps: { exclude: ['@wllama/wllama', '@wllama/wllama-compat'], include: [] },
  });
  await server.listen();
  const { port } = new URL(server.resolvedUrls?.local[0] ?? '');
  const executablePath = findChromium();
  const browser = await chromium.launch({
    args: CHROMIUM_ARGS,
    ...(executablePath ? { executablePath } : {}),
  });
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`In the page: ${error.message}`));
  await page.goto(`http://127.0.0.1:${port}/test/starter/engine-page.html`);
  await page.evaluate(async (url) => {
    const path = '/test/starter/ask-engine.ts';
    const module = (await import(/* @vite-ignore */ path)) as typeof import('./ask-engine');
    await module.openEngine(url);
    Object.assign(globalThis, { askEngine: module.askEngine });
  }, `/${modelFile}`);
  return {
    ask: (asked) =>
      page.evaluate(
        (given) => (globalThis as unknown as { askEngine: (a: Asked) => Promise<Said> }).askEngine(given),
        asked,
      ),
    close: async () => {
      await browser.close();
      await server.close();
    },
  };
}
