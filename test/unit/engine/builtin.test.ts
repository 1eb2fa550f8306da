/** Facts about the browser's own model: what is asked of it, in which words it fails, how it gets here, and when it is left alone. */
import { expect, test, vi } from 'vitest';
import { createBuiltin, type Builtin } from '../../../src/engine/local/builtin/builtin';
import { findBuiltin, type BuiltinHost } from '../../../src/engine/local/builtin/find-builtin';
import type { PromptApi } from '../../../src/engine/local/builtin/prompt-api';
import type { Chunk, GenerateOptions, LocalEngine } from '../../../src/kernel/engine';
import { faultOf } from '../../../src/kernel/fault';
import type { Message } from '../../../src/kernel/message';
import { fakeLanguageModel, type FakeModelSettings } from '../../fakes/language-model';
import '../../fakes/with-resolvers';

const hello: Message[] = [{ role: 'user', content: 'hello' }];
const hostOf = (api: PromptApi): BuiltinHost => ({
  LanguageModel: api,
  navigator: { language: 'en-GB', userAgentData: { brands: [{ brand: 'Chromium' }] } },
});

async function bring(settings: FakeModelSettings = {}, isWished = false) {
  const fake = fakeLanguageModel(settings);
  const found = await findBuiltin(hostOf(fake.LanguageModel));
  const kept = new Map<string, unknown>();
  const channelName = `builtin ${Math.random()}`;
  const build = (): Builtin =>
    createBuiltin('built-in', found!, {
      keyValue: {
        get: async <T>(key: string) => kept.get(key) as T | undefined,
        set: async (key, value) => void kept.set(key, value),
      },
      isWished,
      now: () => 5,
      newChannel: () => new BroadcastChannel(channelName),
      lookEveryMs: 5,
    });
  const builtin = build();
  return { fake, builtin, build, engine: builtin.createEngine(builtin.card) };
}

async function ask(engine: LocalEngine, prompt: readonly Message[], options: Partial<GenerateOptions> = {}) {
  const chunks: Chunk[] = [];
  for await (const chunk of engine.generate(prompt, { signal: new AbortController().signal, ...options }))
    chunks.push(chunk);
  return { text: chunks.map(({ text }) => text).join(''), last: chunks.at(-1) };
}
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) => faultOf(error, 'cancelled').code,
  );

test('what came before goes into the session, the question is asked in it, and the session is destroyed after', async () => {
  const { fake, engine } = await bring();
  const prompt: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'two' },
    ...hello,
  ];
  const { text, last } = await ask(engine, prompt);
  expect(text).toBe('Hello from the browser itself.');
  expect(fake.created.at(-1)?.['initialPrompts']).toEqual(prompt.slice(0, -1));
  expect(fake.prompted.at(-1)?.input).toEqual(hello);
  // Words, and three for the ends of each message: as the fake counts.
  expect(last).toEqual({ text: '', finish: 'stop', usage: { promptTokens: 17, completionTokens: 5 } });
  expect(fake.live).toBe(1);
  await engine.unload();
  expect(fake.live).toBe(0);
});

test('a schema is the constraint of the response', async () => {
  const { fake, engine } = await bring();
  const jsonSchema = { type: 'object', properties: { answer: { type: 'string' } } };
  expect(JSON.parse((await ask(engine, hello, { jsonSchema })).text)).toEqual({ answer: 'yes' });
  expect(fake.prompted.at(-1)?.options['responseConstraint']).toEqual(jsonSchema);
  await ask(engine, hello);
  expect(fake.prompted.at(-1)?.options).not.toHaveProperty('responseConstraint');
  await engine.unload();
});

