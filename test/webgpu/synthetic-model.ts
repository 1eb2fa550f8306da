/** Makes a model of no sense for any MLC model library: weights of the right names, shapes and types, a tokenizer, a configuration. */
import { createHash } from 'node:crypto';

/** The part that is read of what a library says of itself. */
interface LibraryMetadata {
  readonly model_type: string;
  readonly quantization: string;
  readonly context_window_size: number;
  readonly prefill_chunk_size: number;
  readonly params: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
  }[];
}

export interface SyntheticModel {
  readonly sizeBytes: number;
  readonly largestShardBytes: number;
  readonly contextTokens: number;
  /** The files of its folder by name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

interface Shard {
  readonly dataPath: string;
  readonly format: 'raw-shard';
  nbytes: number;
  md5sum?: string;
  readonly records: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly dtype: string;
    readonly format: string;
    readonly nbytes: number;
    readonly byteOffset: number;
  }[];
}

/** So that one is above 133,169,152 bytes, the most that IndexedDB in Chromium takes as one value. */
const MAX_SHARD_BYTES = 150 << 20;
const BYTES: Readonly<Record<string, number>> = { uint32: 4, float32: 4, float16: 2 };
/** 0.01 and 1 as 16-bit floats. */
const HALF = { scale: 0x211f, one: 0x3c00 };

/** `library`: the bytes of the WebAssembly, which holds its own description as JSON. */
export function makeModel(library: Buffer): SyntheticModel {
  const metadata = metadataOf(library);
  const vocabulary = metadata.params.find(({ name }) => /embed_tokens\.(q_)?weight|wte/.test(name))?.shape[0];
  if (!vocabulary) throw new Error('The library names no embedding.');
  const shards = shardsOf(metadata.params);
  const files = new Map<string, Buffer>();
  for (const shard of shards) {
    const bytes = bytesOf(shard);
    shard.md5sum = createHash('md5').update(bytes).digest('hex');
    files.set(shard.dataPath, bytes);
  }
  const json = (value: unknown) => Buffer.from(JSON.stringify(value));
  const sizeBytes = shards.reduce((sum, { nbytes }) => sum + nbytes, 0);
  const manifest = {
    metadata: { ParamSize: metadata.params.length, ParamBytes: sizeBytes },
    records: shards,
  };
  files.set('tensor-cache.json', json(manifest));
  files.set('ndarray-cache.json', json(manifest));
  files.set('tokenizer.json', json(tokenizerOf(vocabulary)));
  const contextTokens = Math.min(1024, metadata.context_window_size);
  files.set('mlc-chat-config.json', json(configOf(metadata, vocabulary, contextTokens)));
  const largestShardBytes = Math.max(...shards.map(({ nbytes }) => nbytes));
  return { sizeBytes, largestShardBytes, contextTokens, files };
}

function metadataOf(library: Buffer): LibraryMetadata {
  const start = library.indexOf('{"model_type"');
  if (start < 0) throw new Error('This is no MLC model library.');
  let depth = 0;
  let isText = false;
  for (let at = start; at < library.length; at++) {
    const byte = String.fromCharCode(library[at] ?? 0);
    if (byte === '\\') at++;
    else if (byte === '"') isText = !isText;
    else if (!isText && byte === '{') depth++;
    else if (!isText && byte === '}' && --depth === 0)
      return JSON.parse(library.subarray(start, at + 1).toString()) as LibraryMetadata;
  }
  throw new Error('The library’s description has no end.');
}

function shardsOf(params: LibraryMetadata['params']): Shard[] {
  const shards: Shard[] = [];
  for (const { name, shape, dtype } of params) {
    const nbytes = shape.reduce((product, size) => product * size, 1) * (BYTES[dtype] ?? 0);
    let shard = shards.at(-1);
    if (!shard || (shard.nbytes > 0 && shard.nbytes + nbytes > MAX_SHARD_BYTES)) {
      shard = { dataPath: `params_shard_${shards.length}.bin`, format: 'raw-shard', nbytes: 0, records: [] };
      shards.push(shard);
    }
    const format = dtype === 'float32' ? 'f32' : 'raw';
    shard.records.push({ name, shape, dtype, format, nbytes, byteOffset: shard.nbytes });
    shard.nbytes += nbytes;
  }
  return shards;
}

/** Chance for the weights, small scales, norms of one: numbers that stay finite through every layer. */
function bytesOf(shard: Shard): Buffer {
  const bytes = Buffer.alloc(shard.nbytes);
  let seed = 12_345;
  for (const { name, dtype, nbytes, byteOffset } of shard.records) {
    const at = bytes.byteOffset + byteOffset;
    const isNorm = /norm/.test(name);
    const isScale = /q_scale/.test(name);
    if (dtype === 'uint32') {
      const words = new Uint32Array(bytes.buffer, at, nbytes / 4);
      for (let word = 0; word < words.length; word++)
        words[word] = seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    } else if (dtype === 'float32')
      new Float32Array(bytes.buffer, at, nbytes / 4).fill(isNorm ? 1 : isScale ? 0.01 : 0);
    else new Uint16Array(bytes.buffer, at, nbytes / 2).fill(isNorm ? HALF.one : isScale ? HALF.scale : 0);
  }
  return bytes;
}

/** Byte-level BPE without merges: every byte is a token, and the rest of the vocabulary are words that nobody writes. */
function tokenizerOf(vocabulary: number) {
  const vocab: Record<string, number> = {};
  for (let byte = 0; byte < 256; byte++) vocab[byteLetter(byte)] = byte;
  for (let id = 256; id < vocabulary; id++) vocab[`w${id}`] = id;
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: true };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      vocab,
      merges: [],
    },
  };
}

/** GPT-2 writes bytes that are no visible letter as letters from 256 on. */
function byteLetter(byte: number): string {
  const isVisible = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
  if (isVisible) return String.fromCharCode(byte);
  const hidden = byte <= 32 ? byte : byte <= 160 ? byte - 127 + 33 : 67;
  return String.fromCharCode(256 + hidden);
}

function configOf(metadata: LibraryMetadata, vocabulary: number, contextTokens: number) {
  return {
    version: '0.1.0',
    model_type: metadata.model_type,
    quantization: metadata.quantization,
    vocab_size: vocabulary,
    context_window_size: contextTokens,
    sliding_window_size: -1,
    prefill_chunk_size: metadata.prefill_chunk_size,
    attention_sink_size: -1,
    tensor_parallel_shards: 1,
    temperature: 0.7,
    presence_penalty: 0,
    frequency_penalty: 0,
    repetition_penalty: 1,
    top_p: 0.95,
    tokenizer_files: ['tokenizer.json'],
    tokenizer_info: {
      token_postproc_method: 'byte_level',
      prepend_space_in_encode: false,
      strip_space_in_decode: false,
    },
    conv_template: {
      name: 'synthetic',
      system_template: '{system_message}\n',
      system_message: '',
      system_prefix_token_ids: null,
      add_role_after_system_message: true,
      roles: { user: 'U', assistant: 'A', tool: 'T' },
      role_templates: { user: '{user_message}', assistant: '{assistant_message}', tool: '{tool_message}' },
      messages: [],
      seps: ['\n'],
      role_content_sep: ':',
      role_empty_sep: ':',
      stop_str: [],
      stop_token_ids: [vocabulary - 1],
      function_string: '',
      use_function_calling: false,
    },
    pad_token_id: 0,
    bos_token_id: 0,
    eos_token_id: vocabulary - 1,
  };
}
