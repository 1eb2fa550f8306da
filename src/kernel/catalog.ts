/** The models for the processor that every page offers besides its operator's own. */
import type { ModelCard } from './config';

/**
 * GGUF files, the first our own. Each is pinned to a commit of its repository. Sizes and SHA-256 as several
 * public projects that pin the same files record them (looked up 2026-11-23; the hub itself was out of reach then).
 */
export const CATALOG: readonly ModelCard[] = [
  {
    id: 'starter',
    name: 'Starter model',
    engine: 'wllama',
    url: './models/starter/starter.gguf',
    sizeBytes: 7_105_248,
    contextTokens: 1024,
    sha256: '5f50e4471551488e4f2a26d702eb870e07beb460345e60d19d8836a4a0130c18',
    temperature: 0,
    handOverToken: 7,
    tasks: ['sentiment'],
    licence: 'MIT',
    source: './models/starter/README.md',
    about: 'Built in and tiny: greetings, sums, a few hundred facts, and this app. The rest it hands over.',
  },
  {
    id: 'smollm2-135m',
    name: 'SmolLM2 135M',
    engine: 'wllama',
    url: 'https://huggingface.co/bartowski/SmolLM2-135M-Instruct-GGUF/resolve/09816acd5d99df7be770d85ea30822623dab342c/SmolLM2-135M-Instruct-Q8_0.gguf',
    sizeBytes: 144_811_360,
    sha256: '5a1395716f7913741cc51d98581b9b1228d80987a9f7d3664106742eb06bba83',
    contextTokens: 4096,
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct',
    about: 'The quickest to fetch. Small talk and rewording; weak on facts.',
  },
  {
    id: 'smollm2-360m',
    name: 'SmolLM2 360M',
    engine: 'wllama',
    url: 'https://huggingface.co/HuggingFaceTB/SmolLM2-360M-Instruct-GGUF/resolve/593b5a2e04c8f3e4ee880263f93e0bd2901ad47f/smollm2-360m-instruct-q8_0.gguf',
    sizeBytes: 386_404_992,
    sha256: '48ab3034d0dd401fbc721eb1df3217902fee7dab9078992d66431f09b7750201',
    contextTokens: 4096,
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/HuggingFaceTB/SmolLM2-360M-Instruct',
    about: 'A fair start on any computer. English.',
  },
  {
    id: 'qwen3-0.6b',
    name: 'Qwen3 0.6B',
    engine: 'wllama',
    url: 'https://huggingface.co/Qwen/Qwen3-0.6B-GGUF/resolve/23749fefcc72300e3a2ad315e1317431b06b590a/Qwen3-0.6B-Q8_0.gguf',
    sizeBytes: 639_446_688,
    sha256: '9465e63a22add5354d9bb4b99e90117043c7124007664907259bd16d043bb031',
    contextTokens: 4096,
    licence: 'Apache-2.0',
    source: 'https://huggingface.co/Qwen/Qwen3-0.6B',
    about: 'Better at reasoning and at many languages.',
  },
  {
    id: 'llama-3.2-1b',
    name: 'Llama 3.2 1B',
    engine: 'wllama',
    url: 'https://huggingface.co/bartowski/Llama-3.2-1B-Instruct-GGUF/resolve/067b946cf014b7c697f3654f621d577a3e3afd1c/Llama-3.2-1B-Instruct-Q4_K_M.gguf',
    sizeBytes: 807_694_464,
    sha256: '6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83',
    contextTokens: 4096,
    licence: 'Llama 3.2 Community License',
    source: 'https://huggingface.co/meta-llama/Llama-3.2-1B-Instruct',
    about: 'The best writer of these. Wants about 1.5 GB of memory.',
  },
];
