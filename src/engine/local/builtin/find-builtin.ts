/** Looks whether the browser brings a model of its own, and in which languages; asks for nothing that costs. */
import { soon, type Availability, type CoreOptions, type PromptApi } from './prompt-api';

/** A browser that takes longer to say is not waited for. */
const PATIENCE_MS = 3_000;

export interface FoundBuiltin {
  readonly api: PromptApi;
  readonly core: CoreOptions;
  readonly availability: Exclude<Availability, 'unavailable'>;
  /** `Chrome`; undefined where it is none that we know by name. */
  readonly browser: string | undefined;
}

/** What a window has to be asked for. */
export interface BuiltinHost {
  readonly LanguageModel?: PromptApi;
  readonly navigator: {
    readonly language: string;
    readonly userAgentData?: { readonly brands: readonly { readonly brand: string }[] };
  };
}

/**
 * Undefined where there is none. The API lets a browser answer from a cloud of its maker's, and does not say so; Chromium's
 * model runs on the device (https://developer.chrome.com/docs/ai/prompt-api), so it is used in browsers made of that, and in no other.
 */
export async function findBuiltin({
  LanguageModel: api,
  navigator,
}: BuiltinHost): Promise<FoundBuiltin | undefined> {
  const brands = navigator.userAgentData?.brands.map(({ brand }) => brand) ?? [];
  if (!api || !brands.includes('Chromium')) return undefined;
  const own = navigator.language.split('-')[0] ?? 'en';
  for (const languages of own === 'en' ? [['en']] : [['en', own], ['en']]) {
    const core = coreOf(languages);
    const availability = await soon(api.availability(core), PATIENCE_MS);
    if (availability === undefined) return undefined;
    if (availability !== 'unavailable') return { api, core, availability, browser: browserOf(brands) };
  }
  return undefined;
}

function coreOf(languages: readonly string[]): CoreOptions {
  const texts = [{ type: 'text' as const, languages }];
  return { expectedInputs: texts, expectedOutputs: texts };
}

function browserOf(brands: readonly string[]): string | undefined {
  if (brands.includes('Google Chrome')) return 'Chrome';
  return brands.includes('Microsoft Edge') ? 'Edge' : undefined;
}
