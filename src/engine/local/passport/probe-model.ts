/** Writes a GGUF model of given shape and quantisation with made-up weights: what it says is noise, how long it takes is real. */
import type { Packing } from '../../../kernel/passport';

export interface ProbeShape {
  readonly layers: number;
  readonly width: number;
  /** Of the feed-forward network. */
  readonly hidden: number;
  readonly heads: number;
  /** Of keys and values: each serves several heads. */
  readonly kvHeads: number;
  readonly vocabulary: number;
  readonly contextTokens: number;
}

interface Format {
  /** `ggml_type` in ggml's docs/gguf.md. */
  readonly type: number;
  /** Weights and bytes of a block: ggml's ggml-common.h. */
  readonly weights: number;
  readonly bytes: number;
  /** Writes one block whose weights have a spread of about `spread`. */
  readonly fill: (block: DataView, spread: number, random: () => number) => void;
}

const F32: Pick<Format, 'type'> = { type: 0 };
const F16: Format = {
  type: 1,
  weights: 1,
  bytes: 2,
  fill: (block, spread, random) => block.setUint16(0, halfOf(spread * 3.4 * (random() - 0.5)), true),
};
const Q8_0: Format = {
  type: 8,
  weights: 32,
  bytes: 34,
  fill(block, spread, random) {
    block.setUint16(0, halfOf((spread / 74) * (0.5 + random())), true);
    for (let at = 2; at < 34; at++) block.setInt8(at, Math.floor(random() * 255) - 127);
  },
};
/** Two scales, 8 pairs of six bits in 12 bytes (each 32 here), 256 nibbles. */
const Q4_K: Format = {
  type: 12,
  weights: 256,
  bytes: 144,
  fill(block, spread, random) {
    const scale = (spread / (32 * 4.6)) * (0.5 + random());
    block.setUint16(0, halfOf(scale), true);
    block.setUint16(2, halfOf(scale * 7.5), true);
    for (let at = 4; at < 12; at++) block.setUint8(at, 0xa0);
    for (let at = 16; at < 144; at++) block.setUint8(at, Math.floor(random() * 256));
  },
};
/** 192 bytes of six-bit numbers, 16 scales (each 16 here), one scale above them. */
const Q6_K: Format = {
  type: 14,
  weights: 256,
  bytes: 210,
  fill(block, spread, random) {
    for (let at = 0; at < 192; at++) block.setUint8(at, Math.floor(random() * 256));
    for (let at = 192; at < 208; at++) block.setInt8(at, 16);
    block.setUint16(208, halfOf((spread / (16 * 18.5)) * (0.5 + random())), true);
  },
};
const FORMATS = { F16, Q8_0 } as const;

/** So many blocks are made up, and then come again: a prime, so that no two rows of a matrix begin alike. */
const BLOCKS = 4_999;
const ALIGNMENT_BYTES = 32;
/** Control tokens and single bytes; their rows are zero, so that the model never says them. */
const SPECIAL = ['<unk>', '<s>', '</s>'];
const SILENT = SPECIAL.length + 256;

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly format: Format | typeof F32;
  readonly parts: readonly BlobPart[];
  readonly bytes: number;
}

/** The same arguments give the same bytes. */
export function probeModel(shape: ProbeShape, packing: Packing): Blob {
  const { layers, width, hidden, heads, kvHeads, vocabulary } = shape;
  const kvWidth = (width / heads) * kvHeads;
  const random = createRandom();
  const patterns = new Map<Format, Uint8Array<ArrayBuffer>>();
  const patternOf = (format: Format) => {
    const known = patterns.get(format) ?? patternFor(format, 1 / Math.sqrt(width), random);
    patterns.set(format, known);
    return known;
  };
  const matrix = (name: string, inputs: number, outputs: number, format: Format, silentRows = 0): Tensor => {
    const rowBytes = (inputs / format.weights) * format.bytes;
    const bytes = rowBytes * outputs;
    const silent = rowBytes * silentRows;
    const parts = [new Uint8Array(silent), ...repeated(patternOf(format), bytes - silent)];
    return { name: `${name}.weight`, shape: [inputs, outputs], format, parts, bytes };
  };
  const norm = (name: string): Tensor => ({
    name: `${name}.weight`,
    shape: [width],
    format: F32,
    parts: [new Float32Array(width).fill(1)],
    bytes: width * 4,
  });
  const isMixed = packing === 'Q4_K_M';
  const usual = isMixed ? Q4_K : FORMATS[packing];
  // llama.cpp's Q4_K_M has the output, half of the values and half of the down projections in six bits.
  const better = (layer: number) => (isMixed && layer % 2 === 0 ? Q6_K : usual);
  const tensors = [
    matrix('token_embd', width, vocabulary, isMixed ? Q6_K : usual, SILENT),
    norm('output_norm'),
    ...Array.from({ length: layers }, (_, at) => [
      norm(`blk.${at}.attn_norm`),
      matrix(`blk.${at}.attn_q`, width, width, usual),
      matrix(`blk.${at}.attn_k`, width, kvWidth, usual),
      matrix(`blk.${at}.attn_v`, width, kvWidth, better(at)),
      matrix(`blk.${at}.attn_output`, width, width, usual),
      norm(`blk.${at}.ffn_norm`),
      matrix(`blk.${at}.ffn_gate`, width, hidden, usual),
      matrix(`blk.${at}.ffn_up`, width, hidden, usual),
      matrix(`blk.${at}.ffn_down`, hidden, width, better(at)),
    ]).flat(),
  ];
  return new Blob([
    headOf(shape, tensors),
    ...tensors.flatMap(({ parts, bytes }) => [...parts, padding(bytes)]),
  ]);
}

