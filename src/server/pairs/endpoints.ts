/** Endpoints that speak OpenAI's format: where they are, and what is their own about the list of models. */

export interface Endpoint {
  readonly name: string;
  /** As `OPENAI_BASE_URL` has it; of programs that one runs oneself, their usual port on this machine. */
  readonly baseUrl: string;
  /** Besides `Authorization: Bearer`, for `GET …/models`. */
  readonly listHeaders?: (key: string) => Readonly<Record<string, string>>;
  readonly listQuery?: string;
  /** Stands before every id in the list. */
  readonly idPrefix?: string;
  /** Answers whatever model is named: that one is not in the list means nothing. */
  readonly ignoresModel?: true;
}

/** https://platform.claude.com/docs/en/api/models-list: the native way in, 20 a page unless asked for more. */
const ANTHROPIC_LIST = {
  listHeaders: (key: string) => ({ 'x-api-key': key, 'anthropic-version': '2023-06-01' }),
  listQuery: '?limit=1000',
};

/** As documented by each, read 2026-11-26. */
export const ENDPOINTS: readonly Endpoint[] = [
  { name: 'OpenAI', baseUrl: 'https://api.openai.com/v1' },
  { name: 'Anthropic', baseUrl: 'https://api.anthropic.com/v1', ...ANTHROPIC_LIST },
  { name: 'Mistral', baseUrl: 'https://api.mistral.ai/v1' },
  {
    name: 'Google',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    idPrefix: 'models/',
  },
  { name: 'Together', baseUrl: 'https://api.together.xyz/v1' },
  { name: 'vLLM', baseUrl: 'http://127.0.0.1:8000/v1' },
  { name: 'Ollama', baseUrl: 'http://127.0.0.1:11434/v1' },
  { name: 'llama.cpp', baseUrl: 'http://127.0.0.1:8080/v1', ignoresModel: true },
];

/** By host and port; any other is one of its own, with nothing special about it. */
export function endpointOf(baseUrl: string): Endpoint {
  const { host } = new URL(baseUrl.replace('//localhost:', '//127.0.0.1:'));
  const known = ENDPOINTS.find((endpoint) => new URL(endpoint.baseUrl).host === host);
  return known ?? { name: new URL(baseUrl).host, baseUrl };
}
