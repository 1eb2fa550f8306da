/** Facts about the page's policy: what it refuses, and that it lets the configured models be fetched. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ModelCard } from '../../../src/kernel/config';
import { withMirrors } from '../../../src/kernel/model-source';
import { contentSecurityPolicyOf } from '../../../src/server/csp';

function connectSourcesOf(...urls: string[]): string[] | undefined {
  return contentSecurityPolicyOf(urls.map((url) => ({ url })))['connectSrc'];
}

test('nothing is allowed that is not named', () => {
  const policy = contentSecurityPolicyOf([]);
  expect(policy['defaultSrc']).toEqual(["'none'"]);
  const all = Object.values(policy).flat();
  for (const hole of ["'unsafe-inline'", "'unsafe-eval'", '*', 'http:', 'https:'])
    expect(all).not.toContain(hole);
});

test('script comes from the own origin alone; a worker also from a blob', () => {
  const policy = contentSecurityPolicyOf([]);
  expect(policy['scriptSrc']).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(policy['workerSrc']).toEqual(["'self'", 'blob:']);
});

test('the site’s mirrors are sources too, of the form for 32 bits as well', () => {
  const card: ModelCard = {
    id: 'm',
    name: 'm',
    engine: 'webllm',
    url: 'https://hub.example/m-f16/',
    lib: 'https://libs.example/m-f16.wasm',
    f32: { url: 'https://hub.example/m-f32/', lib: 'https://libs.example/m-f32.wasm', sizeBytes: 1 },
    sizeBytes: 1,
    contextTokens: 512,
    licence: 'MIT',
  };
  const mirrored = withMirrors(card, [
    { of: 'https://hub.example/', url: 'https://mirror.example/hub/' },
    { of: 'https://libs.example/', url: 'https://files.example/' },
  ]);
  expect(mirrored.mirrors).toEqual(['https://mirror.example/hub/m-f16/']);
  expect(mirrored.f32?.mirrors).toEqual(['https://mirror.example/hub/m-f32/']);
  expect(mirrored.f32?.libMirrors).toEqual(['https://files.example/m-f32.wasm']);
  expect(contentSecurityPolicyOf([mirrored])['connectSrc']).toEqual(
    expect.arrayContaining(['https://mirror.example', 'https://files.example', 'https://hub.example']),
  );
});

test('a relative model URL adds no source', () => {
  expect(connectSourcesOf('models/a.gguf', './a.gguf', '/a.gguf', '../a.gguf')).toEqual(["'self'", 'blob:']);
});

test('each foreign origin is added once, with its port and without its path', () => {
  const sources = connectSourcesOf(
    'https://b.example:8443/x/a.gguf',
    'https://a.example/a.gguf?x=1',
    'https://A.example/b.gguf',
  );
  expect(sources).toEqual(["'self'", 'blob:', 'https://a.example', 'https://b.example:8443']);
});

test('Hugging Face brings the hosts that it redirects to', () => {
  expect(connectSourcesOf('https://huggingface.co/o/m/resolve/main/a.gguf')).toEqual([
    "'self'",
    'blob:',
    'https://*.hf.co',
    'https://huggingface.co',
  ]);
});

test('a host that only looks like Hugging Face brings none', () => {
  expect(connectSourcesOf('https://huggingface.co.example/a.gguf')).not.toContain('https://*.hf.co');
});

test('a URL with the page’s scheme is a source without one', () => {
  expect(connectSourcesOf('//cdn.example/a.gguf')).toContain('cdn.example');
});

test.each([
  'https://a;sandbox/',
  'https://a,b/',
  'https://*/',
  'https://*.example;sandbox/',
  "https://'self'/",
  'data:text/plain,x',
  'file:///etc/passwd',
  'blob:x',
])('%s adds nothing', (url) => {
  expect(connectSourcesOf(url)).toEqual(["'self'", 'blob:']);
});

test('no model URL can begin a directive of its own', () => {
  const url = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc
      .string({ unit: fc.constantFrom('a', 'b', '.', '*', ';', ',', "'", '-', '_', '$') })
      .map((host) => `https://${host}/a.gguf`),
  );
  fc.assert(
    fc.property(url, (text) => {
      const sources = connectSourcesOf(text) ?? [];
      return sources.slice(2).every((source) => /^(https?:\/\/)?[\w.-]+(:\d+)?$/.test(source));
    }),
  );
});
