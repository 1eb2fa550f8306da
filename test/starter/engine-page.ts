/** In Node: a page in Chromium whose engine answers, for programs that score or measure a model. */
import { openVitePage } from '../vite-page';
import type { Asked, Said } from './ask-engine';

export interface EnginePage {
  ask(asked: Asked): Promise<Said>;
  close(): Promise<void>;
}

/** `modelFile`: a path below the repository. */
export async function openEnginePage(modelFile: string): Promise<EnginePage> {
  const { page, close } = await openVitePage({ path: 'test/starter/engine-page.html' });
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
    close,
  };
}
