/** Facts about an operator’s config: what is right is taken, what is wrong is named by its path. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { CATALOG as CPU_CATALOG } from '../../../src/kernel/catalog';
import { GPU_CATALOG } from '../../../src/kernel/gpu-catalog';
import { parseConfig } from '../../../src/kernel/config';

const CATALOG = [...CPU_CATALOG, ...GPU_CATALOG];
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

test('a site may prefer the browser’s own model or rule it out, and cannot list it as one with a file', () => {
  for (const builtInModel of ['offer', 'prefer', 'off']) expect(issuesOf({ builtInModel })).toEqual([]);
  expect(issuesOf({ builtInModel: true })[0]).toMatch(/^builtInModel: .+/);
  expect(issuesOf({ models: [{ ...model, engine: 'builtin' }] })[0]).toMatch(/^models\.0\.engine: .+/);
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
    expect(CATALOG.every(({ source }) => source)).toBe(true);
    expect(CATALOG.every(({ engine, sha256 }) => engine === 'webllm' || sha256)).toBe(true);
  });

  test('names each model once, the starter first, then each group by size', () => {
    expect(new Set(CATALOG.map(({ id }) => id)).size).toBe(CATALOG.length);
    expect(CATALOG[0]).toMatchObject({ id: 'starter', url: './models/starter/starter.gguf' });
    for (const engine of ['wllama', 'webllm']) {
      const sizes = CATALOG.filter((card) => card.engine === engine).map(({ sizeBytes }) => sizeBytes);
      expect(sizes.length).toBeGreaterThan(3);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    }
  });

  test('has files for the processor at a commit, and folders for the graphics processor in two forms, all over https', () => {
    for (const { url, engine, lib, f32 } of CATALOG.slice(1)) {
      if (engine === 'wllama')
        expect(url).toMatch(/^https:\/\/huggingface\.co\/[^/]+\/[^/]+\/resolve\/[0-9a-f]{40}\/[^/]+\.gguf$/);
      else {
        expect(url).toMatch(
          /^https:\/\/huggingface\.co\/mlc-ai\/[^/]+-q4f16_1-MLC\/resolve\/(?:main|[0-9a-f]{40})\/$/,
        );
        expect(f32?.url.split('/resolve/')[0]).toBe(url.split('/resolve/')[0]?.replace('q4f16_1', 'q4f32_1'));
        expect(lib).toMatch(/^https:\/\/raw\.githubusercontent\.com\/.+-q4f16_1_cs1k-webgpu\.wasm$/);
        expect(f32?.lib).toBe(lib?.replace('q4f16_1', 'q4f32_1'));
      }
    }
  });

  test('has of its models for the graphics processor only what web-llm’s own list has, with the same libraries', async () => {
    const own = await readFile(createRequire(import.meta.url).resolve('@mlc-ai/web-llm'), 'utf8');
    const cards = CATALOG.filter(({ engine }) => engine === 'webllm');
    for (const { url, lib, f32 } of cards.flatMap((card) => [card, { ...card, ...card.f32 }])) {
      expect(f32).toBeDefined();
      expect(own).toContain(`"${url.replace(/\/resolve\/[^/]+\/$/, '')}"`);
      expect(own).toContain(`/${lib?.split('/').at(-1)}`);
    }
    expect(own).toContain('"v0_2_86/base"');
  });
});
