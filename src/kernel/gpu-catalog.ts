/** Models for a graphics processor: folders that MLC publishes, with the libraries of web-llm 0.2.86. */
import type { ModelCard } from './config';

/** `modelLibURLPrefix` and `modelVersion` in web-llm 0.2.86: it moves with the package's version. */
const LIBRARIES =
  'https://raw.githubusercontent.com/mlc-ai/binary-mlc-llm-libs/main/web-llm-models/v0_2_86/base/';

/**
 * Bytes for a weight: 4 bits, and a scale of 16 bits for each group of 32 weights. The form for 32-bit arithmetic is no larger: its scales are
 * kept in 16 bits too (`f32-to-bf16`), and take more only in memory. Agrees with the shards that are published: 203,614,080 bytes of SmolLM2
 * 360M, 695,242,752 of Llama 3.2 1B, 1,470,915,072 of Gemma 2.
 */
const Q4_BYTES = 0.5 + 2 / 32;

interface MlcModel {
  readonly id: string;
  readonly name: string;
  /** Of its repositories, without the form: `Qwen3-0.6B`. */
  readonly repository: string;
  /** Of its libraries, where they are called otherwise. */
  readonly library?: string;
  /** Commits of its repositories, 16-bit and 32-bit; `main` where none is known. */
  readonly commits?: readonly [f16: string, f32?: string];
  readonly parameters: number;
  /** Rows and columns of the embedding, the largest tensor. */
  readonly embedding?: readonly [rows: number, columns: number];
  /** `vram_required_MB` in web-llm's own list, 16-bit and 32-bit. */
  readonly memoryMb: readonly [f16: number, f32: number];
  readonly licence: string;
  readonly source: string;
  readonly about: string;
  readonly canThink?: boolean;
}

/**
 * Parameters and embeddings as the models' own cards and configurations give them (of Qwen3.5 and Ministral as their names do). The
 * size of a download is reckoned from them until the folder's list of shards says it. 2026-11-24. Commits as several public projects that
 * pin the same folders record them (looked up 2026-11-26; the hub itself was out of reach). Of a folder without one every file is held to what
 * came first.
 */
