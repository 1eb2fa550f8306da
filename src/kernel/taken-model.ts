/** A model that the visitor has as a file, and that no list names. */
import type { ModelCard } from './config';

/** llama.cpp goes on with less where the file says so. */
const CONTEXT_TOKENS = 4096;
/** Fetched from nowhere: it only names the file in the store. */
const SCHEME = 'own-file:';

export function takenCardOf(fileName: string, sizeBytes: number): ModelCard {
  const name = fileName.replace(/\.gguf$/i, '').slice(0, 60) || 'My model';
  const id = `own-${name.toLowerCase().replace(/[^\w.-]+/g, '-')}`;
  return {
    id,
    name,
    engine: 'wllama',
    url: SCHEME + id,
    sizeBytes,
    contextTokens: CONTEXT_TOKENS,
    licence: 'a file of yours',
  };
}

export function isTakenUrl(url: string): boolean {
  return url.startsWith(SCHEME);
}
