/** Facts about what the visitor chose and the config that was seen last. */
import { expect, test } from 'vitest';
import type { Config } from '../../../src/kernel/config';
import { createMemoryKeyValue } from '../../../src/store/memory';
import { createSettings } from '../../../src/store/settings';

const config: Config = {
  models: [
    { id: 'm', name: 'M', engine: 'wllama', url: 'm.gguf', sizeBytes: 5, contextTokens: 512, licence: 'MIT' },
  ],
};

test('a model that was chosen is known to the next visit', async () => {
  const keyValue = createMemoryKeyValue();
  await createSettings(keyValue).chooseModel('m');
  expect(await createSettings(keyValue).chosenModelId()).toBe('m');
});

test('before any choice and any config there is neither', async () => {
  const settings = createSettings(createMemoryKeyValue());
  expect(await settings.chosenModelId()).toBeUndefined();
  expect(await settings.lastConfig()).toBeUndefined();
});

test('the config that was seen last is known offline', async () => {
  const keyValue = createMemoryKeyValue();
  await createSettings(keyValue).keepConfig(config);
  expect(await createSettings(keyValue).lastConfig()).toEqual(config);
});

test('a config that an older version kept and this one does not understand counts as none', async () => {
  const keyValue = createMemoryKeyValue();
  await keyValue.set('config', { models: 'all of them' });
  expect(await createSettings(keyValue).lastConfig()).toBeUndefined();
});
