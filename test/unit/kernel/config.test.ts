/** Facts about an operator’s config: what is right is taken, what is wrong is named by its path. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CATALOG } from '../../../src/kernel/catalog';
import { parseConfig } from '../../../src/kernel/config';

const model = {
  id: 'tiny.v1_a-b',
  name: 'Tiny',
  engine: 'wllama',
  url: 'models/tiny.gguf',
  sizeBytes: 1_000,
  contextTokens: 512,
  licence: 'MIT',
};
const issuesOf = (data: unknown): readonly string[] => {
  const result = parseConfig(data);
  return result.ok ? [] : result.issues;
};

test('a config with a model is taken as it is', () => {
  expect(parseConfig({ models: [model] })).toEqual({ ok: true, config: { models: [model] } });
});

test('a config that says nothing offers no models of its own', () => {
  expect(parseConfig({})).toEqual({ ok: true, config: { models: [] } });
});

test('fields that are not known are dropped', () => {
  const result = parseConfig({ models: [{ ...model, apiKey: 'secret' }], extra: 1 });
  expect(result).toEqual({ ok: true, config: { models: [model] } });
});

test.for([
  ['id', 'has spaces'],
  ['id', ''],
  ['id', 'x'.repeat(81)],
  ['name', ''],
  ['name', 'x'.repeat(61)],
  ['engine', 'llama'],
  ['url', ''],
  ['url', 7],
  ['sizeBytes', 0],
  ['sizeBytes', 1.5],
  ['sizeBytes', '1000'],
  ['sha256', 'abc'],
  ['sha256', 'G'.repeat(64)],
  ['contextTokens', 255],
  ['contextTokens', Number.NaN],
  ['licence', null],
  ['source', 1],
  ['about', false],
] as const)('a wrong %s (%j) is named by its path', ([field, value]) => {
  const issues = issuesOf({ models: [model, { ...model, id: 'other', [field]: value }] });
  expect(issues).toHaveLength(1);
  expect(issues[0]).toMatch(new RegExp(`^models\\.1\\.${field}: .+`));
});

test.for(Object.keys(model))('a missing %s is named by its path', (field) => {
  const { [field as 'id']: _, ...rest } = model;
  expect(issuesOf({ models: [rest] })[0]).toMatch(new RegExp(`^models\\.0\\.${field}: .+`));
});

test('a URL that is none, and an id that is taken, are named', () => {
  expect(issuesOf({ models: [{ ...model, url: 'https://[' }] })).toEqual(['models.0.url: no URL']);
  expect(issuesOf({ models: [model, model] })).toEqual(['models: two models have the same id']);
});

test('every wrong field is named, not only the first', () => {
  const issues = issuesOf({ models: [{ ...model, id: '', sizeBytes: -1 }, 7] });
  expect(issues.map((issue) => issue.split(':')[0])).toEqual([
    'models.0.id',
    'models.0.sizeBytes',
    'models.1',
  ]);
});

describe('what is no config at all', () => {
  test.for([null, undefined, 'text', 7])('%j is refused by name', (data) => {
    expect(issuesOf(data)[0]).toMatch(/^config: .+/);
  });

  test('whatever it is, it is refused or taken, and never thrown at', () => {
    fc.assert(
      fc.property(fc.anything(), (data) => {
        const result = parseConfig(data);
        expect(result.ok || result.issues.every((issue) => /^[^:]+: ./.test(issue))).toBe(true);
      }),
    );
  });
});

describe('the catalog', () => {
  test('is a config that this page takes, with a SHA-256 and a page to read for every model', () => {
    expect(issuesOf({ models: CATALOG })).toEqual([]);
    expect(CATALOG.every(({ sha256, source }) => sha256 && source)).toBe(true);
  });

  test('names each model once, smallest first; the starter is the page’s own, the others lie at a commit and over https', () => {
    expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
    const sizes = CATALOG.map(({ sizeBytes }) => sizeBytes);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    const [starter, ...others] = CATALOG;
    expect(starter).toMatchObject({ id: 'starter', url: './models/starter/starter.gguf' });
    for (const { url } of others) {
      expect(url).toMatch(/^https:\/\/huggingface\.co\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\/[^/]+\.gguf$/);
    }
  });
});
