/** Each package comes into src through its one door. */
import { builtinModules } from 'node:module';
import { expect, it } from 'vitest';
import { sourceOf, sourcesIn, type Source } from './source';

const TOOLS = ['engine/local/starter/', 'route/fit/'];

/** Where each package may be imported: folders end in `/`, files do not. A package that is not here is imported nowhere. */
const DOORS: readonly (readonly [packages: RegExp, places: readonly string[]])[] = [
  [/^@mlc-ai\/web-llm$/, ['engine/local/webllm/worker/']],
  [/^@wllama\/[\w-]+$/, ['engine/local/wllama/runtime.ts', 'engine/local/wllama/program.ts']],
  [/^idb-keyval$/, ['store/']],
  [/^hash-wasm$/, ['weights/']],
  [/^lit$/, ['ui/']],
  [/^(marked|dompurify|highlight\.js)$/, ['ui/markdown/']],
  [/^valibot$/, ['kernel/', 'server/', 'archive/']],
  [/^(minisearch|fflate)$/, ['archive/']],
  [/^(hono|@hono\/[\w-]+)$/, ['server/']],
  [/^libsql$/, ['server/ledger/', 'server/later/question-schema.ts', 'server/later/question-store.ts']],
  [/^(compromise|libphonenumber-js|validator)$/, ['privacy/']],
  [/^undici$/, ['server/completions/', 'server/pairs/', 'server/later/batch-api.ts']],
  [/^gpt-tokenizer$/, ['server/completions/']],
  [/^pino$/, ['server/log.ts']],
  [/^redis$/, ['server/store/']],
  [/^rate-limiter-flexible$/, ['server/access/']],
  [/^@cfworker\/json-schema$/, ['route/form-check.ts']],
  [/^prom-client$/, ['server/metrics.ts']],
  [/^eventsource-parser$/, ['engine/cloud/', 'server/completions/']],
  [/^workbox-[\w-]+$/, ['sw.ts']],
  [/^node:\w+$/, ['server/', ...TOOLS]],
];

const WLLAMA = 'engine/local/wllama/runtime';

const sources = sourcesIn('src');

it('every package is imported at its own door only', () => {
  expect(sources.flatMap(wrongDoorsIn)).toEqual([]);
});

it('the file that imports wllama is loaded lazily, and only within its folder', () => {
  expect(sources.flatMap(eagerWllamaIn)).toEqual([]);
  expect(sources.some(({ imports }) => imports.some(({ target }) => target === WLLAMA))).toBe(true);
});

it.each([
  ['ui/chat-page.ts', "import { CreateMLCEngine } from '@mlc-ai/web-llm';", '@mlc-ai/web-llm'],
  ['engine/local/webllm/page.ts', "import type { A } from '@mlc-ai/web-llm';", '@mlc-ai/web-llm'],
  ['engine/local/models.ts', "import { Wllama } from '@wllama/wllama/esm/index.js';", '@wllama/wllama'],
  ['app.ts', "import { get } from 'idb-keyval';", 'idb-keyval'],
  ['turn/turn.ts', "import { html } from 'lit';", 'lit'],
  ['ui/chat-message.ts', "const a = import('highlight.js/lib/core');", 'highlight.js'],
  ['store/draft.ts', "import * as v from 'valibot';", 'valibot'],
  ['kernel/wire.ts', "import type { Context } from 'hono';", 'hono'],
  ['privacy/request.ts', "import { CacheFirst } from 'workbox-strategies';", 'workbox-strategies'],
  ['kernel/fault.ts', "import { join } from 'node:path';", 'node:path'],
  ['kernel/fault.ts', "import { readFile } from 'fs/promises';", 'node:fs'],
  ['ui/words.ts', "import debounce from 'lodash';", 'lodash'],
  ['ui/words.ts', "import { registerSW } from 'virtual:pwa-register';", 'virtual:pwa-register'],
])('in %s, %s is found to be at the wrong door', (path, text, name) => {
  expect(wrongDoorsIn(sourceOf(path, text))).toEqual([`${path} imports ${name}`]);
});

it.each([
  ['engine/local/wllama/wllama.ts', "import { startRuntime } from './runtime';"],
  ['engine/local/wllama/wllama.ts', "import { type Runtime } from './runtime';"],
  ['engine/local/models.ts', "const a = import('./wllama/runtime');"],
])('in %s, %s is found to load wllama too early or from afar', (path, text) => {
  expect(eagerWllamaIn(sourceOf(path, text))).toEqual([path]);
});

function wrongDoorsIn({ path, imports }: Source): string[] {
  return imports
    .filter(({ isPackage }) => isPackage)
    .map(({ target }) => packageOf(target ?? ''))
    .filter((name) => !placesOf(name).some((place) => isAt(path, place)))
    .map((name) => `${path} imports ${name}`);
}

/** `import { type A }` still loads the module where `verbatimModuleSyntax` is set; `import type { A }` does not. */
function eagerWllamaIn({ path, imports }: Source): string[] {
  return imports
    .filter(({ target }) => target === WLLAMA)
    .filter(({ kind }) => kind === 'static' || !path.startsWith('engine/local/wllama/'))
    .map(() => path);
}

function placesOf(name: string): readonly string[] {
  return DOORS.find(([packages]) => packages.test(name))?.[1] ?? [];
}

function isAt(path: string, place: string): boolean {
  return place.endsWith('/') ? path.startsWith(place) : path === place;
}

/** `@scope/name` for `@scope/name/deep/file.js`; `node:fs` for `fs/promises` too. */
function packageOf(specifier: string): string {
  const parts = specifier.split('/');
  const name = parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
  return builtinModules.includes(name) ? `node:${name}` : name;
}
