/** What is known of a model's file before it is fetched. */

export interface ModelFile {
  /** Where it is; also its name in the store. */
  readonly url: string;
  /** Other places that have the same file, asked in turn. */
  readonly mirrors?: readonly string[];
  /** Absent for a small file of which nobody said how long it is. */
  readonly sizeBytes?: number;
  /** Of the whole file, hexadecimal. */
  readonly digest?: { readonly algorithm: 'sha256' | 'md5'; readonly hex: string };
  /** SHA-256 of each chunk of `CHUNK_BYTES`, hexadecimal, where the catalogue names them. */
  readonly chunkSha256?: readonly string[];
  /** What its first bytes must say. */
  readonly format?: 'gguf';
}