function headOf(shape: ProbeShape, tensors: readonly Tensor[]): BlobPart {
  const head = createWriter();
  const entries = metadataOf(shape);
  head.u32(0x46554747);
  head.u32(3);
  head.u64(tensors.length);
  head.u64(entries.length);
  for (const [key, write] of entries) {
    head.text(key);
    write(head);
  }
  let offset = 0;
  for (const { name, shape: sizes, format, bytes } of tensors) {
    head.text(name);
    head.u32(sizes.length);
    sizes.forEach(head.u64);
    head.u32(format.type);
    head.u64(offset);
    offset += bytes + padding(bytes).length;
  }
  return head.end();
}

type Write = (writer: Writer) => void;

function metadataOf({ layers, width, hidden, heads, kvHeads, vocabulary, contextTokens }: ProbeShape) {
  const u32 =
    (value: number): Write =>
    (writer) => {
      writer.u32(4);
      writer.u32(value);
    };
  const f32 =
    (value: number): Write =>
    (writer) => {
      writer.u32(6);
      writer.f32(value);
    };
  const text =
    (value: string): Write =>
    (writer) => {
      writer.u32(8);
      writer.text(value);
    };
  const list =
    <T>(type: number, values: readonly T[], write: (writer: Writer, value: T) => void): Write =>
    (writer) => {
      writer.u32(9);
      writer.u32(type);
      writer.u64(values.length);
      values.forEach((value) => write(writer, value));
    };
  const ids = Array.from({ length: vocabulary }, (_, id) => id);
  const entries: [key: string, write: Write][] = [
    ['general.architecture', text('llama')],
    ['llama.context_length', u32(contextTokens)],
    ['llama.embedding_length', u32(width)],
    ['llama.block_count', u32(layers)],
    ['llama.feed_forward_length', u32(hidden)],
    ['llama.attention.head_count', u32(heads)],
    ['llama.attention.head_count_kv', u32(kvHeads)],
    ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
    ['llama.rope.dimension_count', u32(width / heads)],
    ['tokenizer.ggml.model', text('llama')],
    ['tokenizer.ggml.tokens', list(8, ids, (writer, id) => writer.text(tokenOf(id)))],
    ['tokenizer.ggml.scores', list(6, ids, (writer, id) => writer.f32(-id))],
    // `llama_token_type`: 1 normal, 2 unknown, 3 control, 6 byte.
    [
      'tokenizer.ggml.token_type',
      list(5, ids, (writer, id) => writer.u32(id === 0 ? 2 : id < 3 ? 3 : id < SILENT ? 6 : 1)),
    ],
    ['tokenizer.ggml.bos_token_id', u32(1)],
    ['tokenizer.ggml.eos_token_id', u32(2)],
    ['tokenizer.chat_template', text("{% for message in messages %}{{ message['content'] }}{% endfor %}")],
  ];
  return entries;
}

function tokenOf(id: number): string {
  if (id < SPECIAL.length) return SPECIAL[id] ?? '';
  if (id < SILENT) return `<0x${(id - SPECIAL.length).toString(16).toUpperCase().padStart(2, '0')}>`;
  return `\u2581${(id - SILENT).toString(36)}`;
}

function patternFor({ bytes, fill }: Format, spread: number, random: () => number): Uint8Array<ArrayBuffer> {
  const pattern = new Uint8Array(BLOCKS * bytes);
  for (let at = 0; at < BLOCKS; at++) fill(new DataView(pattern.buffer, at * bytes, bytes), spread, random);
  return pattern;
}

function repeated(pattern: Uint8Array<ArrayBuffer>, bytes: number): BlobPart[] {
  const whole = Array.from({ length: Math.floor(bytes / pattern.length) }, () => pattern);
  return [...whole, pattern.subarray(0, bytes % pattern.length)];
}

const padding = (bytes: number) => new Uint8Array(-bytes & (ALIGNMENT_BYTES - 1));

/** IEEE 754 binary16, cut off; for numbers in its normal range, and 0 below. */
function halfOf(value: number): number {
  const sign = value < 0 ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size < 2 ** -14) return sign;
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | (Math.floor(size * 2 ** (10 - exponent)) - 1024);
}

/** From 0 to 1, the same each time; xorshift32 (Marsaglia 2003). */
function createRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

interface Writer {
  u32(value: number): void;
  u64(value: number): void;
  f32(value: number): void;
  text(value: string): void;
  /** All of it, padded. */
  end(): BlobPart;
}

function createWriter(): Writer {
  let view = new DataView(new ArrayBuffer(1 << 16));
  let at = 0;
  const grow = (bytes: number) => {
    const from = at;
    at += bytes;
    if (at > view.byteLength) {
      const larger = new Uint8Array(2 * at);
      larger.set(new Uint8Array(view.buffer));
      view = new DataView(larger.buffer);
    }
    return from;
  };
  const encoder = new TextEncoder();
  const writer: Writer = {
    u32: (value) => {
      const from = grow(4);
      view.setUint32(from, value, true);
    },
    u64: (value) => {
      const from = grow(8);
      view.setBigUint64(from, BigInt(value), true);
    },
    f32: (value) => {
      const from = grow(4);
      view.setFloat32(from, value, true);
    },
    text(value) {
      const bytes = encoder.encode(value);
      writer.u64(bytes.length);
      const from = grow(bytes.length);
      new Uint8Array(view.buffer).set(bytes, from);
    },
    end() {
      grow(padding(at).length);
      return new Uint8Array(view.buffer, 0, at);
    },
  };
  return writer;
}
