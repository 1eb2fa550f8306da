/** The files of a model as MLC publishes it: a folder with its configuration, tokenizer and shards, and a library beside it. */
import { Fault, faultOf } from '../../../kernel/fault';
import type { ModelFile } from '../../../kernel/model-file';
import type { FetchOptions, Weights } from '../../../weights/weights';
import { NOTHING, silent, type ModelFiles, type OpenFile, type OpenFiles } from '../model-files';
import { packTar, unpackTar } from './tar';

/** The manifest's name since web-llm 0.2.80, and before; older folders have only the second. */
const MANIFESTS = ['tensor-cache.json', 'ndarray-cache.json'] as const;
const CONFIG = 'mlc-chat-config.json';
const PACKED_LIB = 'model-lib.wasm';
/** Of these web-llm takes the first that the configuration names. */
const TOKENIZERS = ['tokenizer.json', 'tokenizer.model'];

export interface MlcFolder {
  /** Ends in `/`. */
  readonly url: string;
  /** The model library, a WebAssembly file that fits one version of web-llm. */
  readonly libUrl: string;
  /** Other places of the same folder; each ends in `/`. */
  readonly mirrors: readonly string[];
  readonly libMirrors: readonly string[];
  /** All shards together, until the manifest says it. */
  readonly sizeBytes: number;
}

interface Shard {
  readonly dataPath: string;
  readonly nbytes: number;
  readonly md5sum?: string;
}

interface Manifest {
  readonly records: readonly Shard[];
}