const MODELS: readonly MlcModel[] = [
  {
    id: 'smollm2-360m-gpu',
    name: 'SmolLM2 360M',
    repository: 'SmolLM2-360M-Instruct',
    commits: ['3a622fd89e0216e8bb10c410c007c786baa8a033'],
    parameters: 362e6,
    embedding: [49_152, 960],
    memoryMb: [376.06, 579.61],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/HuggingFaceTB/SmolLM2-360M-Instruct',
    about: 'The quickest to fetch for a graphics processor. English.',
  },
  {
    id: 'qwen3-0.6b-gpu',
    name: 'Qwen3 0.6B',
    repository: 'Qwen3-0.6B',
    commits: ['8c14ce481d4c692769976ad52afea453a102df19'],
    parameters: 596e6,
    embedding: [151_936, 1024],
    memoryMb: [1403.34, 1924.98],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/Qwen/Qwen3-0.6B',
    about: 'Small, quick, and at home in many languages.',
    canThink: true,
  },
  {
    id: 'qwen3.5-0.8b-gpu',
    name: 'Qwen3.5 0.8B',
    repository: 'Qwen3.5-0.8B',
    commits: ['0ec138972555613c1d7812a821778ad0398c8790'],
    parameters: 800e6,
    memoryMb: [1629.49, 1894.19],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/Qwen/Qwen3.5-0.8B',
    about: 'The newest of the small ones, in many languages.',
    canThink: true,
  },
  {
    id: 'llama-3.2-1b-gpu',
    name: 'Llama 3.2 1B',
    repository: 'Llama-3.2-1B-Instruct',
    commits: ['2a37b0a5ecb622d51ddc2fac74de0b95872affd7', 'a949835e0f9a65335bd834db02a44cf8fae34020'],
    parameters: 1_236e6,
    embedding: [128_256, 2048],
    memoryMb: [879.04, 1128.82],
    licence: 'Llama 3.2 Community License',
    source: 'https://huggingface.co/meta-llama/Llama-3.2-1B-Instruct',
    about: 'A good writer that fits a phone.',
  },
  {
    id: 'smollm2-1.7b-gpu',
    name: 'SmolLM2 1.7B',
    repository: 'SmolLM2-1.7B-Instruct',
    commits: ['84f57f8580a9d8d623266b600ad4273bb9fd84c1'],
    parameters: 1_711e6,
    embedding: [49_152, 2048],
    memoryMb: [1774.19, 2692.38],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/HuggingFaceTB/SmolLM2-1.7B-Instruct',
    about: 'Rewording and summaries. English.',
  },
  {
    id: 'qwen3-1.7b-gpu',
    name: 'Qwen3 1.7B',
    repository: 'Qwen3-1.7B',
    commits: ['80b3abcec6c3b3f5355dc0cc99cc4fb578f192bc'],
    parameters: 1_720e6,
    embedding: [151_936, 2048],
    memoryMb: [2036.66, 2635.44],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/Qwen/Qwen3-1.7B',
    about: 'Sums, code and many languages, for most laptops.',
    canThink: true,
  },
  {
    id: 'gemma-2-2b-gpu',
    name: 'Gemma 2 2B',
    repository: 'gemma-2-2b-it',
    commits: ['de9cc76f0d4b3a49a0f718df424944054bf1eec1'],
    parameters: 2_614e6,
    embedding: [256_000, 2304],
    memoryMb: [1895.3, 2508.75],
    licence: 'Gemma Terms of Use',
    source: 'https://huggingface.co/google/gemma-2-2b-it',
    about: 'A fluent all-rounder.',
  },
  {
    id: 'llama-3.2-3b-gpu',
    name: 'Llama 3.2 3B',
    repository: 'Llama-3.2-3B-Instruct',
    commits: ['1e80abf71e3d17cd564e2d2b63caa15cb226018e', '6083cfdaaf08d2dd4872d7f5b87fb0242aa7d75c'],
    parameters: 3_213e6,
    embedding: [128_256, 3072],
    memoryMb: [2263.69, 2951.51],
    licence: 'Llama 3.2 Community License',
    source: 'https://huggingface.co/meta-llama/Llama-3.2-3B-Instruct',
    about: 'Knows a good deal more than the 1B; wants a fair graphics card.',
  },
  {
    id: 'ministral-3-3b-gpu',
    name: 'Ministral 3 3B',
    repository: 'Ministral-3-3B-Instruct-2512-BF16',
    parameters: 3_400e6,
    embedding: [131_072, 3072],
    memoryMb: [2863.69, 3532.37],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/mistralai/Ministral-3-3B-Instruct-2512',
    about: 'European languages and instructions.',
  },
  {
    id: 'phi-3.5-mini-gpu',
    name: 'Phi 3.5 mini',
    repository: 'Phi-3.5-mini-instruct',
    parameters: 3_821e6,
    embedding: [32_064, 3072],
    memoryMb: [3672.07, 5483.12],
    licence: 'MIT',
    source: 'https://huggingface.co/microsoft/Phi-3.5-mini-instruct',
    about: 'Strong at reasoning for its size.',
  },
  {
    id: 'qwen3-4b-gpu',
    name: 'Qwen3 4B',
    repository: 'Qwen3-4B',
    commits: ['a5c9fab855e3ccbdfed2e7e69683d75f30332161'],
    parameters: 4_022e6,
    embedding: [151_936, 2560],
    memoryMb: [3431.59, 4327.71],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/Qwen/Qwen3-4B',
    about: 'Close to the large ones on many questions.',
    canThink: true,
  },
  {
    id: 'mistral-7b-gpu',
    name: 'Mistral 7B',
    repository: 'Mistral-7B-Instruct-v0.3',
    parameters: 7_248e6,
    embedding: [32_768, 4096],
    memoryMb: [4573.39, 5619.27],
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/mistralai/Mistral-7B-Instruct-v0.3',
    about: 'For a graphics card with 6 GB and more.',
  },
  {
    id: 'llama-3.1-8b-gpu',
    name: 'Llama 3.1 8B',
    repository: 'Llama-3.1-8B-Instruct',
    library: 'Llama-3_1-8B-Instruct',
    parameters: 8_030e6,
    embedding: [128_256, 4096],
    memoryMb: [5001, 6101.01],
    licence: 'Llama 3.1 Community License',
    source: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
    about: 'The most capable of these. For a graphics card with 8 GB.',
  },
];

export const GPU_CATALOG: readonly ModelCard[] = MODELS.map(cardOf);

function cardOf({
  repository,
  library = repository,
  commits: [f16Commit = 'main', f32Commit = 'main'] = ['main'],
  parameters,
  embedding,
  memoryMb,
  ...model
}: MlcModel): ModelCard {
  const form = (quantization: string, commit: string, memory: number) => ({
    url: `https://huggingface.co/mlc-ai/${repository}-${quantization}-MLC/resolve/${commit}/`,
    lib: `${LIBRARIES}${library}-${quantization}_cs1k-webgpu.wasm`,
    sizeBytes: Math.round(parameters * Q4_BYTES),
    memoryBytes: Math.round(memory * 1e6),
    ...(embedding ? { bufferBytes: (embedding[0] * embedding[1]) / 2 } : {}),
  });
  return {
    ...model,
    engine: 'webllm',
    contextTokens: 4096,
    needsF16: true,
    ...form('q4f16_1', f16Commit, memoryMb[0]),
    f32: form('q4f32_1', f32Commit, memoryMb[1]),
  };
}
