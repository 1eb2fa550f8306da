/** A model as MLC publishes it, too small to run: its library asks for a function that no web-llm has. */

export const MLC_URL = 'https://hub.example/tiny-MLC/resolve/main/';
export const LIB_URL = 'https://hub.example/libs/tiny.wasm';
const SHARD_BYTES = [300_000, 200_000] as const;

/** WebAssembly with one type, `() → ()`, and one import of it, `env.no_such`: it compiles, and cannot be linked. */
const LIBRARY = Uint8Array.from(atob('AGFzbQEAAAABBAFgAAACDwEDZW52B25vX3N1Y2gAAA=='), (letter) =>
  letter.charCodeAt(0),
);

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Its files by URL. `manifest` as web-llm names it since 0.2.80, or before. */
export function mlcModel(
  manifest: 'tensor-cache.json' | 'ndarray-cache.json' = 'tensor-cache.json',
): Map<string, Uint8Array<ArrayBuffer>> {
  const records = SHARD_BYTES.map((nbytes, at) => ({
    dataPath: `params_shard_${at}.bin`,
    format: 'raw-shard',
    nbytes,
    records: [],
  }));
  const files = new Map<string, Uint8Array<ArrayBuffer>>([
    [MLC_URL + manifest, json({ metadata: {}, records })],
    [
      `${MLC_URL}mlc-chat-config.json`,
      json({ tokenizer_files: ['tokenizer.json'], context_window_size: 512 }),
    ],
    [`${MLC_URL}tokenizer.json`, json({ model: {} })],
    [LIB_URL, LIBRARY],
  ]);
  for (const [at, nbytes] of SHARD_BYTES.entries())
    files.set(`${MLC_URL}params_shard_${at}.bin`, new Uint8Array(nbytes).fill(at + 1));
  return files;
}

export const MLC_BYTES = SHARD_BYTES[0] + SHARD_BYTES[1];

/** Answers from `files`, ranges included, and keeps the URLs asked for. */
export function mlcHub(files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>) {
  const requests: string[] = [];
  return {
    requests,
    request: async (url: URL | string, init?: RequestInit) => {
      requests.push(String(url));
      const file = files.get(String(url));
      if (!file) return new Response('no', { status: 404 });
      const [, from, last] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init?.headers).get('Range') ?? '') ?? [];
      return from === undefined
        ? new Response(file)
        : new Response(file.slice(Number(from), Number(last) + 1), { status: 206 });
    },
  };
}