export function createMlcFolder(folder: MlcFolder, weights: Weights): ModelFiles {
  const file = (name: string, more: Partial<ModelFile> = {}): ModelFile => {
    const url = urlIn(folder.url, name);
    return { url, mirrors: folder.mirrors.map((mirror) => urlIn(mirror, name)), ...more };
  };

  const lib: ModelFile = { url: folder.libUrl, mirrors: folder.libMirrors };

  const keptManifest = async (): Promise<{ name: string; manifest: Manifest } | undefined> => {
    for (const name of MANIFESTS) {
      const { url } = file(name);
      if (!(await weights.has(url))) continue;
      return { name, manifest: await readManifest(await weights.open({ url }, silent())) };
    }
    return undefined;
  };

  const openManifest = async (options: FetchOptions): Promise<{ blob: Blob; manifest: Manifest }> => {
    const kept = await keptManifest();
    const names = kept ? [kept.name] : MANIFESTS;
    let last: unknown;
    for (const name of names) {
      try {
        const blob = await weights.open(file(name), options);
        return { blob, manifest: await readManifest(blob) };
      } catch (error) {
        last = error;
        if (faultOf(error, 'model_file').code !== 'shard_http_404') break;
      }
    }
    throw last;
  };

  const open = async ({ onProgress, ...options }: FetchOptions): Promise<OpenFiles> => {
    const quiet = { ...options, onProgress: () => undefined };
    const files = new Map<string, OpenFile>();
    const add = async (wanted: ModelFile) => {
      const content = await weights.open(wanted, quiet);
      files.set(wanted.url, { content });
      return content;
    };

    onProgress(0, folder.sizeBytes);
    const config = await add(file(CONFIG));
    const { blob, manifest } = await openManifest(quiet);
    for (const name of MANIFESTS) files.set(file(name).url, { content: blob });
    await add(file(tokenizerIn(await jsonOf<{ tokenizer_files?: string[] }>(config))));
    await add(lib);

    const totalBytes = manifest.records.reduce((sum, { nbytes }) => sum + nbytes, 0);
    let doneBytes = 0;
    for (const record of manifest.records) {
      const shard = file(record.dataPath, shardOf(record));
      const told = { ...options, onProgress: (done: number) => onProgress(doneBytes + done, totalBytes) };
      // Read once, by the engine, which checks it then: see `worker/read-file`.
      files.set(
        shard.url,
        options.isSuspect
          ? { content: await weights.open(shard, told) }
          : await weights.openUnchecked(shard, told),
      );
      doneBytes += record.nbytes;
    }
    return files;
  };

  const remove = async () => {
    const kept = await keptManifest().catch(() => undefined);
    const names = [
      ...(kept?.manifest.records.map(({ dataPath }) => dataPath) ?? []),
      ...TOKENIZERS,
      CONFIG,
      // Last, since it alone says which shards there are.
      ...MANIFESTS,
    ];
    await weights.remove(folder.libUrl);
    for (const name of names) await weights.remove(file(name).url);
  };

  /** Names in a packed folder; the library has one of its own, wherever it came from. */
  const pack = async (): Promise<Blob> => {
    const kept = await keptManifest();
    const content = (wanted: ModelFile) => weights.open(wanted, silent());
    const names = [
      CONFIG,
      ...(kept ? [kept.name] : []),
      ...(kept?.manifest.records.map(({ dataPath }) => dataPath) ?? []),
    ];
    for (const name of TOKENIZERS) if (await weights.has(file(name).url)) names.push(name);
    const files = await Promise.all(names.map(async (name) => [name, await content(file(name))] as const));
    return packTar([...files, [PACKED_LIB, await content(lib)]]);
  };

  const put: ModelFiles['put'] = async (packed, { signal, onProgress }) => {
    const files = await unpackTar(packed);
    const name = MANIFESTS.find((candidate) => files.has(candidate));
    const wanted = (of: string) => {
      const content = files.get(of);
      if (!content) throw new Fault('model_file', `no ${of} in it`);
      return content;
    };
    const { records } = await readManifest(wanted(name ?? MANIFESTS[0]));
    const tokenizer = tokenizerIn(await jsonOf<{ tokenizer_files?: string[] }>(wanted(CONFIG)));
    const quiet = { signal, onProgress: () => undefined };
    try {
      for (const of of [name ?? MANIFESTS[0], CONFIG, tokenizer])
        await weights.put(file(of), wanted(of), quiet);
      await weights.put(lib, wanted(PACKED_LIB), quiet);
      let doneBytes = 0;
      for (const record of records) {
        await weights.put(file(record.dataPath, shardOf(record)), wanted(record.dataPath), {
          signal,
          onProgress: (done) => onProgress(doneBytes + done, packed.size),
        });
        doneBytes += record.nbytes;
      }
    } catch (error) {
      await remove();
      throw error;
    }
  };

  const state: ModelFiles['state'] = async () => {
    const kept = await keptManifest().catch(() => undefined);
    if (!kept) return NOTHING;
    const shards = await Promise.all(
      kept.manifest.records.map(({ dataPath }) => weights.stateOf(file(dataPath).url)),
    );
    const isWhole =
      shards.every((shard) => shard !== undefined && shard.doneBytes === shard.sizeBytes) &&
      (await weights.has(folder.libUrl)) &&
      (await weights.has(file(CONFIG).url));
    return {
      doneBytes: shards.reduce((sum, shard) => sum + (shard?.doneBytes ?? 0), 0),
      isWhole,
      isVerified: shards.every((shard) => shard?.isVerified === true),
      usedAt: Math.max(0, ...shards.map((shard) => shard?.usedAt ?? 0)),
    };
  };

  return {
    state,
    open,
    put,
    pack,
    remove,
  };
}

function shardOf({ nbytes, md5sum }: Shard): Partial<ModelFile> {
  return { sizeBytes: nbytes, ...(md5sum ? { digest: { algorithm: 'md5', hex: md5sum } } : {}) };
}

function urlIn(folderUrl: string, name: string): string {
  return new URL(name, folderUrl).href;
}

function tokenizerIn({ tokenizer_files: files = [] }: { tokenizer_files?: string[] }): string {
  const name = TOKENIZERS.find((candidate) => files.includes(candidate));
  if (!name) throw new Fault('model_file', 'the configuration names no tokenizer');
  return name;
}

async function readManifest(blob: Blob): Promise<Manifest> {
  const manifest = await jsonOf<Partial<Manifest>>(blob);
  const isFine =
    Array.isArray(manifest.records) &&
    manifest.records.every(
      ({ dataPath, nbytes }) => /^[\w.-]+$/.test(String(dataPath)) && Number.isInteger(nbytes) && nbytes > 0,
    );
  if (!isFine) throw new Fault('model_file', 'the list of shards is damaged');
  return { records: manifest.records ?? [] };
}

async function jsonOf<T>(blob: Blob): Promise<T> {
  try {
    return JSON.parse(await blob.text()) as T;
  } catch (error) {
    throw new Fault('model_file', 'no JSON where there should be', { cause: error });
  }
}