test('a temperature is told as a mode, or as a number where the page may name one, never as both', async () => {
  const { fake, engine } = await bring();
  const asked = async (temperature?: number) => {
    await ask(engine, hello, temperature === undefined ? {} : { temperature });
    const { samplingMode, temperature: number, topK } = fake.created.at(-1) ?? {};
    return [samplingMode, number, topK];
  };
  expect(await asked()).toEqual([undefined, undefined, undefined]);
  expect(await asked(0)).toEqual(['most-predictable', undefined, undefined]);
  expect(await asked(0.3)).toEqual(['predictable', undefined, undefined]);
  expect(await asked(0.8)).toEqual(['balanced', undefined, undefined]);
  expect(await asked(1.5)).toEqual(['creative', undefined, undefined]);
  Object.assign(fake.LanguageModel, { params: async () => ({ defaultTopK: 3, maxTemperature: 2 }) });
  expect(await asked(0)).toEqual([undefined, 0, 1]);
  expect(await asked(9)).toEqual([undefined, 2, 3]);
  await engine.unload();
});

test('where the browser measures nothing, tokens are counted by characters, and marked so', async () => {
  const { engine: stuck } = await bring({ cannotMeasure: true });
  expect((await ask(stuck, hello)).last?.usage).toEqual({
    promptTokens: 2,
    completionTokens: 8,
    isEstimated: true,
  });
  const { fake, engine: without } = await bring();
  const create = fake.LanguageModel.create.bind(fake.LanguageModel);
  fake.LanguageModel.create = async (options) => {
    const session = await create(options);
    for (const name of ['measureContextUsage', 'contextUsage', 'contextWindow'])
      Object.defineProperty(session, name, { value: undefined });
    return session;
  };
  const { last } = await ask(without, hello);
  expect(last?.usage).toEqual({ promptTokens: 2, completionTokens: 8, isEstimated: true });
  expect((await ask(without, [{ role: 'user', content: 'count' }], { maxTokens: 9 })).last).toMatchObject({
    finish: 'length',
    usage: { completionTokens: 9, isEstimated: true },
  });
  await Promise.all([stuck.unload(), without.unload()]);
});

test.each([
  ['NotReadableError', 'answer_withheld'],
  ['NotSupportedError', 'answer_withheld'],
  ['NotAllowedError', 'no_builtin'],
  ['InvalidStateError', 'worker_gone'],
  ['AbortError', 'worker_gone'],
  ['UnknownError', 'engine_failed'],
  ['OperationError', 'engine_failed'],
])('%s while it answers is the fault %s, and the next request is answered', async (name, code) => {
  const { fake, engine } = await bring({ failures: { answer: [name] } });
  expect(await codeOf(ask(engine, hello))).toBe(code);
  expect((await ask(engine, hello)).text).toBe('Hello from the browser itself.');
  expect(fake.live).toBe(1);
  await engine.unload();
});

test.each([
  ['NotSupportedError', 'no_builtin'],
  ['NotAllowedError', 'no_builtin'],
  ['UnknownError', 'engine_load'],
  ['OperationError', 'engine_load'],
])('%s while it starts is the fault %s', async (name, code) => {
  const { engine } = await bring({ failures: { create: [name] } });
  expect(await codeOf(engine.load())).toBe(code);
  await engine.load();
  await engine.unload();
});

test('an answer that the browser ends at its window is cut, not failed', async () => {
  // Its window is larger than what it says.
  const { fake, engine } = await bring({ contextWindow: 40 });
  await engine.load();
  fake.set({ contextWindow: 20 });
  const { text, last } = await ask(engine, [{ role: 'user', content: 'count' }]);
  expect(text.startsWith('1 2 3')).toBe(true);
  expect(last?.finish).toBe('length');
  await engine.unload();
});

test('the window is the session’s, and smaller where half of it is asked for', async () => {
  const { builtin, engine } = await bring({ contextWindow: 512 });
  expect(engine.contextTokens).toBe(8_192);
  await engine.load();
  expect(engine.contextTokens).toBe(512);
  const half = builtin.createEngine({ ...builtin.card, contextTokens: 256 });
  await half.load();
  expect(half.contextTokens).toBe(256);
  await Promise.all([engine.unload(), half.unload()]);
});

