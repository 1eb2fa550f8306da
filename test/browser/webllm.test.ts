/** Facts about the WebGPU engine that need no graphics processor: real web-llm 0.2.86, fed from IndexedDB, up to its library. */
import { deleteModelAllInfoInCache, hasModelInCache, type AppConfig } from '@mlc-ai/web-llm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createMlcFolder } from '../../src/engine/local/webllm/mlc-folder';
import { createWebllmEngine } from '../../src/engine/local/webllm/webllm';
import { createFileCaches } from '../../src/engine/local/webllm/worker/file-caches';
import { readFile } from '../../src/engine/local/webllm/worker/read-file';
import type { LoadProgress } from '../../src/kernel/engine';
import type { KeyValue } from '../../src/kernel/key-value';
import { openDatabase } from '../../src/store/database';
import { createWeights } from '../../src/weights/weights';
import { LIB_URL, MLC_BYTES, MLC_URL, mlcHub, mlcModel } from '../fakes/mlc-model';

let keyValue: KeyValue;
let name = '';

beforeEach(async () => {
  name = `webllm-${Math.random()}`;
  const options = { name, version: 1, storeNames: ['weights'], onBlocked: () => {}, onOutdated: () => {} };
  keyValue = (await openDatabase(options))['weights']!;
});
afterEach(() => void indexedDB.deleteDatabase(name));

function visit(files = mlcModel()) {
  const hub = mlcHub(files);
  const weights = createWeights({
    keyValue,
    request: hub.request,
    random: () => 0.5,
    wait: async () => {},
    now: () => 1,
  });
  const model = { url: MLC_URL, libUrl: LIB_URL, mirrors: [], libMirrors: [], sizeBytes: MLC_BYTES };
  const folder = createMlcFolder(model, weights);
  const engine = createWebllmEngine({
    id: 'webllm:tiny',
    modelId: 'tiny',
    modelUrl: MLC_URL,
    libUrl: LIB_URL,
    contextTokens: 512,
    canThink: false,
    files: folder,
  });
  return { hub, folder, engine };
}

const options = () => ({ signal: new AbortController().signal, onProgress: () => {} });

test.each(['tensor-cache.json', 'ndarray-cache.json'] as const)(
  'a folder with %s is fetched once, kept, and found whole by web-llm’s own check',
  async (manifest) => {
    const first = visit(mlcModel(manifest));
    expect(await first.folder.state()).toMatchObject({ isWhole: false, doneBytes: 0 });
    await first.folder.open(options());
    expect(await first.folder.state()).toMatchObject({ isWhole: true, doneBytes: MLC_BYTES });

    const second = visit(mlcModel(manifest));
    const files = await second.folder.open(options());
    expect(second.hub.requests).toEqual([]);

    const own = Object.getOwnPropertyDescriptor(globalThis, 'caches')!;
    Object.defineProperty(globalThis, 'caches', { value: createFileCaches(files), configurable: true });
    try {
      const appConfig: AppConfig = {
        cacheBackend: 'cache',
        model_list: [{ model: MLC_URL, model_id: 'tiny', model_lib: LIB_URL }],
      };
      expect(await hasModelInCache('tiny', appConfig)).toBe(true);
      await deleteModelAllInfoInCache('tiny', appConfig);
      expect(await (await caches.open('webllm/model')).keys()).toEqual([]);
    } finally {
      Object.defineProperty(globalThis, 'caches', own);
    }

    await second.folder.remove();
    expect(await keyValue.keys('')).toEqual([]);
    await visit(mlcModel(manifest)).folder.open(options());
    expect(await second.folder.state()).toMatchObject({ isWhole: true });
  },
);

test('a load reaches the library without a request; one that does not fit is the fault model_lib, and can be tried again', async () => {
  await visit().folder.open(options());
  const { hub, engine } = visit();
  for (let time = 0; time < 2; time++) {
    const steps: LoadProgress['step'][] = [];
    await expect(engine.load({ onProgress: ({ step }) => steps.push(step) })).rejects.toMatchObject({
      code: 'model_lib',
    });
    expect(steps).toContain('start');
  }
  expect(hub.requests).toEqual([]);
  await engine.unload();
});

test('a kept shard is held to its digests by the one who reads it; of a damaged one that chunk alone is fetched again', async () => {
  const shard = `${MLC_URL}params_shard_0.bin`;
  await visit().folder.open(options());
  const whole = (await visit().folder.open(options())).get(shard)!;
  const bytes = new Uint8Array(await readFile(shard, whole));
  expect(bytes).toEqual(mlcModel().get(shard));

  const [key] = await keyValue.keys(`chunk:${shard}`);
  bytes[7]! ^= 1;
  await keyValue.set(key!, new Blob([bytes]));
  const { hub, folder } = visit();
  const damaged = (await folder.open(options())).get(shard)!;
  expect(hub.requests).toEqual([]);
  await expect(readFile(shard, damaged)).rejects.toMatchObject({ code: 'integrity' });
  const again = (await folder.open({ ...options(), isSuspect: true })).get(shard)!;
  expect(new Uint8Array(await readFile(shard, again))).toEqual(mlcModel().get(shard));
  // And whether the hub knows its digest, since the list of shards names none.
  expect(new Set(hub.requests)).toEqual(new Set([shard, shard.replace('/resolve/', '/raw/')]));
});

test('a folder is packed into one file, which another device takes in place of the network', async () => {
  await visit().folder.open(options());
  const packed = await visit().folder.pack();
  await visit().folder.remove();
  expect(await keyValue.keys('')).toEqual([]);
  const other = visit();
  await expect(other.folder.put(packed.slice(0, packed.size - 300_000), options())).rejects.toMatchObject({
    code: 'model_file',
  });
  expect(await keyValue.keys('')).toEqual([]);
  await other.folder.put(packed, options());
  expect(await other.folder.state()).toMatchObject({ isWhole: true, doneBytes: MLC_BYTES });
  const files = await other.folder.open(options());
  for (const [url, bytes] of mlcModel())
    expect(new Uint8Array(await files.get(url)!.content.arrayBuffer())).toEqual(bytes);
  expect(other.hub.requests).toEqual([]);
});

test('bytes of all shards are told together, and never fewer than before', async () => {
  const seen: (readonly [number, number])[] = [];
  const { folder } = visit();
  await folder.open({ ...options(), onProgress: (done, total) => seen.push([done, total]) });
  const done = seen.map(([doneBytes]) => doneBytes);
  expect(done).toEqual(done.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toEqual([MLC_BYTES, MLC_BYTES]);
});

test.each([
  [
    'has no list of shards',
    'shard_http_404',
    (files: Map<string, Uint8Array<ArrayBuffer>>) => files.delete(`${MLC_URL}tensor-cache.json`),
  ],
  [
    'lacks a shard',
    'shard_http_404',
    (files: Map<string, Uint8Array<ArrayBuffer>>) => files.delete(`${MLC_URL}params_shard_1.bin`),
  ],
  [
    'has a list that is no JSON',
    'model_file',
    (files: Map<string, Uint8Array<ArrayBuffer>>) =>
      files.set(`${MLC_URL}tensor-cache.json`, new TextEncoder().encode('<html>')),
  ],
  [
    'has a shard that is too short',
    'model_file',
    (files: Map<string, Uint8Array<ArrayBuffer>>) =>
      files.set(`${MLC_URL}params_shard_1.bin`, new Uint8Array(10)),
  ],
] as const)('a folder that %s is the fault %s', async (_what, code, spoil) => {
  const files = mlcModel();
  spoil(files);
  await expect(visit(files).folder.open(options())).rejects.toMatchObject({ code });
});
