/** The files of one model, however many it has: fetched, kept, counted and removed together. */
import { Fault } from '../../kernel/fault';
import type { ModelFile } from '../../kernel/model-file';
import type { FetchOptions, UncheckedFile, Weights } from '../../weights/weights';

export interface OpenFile {
  readonly content: Blob;
  /** Of each chunk; then who reads it has to hold it to them. Absent where that was done. */
  readonly chunkSha256?: UncheckedFile['chunkSha256'];
}

/** Each file by its URL. */
export type OpenFiles = ReadonlyMap<string, OpenFile>;

export interface ModelFilesState {
  readonly doneBytes: number;
  readonly isWhole: boolean;
  /** All of it was held against digests that the catalogue names. */
  readonly isVerified: boolean;
  /** In milliseconds since 1970; 0 where it was never loaded. */
  readonly usedAt: number;
  /** It is here, and nobody here asked for it. */
  readonly isUnasked?: true;
}

export interface ModelFiles {
  state(): Promise<ModelFilesState>;
  /** All files: kept, or what is missing fetched now. Faults: those of `Weights.open`. */
  open(options: FetchOptions): Promise<OpenFiles>;
  /** Takes what the person has as a file instead of fetching it: what `pack` makes. Faults: those of `Weights.put`. */
  put(content: Blob, options: FetchOptions): Promise<void>;
  /** All of it as one file, for the person to keep elsewhere. Only where it is whole. */
  pack(): Promise<Blob>;
  remove(): Promise<void>;
}

/** A model that is one file. */
export function createSingleFile(file: ModelFile, weights: Weights): ModelFiles {
  return {
    async state() {
      const kept = await weights.stateOf(file.url);
      return kept ? { ...kept, isWhole: kept.doneBytes === kept.sizeBytes } : NOTHING;
    },
    open: async (options) => new Map([[file.url, { content: await weights.open(file, options) }]]),
    put: (content, options) => weights.put(file, content, options),
    pack: () => weights.open(file, silent()),
    remove: () => weights.remove(file.url),
  };
}

export const NOTHING: ModelFilesState = { doneBytes: 0, isWhole: false, isVerified: false, usedAt: 0 };

export const silent = (): FetchOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
});

/** The one file of a model that is one file. */
export function onlyFileOf(files: OpenFiles): Blob {
  const [file] = files.values();
  if (!file) throw new Fault('storage_failed', 'the model has no file');
  return file.content;
}