test('the process of the model dies: the answer fails, and the next one has a new session', async () => {
  const { fake, engine } = await bring({ wordMs: 10 });
  const failed = codeOf(ask(engine, [{ role: 'user', content: 'count' }]));
  await vi.waitFor(() => expect(fake.prompted).toHaveLength(1));
  fake.crash();
  expect(await failed).toBe('engine_failed');
  expect((await ask(engine, hello)).text).toBe('Hello from the browser itself.');
  await engine.unload();
});

test('a browser that has no model any more says so at the next question, and holds nothing', async () => {
  const { fake, engine } = await bring();
  await ask(engine, hello);
  fake.set({ availability: 'unavailable' });
  expect(await codeOf(ask(engine, hello))).toBe('no_builtin');
  expect(fake.live).toBe(0);
  fake.set({ availability: 'available' });
  expect((await ask(engine, hello)).text).toBe('Hello from the browser itself.');
  await engine.unload();
});

test('without a click nothing is fetched, and it says so', async () => {
  const { fake, engine, builtin } = await bring({ availability: 'downloadable', isActive: false });
  expect(await codeOf(engine.load())).toBe('no_builtin');
  expect(fake.created).toEqual([]);
  builtin.fetch();
  await expect(engine.load()).rejects.toMatchObject({ code: 'no_builtin', detail: /user gesture/ });
});

test('the download is told to whoever waits for it, in this tab or another', async () => {
  const { fake, builtin, build } = await bring({ availability: 'downloadable', isActive: true });
  const other = build();
  const engine = other.createEngine(other.card);
  const shares: number[] = [];
  const loading = engine.load({
    onProgress: (progress) =>
      progress.step === 'fetch' && shares.push(progress.doneBytes / progress.totalBytes),
  });
  builtin.fetch();
  await loading;
  expect(shares.length).toBeGreaterThan(3);
  expect(shares.every((share, at) => share >= (shares[at - 1] ?? 0) && share <= 1)).toBe(true);
  expect((await ask(engine, hello)).text).not.toBe('');
  await engine.unload();
  expect(fake.live).toBe(0);
});

test('a download that breaks off is the fault unreachable, and can be begun again', async () => {
  const settings = {
    availability: 'downloadable',
    isActive: true,
    failures: { create: ['NetworkError'] },
  } as const;
  const { builtin, engine } = await bring(settings);
  const loading = codeOf(engine.load());
  builtin.fetch();
  expect(await loading).toBe('unreachable');
  const again = engine.load();
  builtin.fetch();
  await again;
  await engine.unload();
});

test('who stops waiting for a download is let go at once', async () => {
  const { builtin, engine } = await bring({ availability: 'downloadable', isActive: true, stepMs: 20 });
  builtin.fetch();
  const loading = codeOf(engine.load());
  await new Promise((resolve) => setTimeout(resolve, 30));
  await engine.unload();
  expect(await loading).toBe('cancelled');
});

test('it is here without a download, and nobody’s until it was used; left out it is nobody’s again', async () => {
  const { builtin, engine } = await bring();
  const { files, card } = builtin;
  expect(card).toMatchObject({ engine: 'builtin', sizeBytes: 0, about: /nothing to download/ });
  expect(await files.state()).toMatchObject({ isWhole: true, isUnasked: true, usedAt: 0 });
  await engine.load();
  expect(await files.state()).toEqual({ isWhole: true, isVerified: false, usedAt: 5, doneBytes: 0 });
  await files.remove();
  expect(await files.state()).toMatchObject({ isWhole: true, isUnasked: true });
  await engine.unload();
});

test('where the site wants it, it counts as wanted until somebody leaves it out', async () => {
  const { builtin } = await bring({}, true);
  expect(await builtin.files.state()).not.toHaveProperty('isUnasked');
  await builtin.files.remove();
  expect(await builtin.files.state()).toHaveProperty('isUnasked', true);
});
