/** Runs the engine contract on the browser's own model: on a fake that follows the specification, held to what this Chromium has of it. */
import { expect, test } from 'vitest';
import { createBuiltin } from '../../src/engine/local/builtin/builtin';
import type { PromptApi } from '../../src/engine/local/builtin/prompt-api';
import { fakeLanguageModel } from '../fakes/language-model';
import { describeEngine } from './engine-contract';

const real = (globalThis as { LanguageModel?: PromptApi }).LanguageModel;
const texts = [{ type: 'text' as const, languages: ['en'] }];
const core = { expectedInputs: texts, expectedOutputs: texts };

function engineOn(api: PromptApi) {
  const found = { api, core, availability: 'available', browser: undefined } as const;
  const kept = new Map<string, unknown>();
  const { card, createEngine } = createBuiltin('built-in', found, {
    keyValue: {
      get: async <T>(key: string) => kept.get(key) as T | undefined,
      set: async (key, value) => void kept.set(key, value),
    },
    isWished: false,
    now: () => 1,
    newChannel: () => new BroadcastChannel('contract'),
  });
  return createEngine(card);
}

for (const hasOldNames of [false, true]) {
  const fake = fakeLanguageModel({ contextWindow: 512, hasOldNames });
  describeEngine(`the browser’s own, ${hasOldNames ? 'with the names of 2025' : 'as specified'}`, {
    create: () => engineOn(fake.LanguageModel),
    // The real one, where this Chromium has it: without a model, or without a click to fetch it.
    createBroken: () => engineOn(real ?? fakeLanguageModel({ availability: 'unavailable' }).LanguageModel),
    brokenCode: 'no_builtin',
    lacksLogprobs: true,
    shortQuestion: 'hello',
    endlessQuestion: 'count',
    liveWorkers: () => fake.live,
  });
}

test.skipIf(!real)('the fake has what this Chromium has', async () => {
  const namesOf = (object: object) => Object.getOwnPropertyNames(object);
  const { LanguageModel: fake } = fakeLanguageModel();
  const prototypeOf = (api: PromptApi) => (api as unknown as { prototype: object }).prototype;
  const session = await fake.create(core);
  expect(namesOf(fake)).toEqual(expect.arrayContaining(['availability', 'create']));
  for (const name of namesOf(prototypeOf(real!))) expect(name in session, name).toBe(true);
  for (const name of ['contextUsage', 'contextWindow', 'measureContextUsage', 'promptStreaming', 'destroy'])
    expect(namesOf(prototypeOf(real!))).toContain(name);
});

test.skipIf(!real)('this Chromium takes our options, and has no model for us', async () => {
  // Taken at once: it may be refused before the next line has its answer.
  const refused = real!
    .create({
      ...core,
      samplingMode: 'most-predictable',
      initialPrompts: [{ role: 'system', content: 'Be brief.' }],
      monitor: () => undefined,
      signal: new AbortController().signal,
    })
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  // Options that it does not take would be a TypeError.
  const name = (await real!.availability(core)) === 'unavailable' ? 'NotSupportedError' : 'NotAllowedError';
  expect(await refused).toMatchObject({ name });
});
