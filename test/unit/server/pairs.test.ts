/** Facts about the pairs as data: complete, dated, with sources, each retired model with a way on, and all of it the operator's to override. */
import { expect, test } from 'vitest';
import { endpointOf, ENDPOINTS } from '../../../src/server/pairs/endpoints';
import { createFindModel, KNOWN_MODELS } from '../../../src/server/pairs/known-models';

const find = createFindModel();

test('every model is dated, has a source and a price, and a cached token never costs more than another', () => {
  for (const facts of KNOWN_MODELS) {
    expect(facts.asOf).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(facts.sources.length).toBeGreaterThan(0);
    for (const source of facts.sources) expect(source).toMatch(/^https:\/\/\S+.* ?\(.*20\d\d-\d\d-\d\d.*\)$/);
    expect(facts.inputNanoUsd).toBeGreaterThan(0);
    expect(facts.cachedInputNanoUsd).toBeLessThanOrEqual(facts.inputNanoUsd);
    expect(Number.isInteger(facts.outputNanoUsd)).toBe(true);
  }
});

test('no id stands for two models', () => {
  const ids = KNOWN_MODELS.flatMap(({ model, aliases = [] }) => [model, ...aliases]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('whatever has a shutdown date has a successor of known price, and the way on ends at a model that stays', () => {
  for (const facts of KNOWN_MODELS.filter(({ shutdown }) => shutdown !== undefined)) {
    let next = facts;
    for (let steps = 0; next.shutdown !== undefined; steps++) {
      expect(steps).toBeLessThan(5);
      next = find(next.successor ?? '')!;
      expect(next).toBeDefined();
    }
  }
});

test.each([
  ['gpt-4o', 'gpt-4o-mini'],
  ['claude-opus-5-5', 'claude-sonnet-5-5'],
  ['mistral-large-latest', 'open-mistral-nemo'],
  ['gemini-4-argon', 'gemini-3.8-flash'],
  ['meta-llama/Llama-3.1-405B-Instruct', 'llama3.1-8b'],
  ['accounts/fireworks/models/llama-v3p1-405b-instruct', 'meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo'],
])('%s and %s are a pair whose prices are known', (large, small) => {
  const [flagship, other] = [find(large), find(small)];
  expect(flagship?.outputNanoUsd).toBeGreaterThan(other?.outputNanoUsd ?? Infinity);
});

test('what no vendor confirmed is marked so', () => {
  expect(find('gpt-4o')?.unconfirmed).toEqual(['shutdown', 'successor']);
  expect(find('meta-llama/Llama-3.1-405B-Instruct')?.unconfirmed).toContain('price');
  expect(find('open-mistral-nemo')?.unconfirmed).toEqual([]);
});

test('a model that nobody knows has no facts until the operator gives its price', () => {
  expect(find('my-model')).toBeUndefined();
  expect(createFindModel([{ model: 'my-model', successor: 'other' }])('my-model')).toBeUndefined();
  const own = createFindModel([
    { model: 'my-model', inputNanoUsd: 0, outputNanoUsd: 0, contextTokens: 8_192 },
  ]);
  expect(own('my-model')).toMatchObject({ cachedInputNanoUsd: 0, contextTokens: 8_192 });
});

test('what the operator says goes before what is known, and the rest stays known', () => {
  const own = createFindModel([
    {
      model: 'gpt-4o',
      shutdown: '2027-06-01',
      successor: 'gpt-6.1-sol',
      takes: { images: false },
    },
  ])('gpt-4o');
  expect(own).toMatchObject({
    inputNanoUsd: 2_500,
    cachedInputNanoUsd: 1_250,
    shutdown: '2027-06-01',
    successor: 'gpt-6.1-sol',
    unconfirmed: [],
    takes: { images: false, maxTokensField: 'max_tokens' },
  });
  const priced = createFindModel([{ model: 'gpt-4o', inputNanoUsd: 2_000, shutdown: null }])('gpt-4o');
  // The old price of cached tokens belonged to the old price.
  expect(priced).toMatchObject({ inputNanoUsd: 2_000, cachedInputNanoUsd: 2_000, outputNanoUsd: 10_000 });
  expect(priced?.shutdown).toBeUndefined();
});

test('an endpoint is known by its host, whatever the path, and any other is its own', () => {
  for (const endpoint of ENDPOINTS) expect(endpointOf(endpoint.baseUrl)).toBe(endpoint);
  expect(endpointOf('http://localhost:11434/v1').name).toBe('Ollama');
  expect(endpointOf('https://llm.example.org/v1')).toEqual({
    name: 'llm.example.org',
    baseUrl: 'https://llm.example.org/v1',
  });
  const headers = endpointOf('https://api.anthropic.com/v1').listHeaders?.('key-1');
  expect(headers).toEqual({ 'x-api-key': 'key-1', 'anthropic-version': '2023-06-01' });
});
