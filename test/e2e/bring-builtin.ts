/** Puts a model of its own into the browser, as Chrome has one: the fake, in every page of a context. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext } from 'playwright';
import { transformWithOxc } from 'vite';
import type { FakeModelSettings } from '../fakes/language-model';

const FAKE = join(import.meta.dirname, '..', 'fakes', 'language-model.ts');
const BRANDS = [{ brand: 'Chromium' }, { brand: 'Google Chrome' }];

export async function bringBuiltin(context: BrowserContext, settings: FakeModelSettings = {}): Promise<void> {
  // From its file: what Playwright makes of a class needs helpers that a page has not.
  const { code } = await transformWithOxc(readFileSync(FAKE, 'utf8'), FAKE);
  await context.addInitScript({
    content: `{
      ${code.replace('export function', 'function')}
      globalThis.fakeModel = fakeLanguageModel(${JSON.stringify(settings)});
      Object.defineProperty(globalThis, 'LanguageModel', { value: fakeModel.LanguageModel });
      Object.defineProperty(navigator, 'userAgentData', { value: { brands: ${JSON.stringify(BRANDS)} } });
    }`,
  });
}
