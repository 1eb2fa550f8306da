/** The models of this device with their real files and engines. */
import type { ModelCard } from '../../kernel/config';
import type { Gpu } from '../../kernel/gpu';
import type { ModelFile } from '../../kernel/model-file';
import type { Request } from '../../kernel/network';
import type { Weights } from '../../weights/weights';
import type { Builtin } from './builtin/builtin';
import { createSingleFile, type ModelFiles } from './model-files';
import { createModels, type Models, type ModelsDeps } from './models';
import { fitCard, refusalOf } from './webllm/fit';
import { createMlcFolder, type MlcFolder } from './webllm/mlc-folder';
import { createWebllmEngine } from './webllm/webllm';
import { threadsHere } from './wllama/threads';
import { createWllamaEngine } from './wllama/wllama';

export interface LocalModelsDeps extends Omit<ModelsDeps, 'createFiles' | 'createEngine' | 'refusalOf'> {
  readonly gpu: Gpu;
  readonly weights: Weights;
  readonly request: Request;
  /** The browser's own, where it is among the cards. */
  readonly builtin?: Builtin | undefined;
}

export function createLocalModels({ weights, request, builtin, ...deps }: LocalModelsDeps): Models {
  const isBuiltin = ({ engine }: ModelCard) => engine === 'builtin';
  return createModels({
    ...deps,
    cards: deps.cards.flatMap((card) => fitCard(card, deps.gpu) ?? []),
    refusalOf: (card) => refusalOf(card, deps.gpu),
    createFiles: (card, url) =>
      builtin && isBuiltin(card)
        ? builtin.files
        : card.engine === 'webllm'
          ? createMlcFolder(folderOf(card, url), weights)
          : createSingleFile(fileOf(card, url), weights),
    createEngine: (card, files) =>
      builtin && isBuiltin(card)
        ? builtin.createEngine(card)
        : card.engine === 'webllm'
          ? createWebllm(card, files, deps.baseUrl)
          : createWllama(card, files, request),
  });
}

function fileOf({ sizeBytes, sha256, chunkSha256, mirrors = [] }: ModelCard, url: string): ModelFile {
  return {
    url,
    mirrors,
    sizeBytes,
    format: 'gguf',
    ...(sha256 === undefined ? {} : { digest: { algorithm: 'sha256', hex: sha256 } }),
    ...(chunkSha256 === undefined ? {} : { chunkSha256 }),
  };
}

function folderOf({ lib, mirrors = [], libMirrors = [], sizeBytes }: ModelCard, url: string): MlcFolder {
  return { url, libUrl: lib ?? '', mirrors, libMirrors, sizeBytes };
}

/** Copying and compiling takes a slow device some 20 s per gigabyte, of which it may say nothing. */
const SILENT_START_MS = 20_000;
const SLOW_BYTES_PER_MS = 25_000;
const silentStartMsOf = ({ sizeBytes }: ModelCard) => SILENT_START_MS + sizeBytes / SLOW_BYTES_PER_MS;

function createWebllm(card: ModelCard, files: ModelFiles, baseUrl: URL) {
  return createWebllmEngine({
    id: `webllm:${card.id}`,
    modelId: card.id,
    modelUrl: new URL(card.url, baseUrl).href,
    libUrl: new URL(card.lib ?? '', baseUrl).href,
    contextTokens: card.contextTokens,
    canThink: card.canThink ?? false,
    silentStartMs: silentStartMsOf(card),
    files,
  });
}

function createWllama(card: ModelCard, files: ModelFiles, request: Request) {
  return createWllamaEngine({
    id: `${card.engine}:${card.id}`,
    contextTokens: card.contextTokens,
    threads: threadsHere(),
    silentStartMs: silentStartMsOf(card),
    ...(card.temperature === undefined ? {} : { temperature: card.temperature }),
    ...(card.handOverToken === undefined ? {} : { handOverToken: card.handOverToken }),
    request,
    files,
  });
}
