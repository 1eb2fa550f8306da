/** Facts about finding the model that a browser brings: in which browsers, for which languages, and how long it is waited for. */
import { expect, test, vi } from 'vitest';
import { findBuiltin, type BuiltinHost } from '../../../src/engine/local/builtin/find-builtin';
import type { PromptApi } from '../../../src/engine/local/builtin/prompt-api';
import { fakeLanguageModel } from '../../fakes/language-model';

const hostOf = (
  api: PromptApi,
  brands: readonly string[] = ['Chromium'],
  language = 'en-GB',
): BuiltinHost => ({
  LanguageModel: api,
  navigator: { language, userAgentData: { brands: brands.map((brand) => ({ brand })) } },
});

test('only a browser made of Chromium is asked: others may answer from a cloud', async () => {
  const { LanguageModel } = fakeLanguageModel();
  expect(await findBuiltin(hostOf(LanguageModel, ['Some browser']))).toBeUndefined();
  expect(await findBuiltin({ LanguageModel, navigator: { language: 'en' } })).toBeUndefined();
  expect(await findBuiltin({ navigator: hostOf(LanguageModel).navigator })).toBeUndefined();
  expect((await findBuiltin(hostOf(LanguageModel, ['Chromium', 'Google Chrome'])))?.browser).toBe('Chrome');
  expect((await findBuiltin(hostOf(LanguageModel, ['Chromium', 'Microsoft Edge'])))?.browser).toBe('Edge');
  expect((await findBuiltin(hostOf(LanguageModel)))?.browser).toBeUndefined();
});

test('it is asked for English and the visitor’s language, or for English alone where it knows no other', async () => {
  const { LanguageModel } = fakeLanguageModel({ languages: ['en', 'es'] });
  const languagesFor = async (language: string) =>
    (await findBuiltin(hostOf(LanguageModel, ['Chromium'], language)))?.core.expectedOutputs[0]?.languages;
  expect(await languagesFor('es-MX')).toEqual(['en', 'es']);
  expect(await languagesFor('de')).toEqual(['en']);
  expect(await languagesFor('en-US')).toEqual(['en']);
});

test('a browser that does not say whether it has one, or fails to, is not waited for', async () => {
  vi.useFakeTimers();
  try {
    const silent = {
      availability: () => new Promise<never>(() => {}),
      create: () => Promise.reject(new Error()),
    };
    const found = findBuiltin(hostOf(silent));
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await found).toBeUndefined();
    const failing = {
      ...silent,
      availability: () => Promise.reject(new DOMException('', 'NotAllowedError')),
    };
    expect(await findBuiltin(hostOf(failing))).toBeUndefined();
  } finally {
    vi.useRealTimers();
  }
});
